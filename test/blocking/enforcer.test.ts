import t from 'tap';
import { Enforcer } from '../../src/blocking/enforcer.js';
import { banFacts } from '../../src/domain/ban.js';
import { keptLog, requestOf, targetOf, wantedOf } from './fixtures.js';
import { newEnforcer, running, world } from './running-enforcer.js';

/** A world in which a blocker was before: one ban is in both places, one in the store and one in the kernel alone. */
async function used() {
  const place = world();
  const { records, firewall, time } = place;
  await firewall.install();
  const save = (text: string, seconds: number) => {
    const { key, ban } = wantedOf(text, { until: time.now() + seconds * 1000 });
    records.content.set(key, banFacts(ban));
  };
  save('203.0.113.1', 600);
  save('203.0.113.2', 600);
  firewall.addByHand('203.0.113.1/32', 600);
  firewall.addByHand('203.0.113.3/32', 60);
  firewall.calls = [];
  return { ...place, save };
}

await t.test('at the start all bans are in place after one batch', async (t) => {
  const place = await used();
  place.save('203.0.113.4', 0);
  place.save('198.51.100.7', 600);
  place.records.content.set('203.0.113.5/32', 'no ban');
  place.friends.add('198.51.100.0/24');
  place.firewall.addByHand('198.51.100.8/32', 600);
  const { enforcer, firewall, records, time, log } = newEnforcer(place);
  await enforcer.start();
  await time.settle();
  const desired = ['203.0.113.1/32', '203.0.113.2/32', '203.0.113.3/32'];
  t.strictSame(firewall.banned, desired);
  t.strictSame(firewall.calls, ['install', 'read', 'apply 2']);
  t.strictSame([...records.content.keys()].sort(), desired);
  t.match(records.content.get('203.0.113.3/32'), { origin: 'kernel', reason: 'found in the firewall' });
  t.match(enforcer.list(), [
    { address: '203.0.113.3/32', isEnforced: true, until: time.now() + 60_000 },
    { isEnforced: true },
    { isEnforced: true },
  ]);
  t.strictSame(log.lines, [
    {
      level: 'info',
      message: 'the bans of before are in place',
      fields: { bans: 3, loaded: 2, expired: 1, allowlisted: 2, malformed: 1, adopted: 1 },
    },
  ]);
  t.match(
    enforcer.readings().filter(({ kind }) => kind === 'counter'),
    [{ name: 'blocker.store.malformed', value: 1 }],
  );
});

await t.test('a start with nothing to do installs and looks', async (t) => {
  const { enforcer, firewall } = newEnforcer(world());
  await enforcer.start();
  t.strictSame(firewall.calls, ['install', 'read']);
});

await t.test('a start fails where the firewall cannot be used, or the store cannot be read', async (t) => {
  const { enforcer, firewall } = newEnforcer(world());
  firewall.fault = 'not_permitted';
  await t.rejects(enforcer.start(), { name: 'FirewallError', fault: 'not_permitted' });
  const other = newEnforcer(world());
  other.firewall.isLying = true;
  await t.rejects(other.enforcer.start(), { name: 'FirewallError', fault: 'rejected' });
  const third = newEnforcer(world());
  third.records.load = () => {
    throw new Error('no disk');
  };
  await t.rejects(third.enforcer.start(), new Error('no disk'));
});

await t.test('packets that were dropped before the start are not counted again', async (t) => {
  const place = await used();
  place.firewall.drop('203.0.113.1/32', 7);
  const { enforcer } = newEnforcer(place);
  await enforcer.start();
  t.strictSame(
    enforcer.readings().filter(({ kind }) => kind === 'counter'),
    [],
  );
});

await t.test('a ban ends at its time, in the table, the store and the kernel', async (t) => {
  const { enforcer, firewall, records, time, counted } = await running(t);
  await enforcer.ban(requestOf('203.0.113.1', { seconds: 7 }));
  await time.advance(6_999);
  t.match(enforcer.list(), [{ until: time.now() + 1 }]);
  await time.advance(1);
  t.strictSame(enforcer.list(), []);
  t.strictSame(firewall.banned, []);
  await time.settle();
  t.strictSame([...records.content], []);
  t.match(counted(), { 'security.bans.expired': 1 });
  await enforcer.ban(requestOf('203.0.113.2', { seconds: 7 }));
  await time.advance(13_000);
  t.strictSame([...records.content], [], 'also when nobody asks');
});

