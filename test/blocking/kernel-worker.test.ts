import t from 'tap';
import { type Firewall, FirewallError } from '../../src/blocking/firewall.js';
import { requestOf, targetOf } from './fixtures.js';
import { running } from './running-enforcer.js';

const LOOK_MS = 5_000;

await t.test('a look at a kernel that obeys changes nothing and says nothing', async (t) => {
  const { enforcer, firewall, time, log, counted } = await running(t);
  await enforcer.ban(requestOf('203.0.113.9'));
  log.lines.length = 0;
  await time.advance(10 * LOOK_MS);
  t.strictSame(firewall.calls, ['apply 1', ...new Array(10).fill('read')]);
  t.strictSame(log.lines, []);
  t.strictSame(counted(), { 'security.bans.added': 1 });
  t.equal(enforcer.status().verifiedSeconds, 0);
});

await t.test('a flushed ruleset is put in place again with all bans in one batch', async (t) => {
  const { enforcer, firewall, time, log, counted } = await running(t);
  for (const text of ['203.0.113.1', '203.0.113.2']) await enforcer.ban(requestOf(text));
  await time.advance(600_000);
  counted();
  log.lines.length = 0;
  firewall.calls = [];
  firewall.flushRuleset();
  await time.advance(LOOK_MS);
  t.strictSame(firewall.calls, ['read', 'install', 'read', 'apply 2']);
  t.strictSame(firewall.banned, ['203.0.113.1/32', '203.0.113.2/32']);
  t.equal(firewall.secondsOf('203.0.113.1/32'), 2_995);
  t.match(log.lines, [{ level: 'warn', fields: { bans: 2 } }]);
  t.strictSame(counted(), { 'blocker.repairs': 1 });
  t.match(enforcer.list(), [{ isEnforced: true }, { isEnforced: true }]);
});

await t.test('rules that somebody deleted are put in place again, and what is banned still is', async (t) => {
  const { enforcer, firewall, time, counted } = await running(t);
  await enforcer.ban(requestOf('203.0.113.1'));
  firewall.calls = [];
  firewall.flushRules();
  await time.advance(LOOK_MS);
  t.strictSame(firewall.calls, ['read', 'install', 'read']);
  t.match(counted(), { 'blocker.repairs': 1 });
});

await t.test(
  'a ban that finds the ruleset flushed puts everything in place, and is in force when it is answered',
  async (t) => {
    const { enforcer, firewall, counted, log } = await running(t);
    await enforcer.ban(requestOf('203.0.113.1'));
    firewall.flushRuleset();
    t.strictSame(await enforcer.ban(requestOf('203.0.113.2')), { result: 'banned', reason: null });
    t.strictSame(firewall.banned, ['203.0.113.1/32', '203.0.113.2/32']);
    t.match(counted(), { 'blocker.repairs': 1, 'blocker.firewall.failures': 1 });
    t.equal(log.of('warn').length, 1);
  },
);

await t.test('a missing ban, one of another time and one that nobody desires are mended in one batch', async (t) => {
  const { enforcer, firewall, time, log, counted } = await running(t);
  for (const text of ['203.0.113.1', '203.0.113.2', '203.0.113.3']) await enforcer.ban(requestOf(text));
  firewall.calls = [];
  firewall.deleteByHand('203.0.113.1/32');
  firewall.addByHand('203.0.113.2/32', 60);
  firewall.addByHand('203.0.113.77/32', 60);
  await time.advance(LOOK_MS);
  t.strictSame(firewall.calls, ['read', 'apply 3']);
  t.strictSame(firewall.banned, ['203.0.113.1/32', '203.0.113.2/32', '203.0.113.3/32']);
  t.equal(firewall.secondsOf('203.0.113.2/32'), 3_595);
  t.match(log.of('warn'), [{ fields: { missing: 1, mistimed: 1, foreign: 1 } }]);
  t.match(counted(), {
    'blocker.differences.missing': 1,
    'blocker.differences.time': 1,
    'blocker.differences.foreign': 1,
  });
});

await t.test("a socket that is missing, of another time or nobody's is mended like an address", async (t) => {
  const { enforcer, firewall, time, counted } = await running(t);
  for (const text of ['203.0.113.1:5062', '203.0.113.1:5063', '[2001:db8::1]:5062'])
    await enforcer.ban(requestOf(text));
  firewall.deleteByHand('203.0.113.1:5062');
  firewall.addByHand('203.0.113.1:5063', 60);
  firewall.addByHand('203.0.113.1:9', 60);
  firewall.addByHand('203.0.113.1/32', 60);
  await time.advance(LOOK_MS);
  t.strictSame(firewall.banned, ['203.0.113.1:5062', '203.0.113.1:5063', '[2001:db8::1]:5062']);
  t.equal(firewall.secondsOf('203.0.113.1:5063'), 3_595);
  t.match(counted(), {
    'blocker.differences.missing': 1,
    'blocker.differences.time': 1,
    'blocker.differences.foreign': 2,
  });
});

