import t from 'tap';
import { requestOf, targetOf } from './fixtures.js';
import { running } from './running-enforcer.js';

const BANNED = { result: 'banned', reason: null };
const KNOWN = { result: 'already_banned', reason: null };
const refused = (reason: string) => ({ result: 'refused', reason });

await t.test('a ban is answered when it is in the kernel and on the disk', async (t) => {
  const { enforcer, firewall, records, counted, log } = await running(t);
  t.strictSame(await enforcer.ban(requestOf('203.0.113.9')), BANNED);
  t.strictSame(firewall.banned, ['203.0.113.9/32']);
  t.equal(firewall.secondsOf('203.0.113.9/32'), 3600);
  t.match(records.content.get('203.0.113.9/32'), { origin: 'decision', reason: 'brute_force', pbx: 'pbx-1' });
  t.match(counted(), { 'security.bans.added': 1 });
  t.match(log.lines, [{ level: 'info', message: 'banned', fields: { ban: { address: '203.0.113.9/32' } } }]);
});

await t.test('the kernel is told in the same tick, before the disk', async (t) => {
  const { enforcer, firewall, records } = await running(t);
  const order: string[] = [];
  firewall.onApply = () => order.push(`kernel, ${records.saves.length} saves begun`);
  void enforcer.ban(requestOf('203.0.113.9'));
  process.nextTick(() => order.push('next tick'));
  await new Promise((resolve) => setImmediate(resolve));
  t.strictSame(order.slice(0, 1), ['kernel, 0 saves begun']);
});

await t.test('bans of one tick are one batch, and those that come meanwhile the next', async (t) => {
  const { enforcer, firewall, time } = await running(t);
  firewall.hold();
  const bans = ['203.0.113.1', '203.0.113.2'].map((text) => enforcer.ban(requestOf(text)));
  await time.settle();
  bans.push(...['203.0.113.3', '203.0.113.4'].map((text) => enforcer.ban(requestOf(text))));
  await time.settle();
  t.strictSame(firewall.calls, ['apply 2']);
  firewall.release();
  t.strictSame(await Promise.all(bans), new Array(4).fill(BANNED));
  t.strictSame(firewall.calls, ['apply 2', 'apply 2']);
});

await t.test('a ban that the disk did not take is in force, and says so', async (t) => {
  const { enforcer, firewall, records, time } = await running(t);
  records.fault = new Error('no room');
  t.strictSame(await enforcer.ban(requestOf('203.0.113.9')), { result: 'banned', reason: 'unsaved' });
  t.strictSame(firewall.banned, ['203.0.113.9/32']);
  records.fault = null;
  await time.advance(1_000);
  t.ok(records.content.has('203.0.113.9/32'));
});

await t.test('a ban that the firewall did not take is refused, and put in force as soon as it can be', async (t) => {
  const { enforcer, firewall, records, time, counted } = await running(t);
  firewall.fault = 'timeout';
  t.strictSame(await enforcer.ban(requestOf('203.0.113.9')), refused('firewall'));
  t.ok(records.content.has('203.0.113.9/32'));
  t.match(enforcer.list(), [{ address: '203.0.113.9/32', isEnforced: false }]);
  t.strictSame(await enforcer.ban(requestOf('203.0.113.9')), refused('firewall'), 'known, and not in force');
  t.match(counted(), { 'security.bans.refused.firewall': 2, 'security.bans.added': 1 });
  firewall.fault = null;
  await time.advance(500);
  t.strictSame(firewall.banned, ['203.0.113.9/32']);
  t.strictSame(await enforcer.ban(requestOf('203.0.113.9')), KNOWN);
});