await t.test('a test tells why a ban would be refused, and who bans already', async (t) => {
  const { enforcer, friends, firewall } = await running(t, { bansPerMinute: 2 });
  friends.add('198.51.100.7');
  await enforcer.ban(requestOf('203.0.113.0/24'));
  t.strictSame(enforcer.test(targetOf('192.0.2.1')), { refusal: null, bannedBy: [], sockets: 0 });
  t.strictSame(enforcer.test(targetOf('192.0.2.1')).refusal, null, 'it takes no place');
  t.match(enforcer.test(targetOf('203.0.113.9')), { refusal: null, bannedBy: [{ address: '203.0.113.0/24' }] });
  t.strictSame(enforcer.test(targetOf('198.51.100.0/24')).refusal, 'allowlisted');
  t.strictSame(enforcer.test(targetOf('0.0.0.0/0')).refusal, 'too_wide');
  await enforcer.ban(requestOf('203.0.113.9'));
  t.strictSame(enforcer.test(targetOf('192.0.2.1')).refusal, 'bans_per_minute');
  const known = enforcer.test(targetOf('203.0.113.9'));
  t.strictSame(
    known.bannedBy.map(({ address }) => address),
    ['203.0.113.9/32', '203.0.113.0/24'],
  );
  t.equal(known.refusal, null, 'a known ban would be prolonged');
  t.equal(firewall.batches.length, 2);
});

await t.test('a test of an address says how many of its sockets are banned, and of a socket who bans it', async (t) => {
  const { enforcer } = await running(t);
  for (const text of ['203.0.113.9:1', '203.0.113.9:2', '203.0.113.0/24']) await enforcer.ban(requestOf(text));
  t.match(enforcer.test(targetOf('203.0.113.9')), { bannedBy: [{ address: '203.0.113.0/24' }], sockets: 2 });
  t.match(enforcer.test(targetOf('203.0.113.9:2')), { bannedBy: [{ port: 2 }, { port: null }], sockets: 0 });
  t.equal(enforcer.test(targetOf('203.0.113.9:3')).bannedBy.length, 1);
});

await t.test('the readings are how things are, and what was added since the last', async (t) => {
  const { enforcer, firewall, time } = await running(t);
  await enforcer.ban(requestOf('203.0.113.1'));
  firewall.fault = 'timeout';
  await enforcer.ban(requestOf('203.0.113.2:5062'));
  await time.advance(2_600);
  t.strictSame(enforcer.readings().slice(0, 4), [
    { kind: 'gauge', name: 'security.bans.desired', value: 2 },
    { kind: 'gauge', name: 'security.bans.enforced', value: 1 },
    { kind: 'gauge', name: 'security.bans.sockets', value: 1 },
    { kind: 'gauge', name: 'blocker.verified_seconds', value: 3 },
  ]);
  t.strictSame(enforcer.status(), {
    firewall: 'fake',
    desired: 2,
    sockets: 1,
    enforced: 1,
    verifiedSeconds: 2.6,
    isFirewallFailing: true,
    isStoreFailing: false,
    bansMax: 100,
    bansPerMinute: 100,
  });
});

await t.test('a stop leaves the bans in the kernel and on the disk', async (t) => {
  const { enforcer, firewall, records, abort, run } = await running(t);
  const ban = enforcer.ban(requestOf('203.0.113.1'));
  abort.abort();
  await run;
  t.equal(await enforcer.stop({ flush: false }), true);
  t.strictSame(await ban, { result: 'banned', reason: null });
  t.strictSame(firewall.banned, ['203.0.113.1/32']);
  t.strictSame([...records.content.keys()], ['203.0.113.1/32']);
  t.equal(firewall.isClosed, true);
  firewall.isClosed = false;
  t.strictSame(await enforcer.ban(requestOf('203.0.113.2')), { result: 'refused', reason: 'firewall' }, 'too late');
  t.strictSame(firewall.banned, ['203.0.113.1/32'], 'the kernel is not told');
});