await t.test('a ban that ends in the kernel a little later than in the table is no news', async (t) => {
  const { enforcer, firewall, time, log } = await running(t);
  await time.advance(3_900);
  await enforcer.ban(requestOf('203.0.113.1', { seconds: 1 }));
  firewall.addByHand('203.0.113.1/32', 3);
  log.lines.length = 0;
  firewall.calls = [];
  await time.advance(1_100);
  t.strictSame(firewall.calls, ['read', 'apply 1']);
  t.strictSame(log.lines, []);
  t.strictSame(firewall.banned, []);
});

await t.test('bans and ends that come during a look are no differences, and go into its batch', async (t) => {
  const { enforcer, firewall, time, log } = await running(t);
  await enforcer.ban(requestOf('203.0.113.1'));
  log.lines.length = 0;
  firewall.calls = [];
  let asked: Promise<unknown> = Promise.resolve();
  firewall.onRead = () => {
    asked = Promise.all([enforcer.ban(requestOf('203.0.113.2')), enforcer.unban(targetOf('203.0.113.1'), 'manual')]);
    firewall.onRead = () => undefined;
  };
  await time.advance(LOOK_MS);
  t.strictSame(await asked, [
    { result: 'banned', reason: null },
    { isEnded: true, ports: [], reason: null },
  ]);
  t.strictSame(firewall.calls, ['read', 'apply 2']);
  t.strictSame(firewall.banned, ['203.0.113.2/32']);
  t.strictSame(log.of('warn'), []);
});

await t.test('a firewall that fails is tried for ever, said once a kind, and loses nothing', async (t) => {
  const { enforcer, firewall, time, log, counted, records } = await running(t);
  await enforcer.ban(requestOf('203.0.113.1'));
  await enforcer.ban(requestOf('203.0.113.2'));
  counted();
  log.lines.length = 0;
  firewall.fault = 'timeout';
  await enforcer.ban(requestOf('203.0.113.3'));
  t.equal(enforcer.status().isFirewallFailing, true);
  t.strictSame(time.waits.slice(0, 1), [500]);
  await enforcer.unban(targetOf('203.0.113.1'), 'manual');
  await time.advance(200_000);
  firewall.fault = 'not_permitted';
  await time.advance(200_000);
  t.strictSame(firewall.banned, ['203.0.113.1/32', '203.0.113.2/32'], 'nothing has changed');
  t.match(log.of('warn'), [{ fields: { kind: 'timeout' } }, { fields: { kind: 'not_permitted' } }]);
  t.equal(enforcer.status().verifiedSeconds, 400);
  const { 'blocker.firewall.failures': failures } = counted();
  t.ok(failures !== undefined && failures > 10 && failures < 30, `${failures} failures in 400 s: every 30 s at last`);
  firewall.fault = null;
  await time.advance(30_000);
  t.strictSame(firewall.banned, ['203.0.113.2/32', '203.0.113.3/32']);
  t.strictSame([...records.content.keys()].sort(), ['203.0.113.2/32', '203.0.113.3/32']);
  t.equal(log.of('warn').length, 2);
  t.match(log.lines.at(-1), { level: 'info', fields: { bans: 2 } });
  t.notOk('blocker.repairs' in counted());
  t.equal(enforcer.status().isFirewallFailing, false);
  firewall.fault = 'timeout';
  await enforcer.ban(requestOf('203.0.113.4'));
  await time.settle();
  t.equal(time.waits[0], 500, 'the pauses begin anew');
});

await t.test('a flood of changes goes before a look, and does not put it off for ever', async (t) => {
  const { enforcer, firewall, time } = await running(t);
  firewall.hold();
  void enforcer.ban(requestOf('203.0.113.1'));
  await time.advance(LOOK_MS);
  let bans = 1;
  firewall.onApply = () => {
    bans += 1;
    if (bans < 50) void enforcer.ban(requestOf(`203.0.113.${bans}`));
  };
  void enforcer.ban(requestOf('203.0.113.99'));
  firewall.release();
  await time.settle();
  t.strictSame(firewall.calls.slice(0, 4), ['apply 1', 'apply 1', 'read', 'apply 1']);
  t.equal(firewall.banned.length, 50);
});

await t.test('a firewall that says it works and does not is a failing one, with pauses', async (t) => {
  const { firewall, time, log } = await running(t);
  firewall.isLying = true;
  firewall.flushRuleset();
  await time.advance(LOOK_MS);
  firewall.calls = [];
  await time.advance(10_000);
  t.match(log.of('warn'), [{ fields: { kind: 'rejected' } }]);
  t.ok(firewall.calls.length < 12, `${firewall.calls.length} calls in ten seconds`);
});