await t.test('a ban of a friend, one that is too wide, and one too many are refused and counted', async (t) => {
  const { enforcer, friends, firewall, counted, time } = await running(t, { bansMax: 3, bansPerMinute: 2 });
  friends.add('198.51.100.7');
  t.strictSame(await enforcer.ban(requestOf('198.51.100.0/24', { origin: 'manual' })), refused('allowlisted'));
  t.strictSame(await enforcer.ban(requestOf('202.0.0.0/15')), refused('too_wide'));
  t.strictSame(await enforcer.ban(requestOf('203.0.113.1')), BANNED);
  t.strictSame(await enforcer.ban(requestOf('203.0.113.2')), BANNED);
  t.strictSame(await enforcer.ban(requestOf('203.0.113.3')), refused('bans_per_minute'));
  t.strictSame(await enforcer.ban(requestOf('203.0.113.2')), KNOWN, 'a known one is not a new one');
  await time.advance(60_000);
  t.strictSame(await enforcer.ban(requestOf('203.0.113.3')), BANNED);
  t.strictSame(await enforcer.ban(requestOf('203.0.113.4', { origin: 'manual' })), refused('bans_max'));
  t.strictSame(firewall.banned, ['203.0.113.1/32', '203.0.113.2/32', '203.0.113.3/32']);
  t.match(counted(), {
    'security.bans.added': 3,
    'security.bans.refused.allowlisted': 1,
    'security.bans.refused.too_wide': 1,
    'security.bans.refused.bans_per_minute': 1,
    'security.bans.refused.bans_max': 1,
  });
});

await t.test('who becomes a friend while a ban waits for its batch is not banned', async (t) => {
  const { enforcer, firewall, friends, records, time, log } = await running(t);
  firewall.hold();
  void enforcer.ban(requestOf('203.0.113.1'));
  await time.settle();
  const waiting = enforcer.ban(requestOf('203.0.113.2'));
  friends.add('203.0.113.2');
  firewall.release();
  t.strictSame(await waiting, refused('allowlisted'));
  t.strictSame(firewall.banned, ['203.0.113.1/32']);
  t.strictSame(firewall.batches[1], [{ kind: 'remove', target: targetOf('203.0.113.2') }]);
  await time.settle();
  t.strictSame([...records.content.keys()], ['203.0.113.1/32']);
  t.ok(
    log.lines.some(
      ({ level, fields }) => level === 'info' && 'address' in fields && fields.address === '203.0.113.2/32',
    ),
  );
  t.notOk(
    log.lines.some(({ message, fields }) => message === 'banned' && JSON.stringify(fields).includes('203.0.113.2')),
  );
});

await t.test('a longer ban renews the time in the kernel, the same or a shorter one does nothing', async (t) => {
  const { enforcer, firewall, records, counted, time } = await running(t);
  await enforcer.ban(requestOf('203.0.113.9', { seconds: 100 }));
  await time.advance(1_000);
  firewall.batches = [];
  const saves = records.saves.length;
  t.strictSame(await enforcer.ban(requestOf('203.0.113.9', { seconds: 99 })), KNOWN);
  t.strictSame(firewall.batches, []);
  t.equal(records.saves.length, saves);
  t.strictSame(await enforcer.ban(requestOf('203.0.113.9', { seconds: 200 })), KNOWN);
  t.equal(firewall.secondsOf('203.0.113.9/32'), 200);
  t.match(counted(), { 'security.bans.added': 1, 'security.bans.extended': 1 });
  t.match(enforcer.list(), [{ until: time.now() + 200_000 }]);
});

await t.test("a known ban's friend is refused too", async (t) => {
  const { enforcer, friends } = await running(t);
  await enforcer.ban(requestOf('203.0.113.9'));
  friends.add('203.0.113.9');
  t.strictSame(await enforcer.ban(requestOf('203.0.113.9', { seconds: 7200 })), refused('allowlisted'));
});

await t.test("an operator's word on a decision's ban is kept, without a word to the kernel", async (t) => {
  const { enforcer, firewall, records } = await running(t);
  await enforcer.ban(requestOf('203.0.113.9'));
  firewall.batches = [];
  const manual = requestOf('203.0.113.9', { origin: 'manual', seconds: 60, reason: 'known bad' });
  t.strictSame(await enforcer.ban(manual), KNOWN);
  t.strictSame(firewall.batches, []);
  t.match(records.content.get('203.0.113.9/32'), { origin: 'manual', reason: 'known bad' });
  records.fault = new Error('no room');
  t.strictSame(await enforcer.ban({ ...manual, target: targetOf('203.0.113.9') }), KNOWN, 'nothing to save');
  await enforcer.ban(requestOf('203.0.113.10'));
  t.strictSame(await enforcer.ban({ ...manual, target: targetOf('203.0.113.10') }), {
    result: 'already_banned',
    reason: 'unsaved',
  });
});