await t.test('a stop that flushes takes all out of the kernel, and the store keeps the bans', async (t) => {
  const { enforcer, firewall, records } = await running(t);
  await enforcer.ban(requestOf('203.0.113.1'));
  t.equal(await enforcer.stop({ flush: true }), true);
  t.strictSame(firewall.calls, ['apply 1', 'uninstall']);
  t.strictSame(firewall.banned, []);
  t.ok(records.content.has('203.0.113.1/32'));
});

await t.test('a stop ends at once where the firewall fails, and says that something is left', async (t) => {
  const { enforcer, firewall, time, log, abort, run } = await running(t);
  firewall.fault = 'timeout';
  await enforcer.ban(requestOf('203.0.113.1'));
  await time.settle();
  abort.abort();
  await run;
  t.equal(await enforcer.stop({ flush: true }), false);
  t.strictSame(time.waits, []);
  t.match(log.of('error'), [{ fields: { reason: 'timeout for a test' } }]);
  t.equal(firewall.isClosed, true);
});

await t.test('a flush that fails for a fault of ours throws it', async (t) => {
  const { enforcer, firewall } = await running(t);
  firewall.uninstall = () => Promise.reject(new TypeError('a fault'));
  await t.rejects(enforcer.stop({ flush: true }), new TypeError('a fault'));
});

await t.test(
  'a stop waits no longer than its grace time for a firewall that hangs, and asks nothing more of it',
  async (t) => {
    const { enforcer, firewall, time, abort, run } = await running(t);
    firewall.hold();
    void enforcer.ban(requestOf('203.0.113.1'));
    await time.advance(5_000);
    abort.abort();
    await run;
    const stopped = enforcer.stop({ flush: true });
    await time.advance(5_000);
    t.equal(await stopped, false);
    t.notOk(firewall.calls.includes('uninstall'));
    firewall.release();
  },
);

await t.test('a stop waits no longer than its grace time for a disk that hangs', async (t) => {
  const { enforcer, records, time } = await running(t);
  records.hold();
  void enforcer.ban(requestOf('203.0.113.1'));
  const stopped = enforcer.stop({ flush: false });
  await time.advance(5_000);
  t.equal(await stopped, false);
  records.release();
});

await t.test('a ban that the last task of the firewall ends is gone from the disk too', async (t) => {
  const { enforcer, firewall, records, friends, time } = await running(t);
  firewall.hold();
  const stranger = enforcer.ban(requestOf('198.51.100.7'));
  await time.settle();
  const friend = enforcer.ban(requestOf('203.0.113.1'));
  await time.settle();
  friends.add('203.0.113.1');
  const stopped = enforcer.stop({ flush: false });
  await time.settle();
  firewall.release();
  t.strictSame(await stranger, { result: 'banned', reason: null });
  t.strictSame(await friend, { result: 'refused', reason: 'allowlisted' });
  t.equal(await stopped, true);
  t.strictSame([...records.content.keys()], ['198.51.100.7/32']);
});

await t.test('a look that hangs does not hold up the end of the run, nor does a pause', async (t) => {
  const { firewall, time, abort, run } = await running(t);
  firewall.hold();
  await time.advance(5_000);
  abort.abort();
  await run;
  firewall.release();
  await time.settle();
  t.strictSame(time.waits, []);
  const other = await running(t);
  other.abort.abort();
  await other.run;
  await other.enforcer.run(AbortSignal.abort());
});

await t.test('with nothing but what it must be told it goes by the clocks of the machine', async (t) => {
  const { firewall, records, friends } = world();
  const { log } = keptLog();
  const enforcer = new Enforcer({ firewall, records, friends, log, bansMax: 9, bansPerMinute: 9, graceMs: 1_000 });
  await enforcer.start();
  const before = Date.now();
  t.strictSame(await enforcer.ban(requestOf('203.0.113.1')), { result: 'banned', reason: null });
  const since = enforcer.list()[0]?.since;
  t.ok(since !== undefined && since >= before && since <= Date.now());
  t.ok(enforcer.status().verifiedSeconds < 60);
  t.equal(await enforcer.stop({ flush: false }), true);
});