await t.test('who becomes a friend is taken out of the kernel at the next look', async (t) => {
  const { enforcer, firewall, friends, time, log, records, counted } = await running(t);
  for (const text of ['203.0.113.1', '203.0.113.0/24', '198.51.100.7']) await enforcer.ban(requestOf(text));
  log.lines.length = 0;
  counted();
  friends.add('203.0.113.1');
  await time.advance(LOOK_MS);
  t.strictSame(firewall.banned, ['198.51.100.7/32']);
  t.strictSame([...records.content.keys()], ['198.51.100.7/32']);
  t.strictSame(
    log.lines.map(({ level }) => level),
    ['info', 'info'],
    'each is logged, and no difference is',
  );
  t.strictSame(counted(), { 'security.bans.removed': 2 });
  const { asked } = friends;
  await time.advance(LOOK_MS);
  t.equal(friends.asked, asked, 'as long as nothing changes nobody is asked');
});

await t.test('a ban that becomes a friend while a look is under way is answered as refused', async (t) => {
  const { enforcer, firewall, friends, time } = await running(t);
  firewall.hold();
  void enforcer.ban(requestOf('203.0.113.1'));
  await time.settle();
  const answer = enforcer.ban(requestOf('203.0.113.2'));
  friends.add('203.0.113.2');
  await time.advance(LOOK_MS);
  firewall.release();
  t.strictSame(await answer, { result: 'refused', reason: 'allowlisted' });
  await time.settle();
  t.strictSame(firewall.banned, ['203.0.113.1/32']);
});

await t.test('more changes than may wait are refused, and found by the next look', async (t) => {
  const { enforcer, firewall, time } = await running(t, { bansMax: 2 });
  await Promise.all(['203.0.113.1', '203.0.113.2'].map((text) => enforcer.ban(requestOf(text))));
  firewall.hold();
  const last = requestOf('203.0.113.6');
  const replies = [];
  for (const [old, young] of [
    ['1', '3'],
    ['2', '4'],
    ['3', '5'],
  ]) {
    await Promise.resolve();
    void enforcer.unban(targetOf(`203.0.113.${old}`), 'manual');
    void enforcer.ban(requestOf(`203.0.113.${young}`));
    await time.settle();
  }
  void enforcer.unban(targetOf('203.0.113.4'), 'manual');
  replies.push(await enforcer.ban(last));
  t.strictSame(replies, [{ result: 'refused', reason: 'firewall' }]);
  firewall.release();
  await time.settle();
  t.strictSame(firewall.banned, ['203.0.113.5/32', '203.0.113.6/32']);
});

await t.test('a fault of ours ends the run, and nobody is left waiting', async (t) => {
  const { enforcer, firewall, run, time } = await running(t);
  const apply: Firewall['apply'] = () => Promise.reject(new TypeError('a fault'));
  firewall.apply = apply;
  t.strictSame(await enforcer.ban(requestOf('203.0.113.1')), { result: 'refused', reason: 'firewall' });
  t.strictSame(await enforcer.ban(requestOf('203.0.113.2')), { result: 'refused', reason: 'firewall' });
  const ended = t.rejects(run, new TypeError('a fault'));
  await time.advance(LOOK_MS);
  await ended;
  t.equal(await enforcer.stop({ flush: false }), false);
});

await t.test('looks take a twentieth of the time at most', async (t) => {
  const { firewall, time } = await running(t);
  const read = firewall.read.bind(firewall);
  firewall.read = async () => {
    await time.wait(1_000, new AbortController().signal);
    return read();
  };
  await time.advance(LOOK_MS + 1_000);
  firewall.calls = [];
  await time.advance(19_999);
  t.strictSame(firewall.calls, []);
  await time.advance(1_001);
  t.strictSame(firewall.calls, ['read']);
});

await t.test('what the kernel dropped is counted on when its totals begin anew', async (t) => {
  const { enforcer, firewall, time, counted } = await running(t);
  await enforcer.ban(requestOf('203.0.113.1'));
  firewall.drop('203.0.113.1/32', 5);
  await time.advance(LOOK_MS);
  t.match(counted(), { 'security.bans.dropped_packets': 5, 'security.bans.dropped_bytes': 500 });
  t.match(enforcer.list(), [{ packets: 5 }]);
  firewall.flushRuleset();
  await time.advance(LOOK_MS);
  firewall.drop('203.0.113.1/32', 2);
  await time.advance(LOOK_MS);
  t.match(counted(), { 'security.bans.dropped_packets': 2, 'security.bans.dropped_bytes': 200 });
});

await t.test('the error of the contract names its fault', async (t) => {
  const error = new FirewallError('timeout', 'too late', 'a cause');
  t.match(error, { name: 'FirewallError', fault: 'timeout', message: 'too late', cause: 'a cause' });
});