await t.test('a decision ends its own bans and those found in the kernel, an operator any', async (t) => {
  const { enforcer, firewall, records, counted } = await running(t);
  await enforcer.ban(requestOf('203.0.113.1'));
  await enforcer.ban(requestOf('203.0.113.2', { origin: 'manual' }));
  await enforcer.ban(requestOf('203.0.113.3', { origin: 'kernel' }));
  const unban = (text: string, origin: 'decision' | 'manual') => enforcer.unban(targetOf(text), origin);
  t.strictSame(await unban('203.0.113.1', 'decision'), { isEnded: true, ports: [], reason: null });
  t.strictSame(await unban('203.0.113.1', 'decision'), { isEnded: false, ports: [], reason: 'not_banned' });
  t.strictSame(await unban('203.0.113.2', 'decision'), { isEnded: false, ports: [], reason: 'manual' });
  t.strictSame(await unban('203.0.113.3', 'decision'), { isEnded: true, ports: [], reason: null });
  t.strictSame(firewall.banned, ['203.0.113.2/32']);
  t.strictSame(await unban('203.0.113.2', 'manual'), { isEnded: true, ports: [], reason: null });
  t.strictSame(firewall.banned, []);
  t.strictSame([...records.content], []);
  t.match(counted(), { 'security.bans.removed': 3 });
});

await t.test('the end of a ban that the disk or the firewall did not take says so', async (t) => {
  const { enforcer, firewall, records, time } = await running(t);
  await Promise.all(['203.0.113.1', '203.0.113.2'].map((text) => enforcer.ban(requestOf(text))));
  records.fault = new Error('no room');
  t.strictSame(await enforcer.unban(targetOf('203.0.113.1'), 'manual'), {
    isEnded: true,
    ports: [],
    reason: 'unsaved',
  });
  firewall.fault = 'timeout';
  t.strictSame(await enforcer.unban(targetOf('203.0.113.2'), 'manual'), {
    isEnded: false,
    ports: [],
    reason: 'firewall',
  });
  t.strictSame(enforcer.list(), []);
  firewall.fault = null;
  records.fault = null;
  await time.advance(1_000);
  t.strictSame(firewall.banned, []);
  t.strictSame([...records.content], []);
});

await t.test('a ban and its end in one tick leave nothing behind', async (t) => {
  const { enforcer, firewall, records } = await running(t);
  const ban = enforcer.ban(requestOf('203.0.113.1'));
  t.strictSame(await enforcer.unban(targetOf('203.0.113.1'), 'manual'), { isEnded: true, ports: [], reason: null });
  await ban;
  t.strictSame(firewall.banned, []);
  t.strictSame([...records.content], []);
  t.equal(firewall.batches.length, 1);
});

await t.test('a ban of a socket is another one than that of its address, or of another port', async (t) => {
  const { enforcer, firewall, records, counted } = await running(t);
  for (const text of ['203.0.113.9:5062', '203.0.113.9', '203.0.113.9:5063', '[2001:db8::1]:5062'])
    t.strictSame(await enforcer.ban(requestOf(text)), BANNED, text);
  t.strictSame(await enforcer.ban(requestOf('203.0.113.9:5062')), KNOWN);
  const keys = ['203.0.113.9/32', '203.0.113.9:5062', '203.0.113.9:5063', '[2001:db8::1]:5062'];
  t.strictSame(firewall.banned, keys);
  t.strictSame([...records.content.keys()].sort(), keys);
  t.match(
    enforcer.list().find(({ port }) => port === 5062),
    { isEnforced: true },
  );
  t.match(counted(), { 'security.bans.added': 4 });
  t.match(enforcer.status(), { desired: 4, sockets: 3, enforced: 4 });
});

await t.test('a socket of a friend is not banned, and sockets count as bans do', async (t) => {
  const { enforcer, friends, counted } = await running(t, { bansMax: 3, bansPerMinute: 2 });
  friends.add('198.51.100.0/24');
  t.strictSame(await enforcer.ban(requestOf('198.51.100.7:5062')), refused('allowlisted'));
  t.strictSame(await enforcer.ban(requestOf('203.0.113.1:1')), BANNED);
  t.strictSame(await enforcer.ban(requestOf('203.0.113.1:2')), BANNED);
  t.strictSame(await enforcer.ban(requestOf('203.0.113.1:3')), refused('bans_per_minute'));
  t.strictSame(await enforcer.ban(requestOf('203.0.113.1')), refused('bans_per_minute'));
  t.match(counted(), { 'security.bans.refused.allowlisted': 1, 'security.bans.refused.bans_per_minute': 2 });
  const other = await running(t, { bansMax: 2 });
  await Promise.all(['203.0.113.1:1', '203.0.113.1:2'].map((text) => other.enforcer.ban(requestOf(text))));
  t.strictSame(await other.enforcer.ban(requestOf('203.0.113.1:3')), refused('bans_max'));
});

await t.test('a decision ends exactly one ban: that of an address leaves those of its sockets', async (t) => {
  const { enforcer, firewall } = await running(t);
  for (const text of ['203.0.113.9', '203.0.113.9:5062', '203.0.113.9:5063']) await enforcer.ban(requestOf(text));
  const unban = (text: string) => enforcer.unban(targetOf(text), 'decision');
  t.strictSame(await unban('203.0.113.9'), { isEnded: true, ports: [], reason: null });
  t.strictSame(firewall.banned, ['203.0.113.9:5062', '203.0.113.9:5063']);
  t.strictSame(await unban('203.0.113.9'), { isEnded: false, ports: [], reason: 'not_banned' });
  t.strictSame(await unban('203.0.113.9:5063'), { isEnded: true, ports: [], reason: null });
  t.strictSame(firewall.banned, ['203.0.113.9:5062']);
});

await t.test('an operator who lifts an address lifts its sockets, and is told which', async (t) => {
  const { enforcer, firewall, records, log, counted } = await running(t);
  const ban = (...texts: string[]) => Promise.all(texts.map((text) => enforcer.ban(requestOf(text))));
  await ban('203.0.113.9', '203.0.113.9:40000', '203.0.113.9:5062', '203.0.113.10:5062', '203.0.113.0/24');
  const lift = (text: string) => enforcer.unban(targetOf(text), 'manual');
  firewall.batches = [];
  t.strictSame(await lift('203.0.113.9'), { isEnded: true, ports: [5062, 40_000], reason: null });
  t.equal(firewall.batches.length, 1);
  t.strictSame(firewall.banned, ['203.0.113.0/24', '203.0.113.10:5062']);
  t.strictSame([...records.content.keys()].sort(), ['203.0.113.0/24', '203.0.113.10:5062']);
  t.match(counted(), { 'security.bans.removed': 3 });
  t.equal(log.lines.filter(({ message }) => message === 'unbanned').length, 3);
  t.strictSame(await lift('203.0.113.0/24'), { isEnded: true, ports: [], reason: null }, 'a network has no sockets');
  t.strictSame(await lift('203.0.113.10'), { isEnded: false, ports: [5062], reason: null });
  t.strictSame(await lift('203.0.113.10'), { isEnded: false, ports: [], reason: 'not_banned' });
  await ban('203.0.113.9:1', '203.0.113.9:2');
  t.strictSame(await lift('203.0.113.9:1'), { isEnded: true, ports: [], reason: null });
  t.strictSame(firewall.banned, ['203.0.113.9:2']);
  records.fault = new Error('no room');
  t.strictSame(await lift('203.0.113.9'), { isEnded: false, ports: [2], reason: 'unsaved' });
});

await t.test('a flush ends all bans in one batch', async (t) => {
  const { enforcer, firewall, records } = await running(t);
  t.strictSame(await enforcer.flush(), { ended: 0, reason: null });
  const banSome = () =>
    Promise.all(
      ['203.0.113.1', '203.0.113.2', '203.0.113.0/24'].map((text) =>
        enforcer.ban(requestOf(text, { origin: 'manual' })),
      ),
    );
  await banSome();
  t.strictSame(await enforcer.flush(), { ended: 3, reason: null });
  t.strictSame(firewall.calls, ['apply 3', 'apply 3']);
  t.strictSame(firewall.banned, []);
  t.strictSame([...records.content], []);
  await banSome();
  records.fault = new Error('no room');
  t.strictSame(await enforcer.flush(), { ended: 3, reason: 'unsaved' });
  await banSome();
  firewall.fault = 'timeout';
  t.strictSame(await enforcer.flush(), { ended: 3, reason: 'firewall' });
});

await t.test('a request that no codec lets through is a fault of ours, and changes nothing', async (t) => {
  const { enforcer } = await running(t);
  await t.rejects(enforcer.ban(requestOf('203.0.113.1', { seconds: 0 })), RangeError);
  t.strictSame(enforcer.list(), []);
});
