import { setImmediate } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { Allowlist } from '../../src/allowlist/allowlist.js';
import { type Prefix, parsePrefix } from '../../src/domain/address-set.js';
import { address, fakeClock, fakeResolver, recordedLog } from './fixtures.js';

const prefix = (text: string) => parsePrefix(text) as Prefix;

function allowlist(t: Test, entries: readonly string[], answers: Parameters<typeof fakeResolver>[0] = {}) {
  const log = recordedLog();
  const clock = fakeClock();
  const resolver = fakeResolver(answers);
  const host = { address: '198.51.100.1', nameServer: '198.51.100.53' };
  const list = new Allowlist({
    entries,
    log,
    wait: clock.wait,
    now: () => clock.now,
    random: () => 0.5,
    resolve: resolver.resolve,
    interfaces: () => ({ eth0: [{ address: host.address }] }),
    readStart: (path) => (path === '/etc/resolv.conf' ? `nameserver ${host.nameServer}` : ''),
  });
  const stop = new AbortController();
  t.teardown(() => stop.abort());
  let isReady = false;
  void list.ready().then(() => {
    isReady = true;
  });
  const has = (text: string) => list.has(address(text));
  return { list, has, log, clock, resolver, host, stop, run: () => list.run(stop.signal), isReady: () => isReady };
}

await t.test('entries, this host and what is never banned are on the list at once', async (t) => {
  const { has, list } = allowlist(t, ['203.0.113.0/24', '2001:db8::1', 'fd00::1%eth0']);
  for (const text of ['203.0.113.9', '2001:db8::1', 'fd00::1', '198.51.100.1', '127.0.0.1', 'fe80::1%eth0']) {
    t.ok(has(text), text);
  }
  for (const text of ['203.0.114.9', '2001:db8::2', '198.51.100.2']) t.notOk(has(text), text);
  t.ok(list.overlaps(prefix('203.0.113.128/25')));
  t.ok(list.overlaps(prefix('198.51.0.0/16')), 'this host is in it');
  t.ok(list.overlaps(prefix('127.0.0.1')));
  t.notOk(list.overlaps(prefix('198.51.101.0/24')));
});

await t.test("this host's name servers and gateways are on the list, and a change is a new version", async (t) => {
  const { has, list, run, clock, host } = allowlist(t, []);
  t.ok(has('198.51.100.53'));
  const { version } = list;
  void run();
  await list.ready();
  await setImmediate();
  t.equal(list.version, version, 'nothing has changed');
  host.nameServer = '198.51.100.54';
  await clock.pass(60_000);
  t.ok(has('198.51.100.54'));
  t.notOk(has('198.51.100.53'));
  t.not(list.version, version);
});

await t.test('names are on the list as soon as they are resolved, and again every minute', async (t) => {
  const { has, run, list, clock, resolver } = allowlist(t, ['pbx.example', '10.0.0.0/8', 'pbx.example'], {
    'pbx.example': ['192.0.2.1'],
  });
  t.notOk(has('192.0.2.1'));
  void run();
  await list.ready();
  t.ok(has('192.0.2.1'));
  t.ok(list.overlaps(prefix('192.0.2.0/24')));
  resolver.answers['pbx.example'] = ['192.0.2.2'];
  await setImmediate();
  await clock.pass(59_999);
  t.notOk(has('192.0.2.2'));
  await clock.pass(1);
  t.ok(has('192.0.2.2'));
  t.ok(has('192.0.2.1'), 'for ten minutes more');
  t.strictSame(resolver.asked, ['pbx.example', 'pbx.example'], 'a name that stands there twice is one name');
});

await t.test('the minute differs by a tenth, so that many exporters do not ask at once', async (t) => {
  for (const [random, ms] of [
    [0, 54_000],
    [1 - Number.EPSILON, 66_000],
  ] as const) {
    const clock = fakeClock();
    const stop = new AbortController();
    const list = new Allowlist({ entries: [], log: recordedLog(), wait: clock.wait, random: () => random });
    const running = list.run(stop.signal);
    await setImmediate();
    t.ok(clock.waiting().includes(ms), `${clock.waiting()}`);
    stop.abort();
    await running;
  }
});

await t.test('an address that this host gets later is on the list within a minute', async (t) => {
  const { has, run, host, clock } = allowlist(t, []);
  void run();
  await setImmediate();
  host.address = '198.51.100.7';
  await clock.pass(60_000);
  t.ok(has('198.51.100.7'));
  t.notOk(has('198.51.100.1'));
});

await t.test('ready waits for each name, but not longer than five seconds', async (t) => {
  const slow = allowlist(t, ['good.example', 'slow.example'], { 'good.example': ['192.0.2.1'] });
  void slow.run();
  await slow.clock.pass(4_999);
  t.equal(slow.isReady(), false);
  t.ok(slow.has('192.0.2.1'), 'what is there counts');
  await slow.clock.pass(1);
  t.equal(slow.isReady(), true);
  await slow.list.ready();
  t.match(slow.log.lines, [['warn', { name: 'slow.example' }, /its addresses can be banned$/]]);
});

await t.test('names that never answer hold up neither ready nor the rest for ever', async (t) => {
  const { run, clock, has, isReady } = allowlist(t, ['a.example', 'b.example', 'c.example', 'd.example', 'e.example'], {
    'e.example': ['192.0.2.5'],
  });
  void run();
  await clock.pass(5_000);
  t.ok(isReady());
  t.notOk(has('192.0.2.5'), 'two lookups at a time');
  await clock.pass(5_000);
  t.ok(has('192.0.2.5'));
});

await t.test('a stop ends it at once: in the first lookup, between two, or before it began', async (t) => {
  const looking = allowlist(t, ['slow.example', 'other.example', 'third.example']);
  const running = looking.run();
  looking.stop.abort();
  await running;
  t.ok(looking.isReady());
  t.strictSame(looking.resolver.asked, ['slow.example', 'other.example']);
  const waiting = allowlist(t, ['pbx.example'], { 'pbx.example': ['192.0.2.1'] });
  const ran = waiting.run();
  await waiting.list.ready();
  waiting.stop.abort();
  await ran;
  t.strictSame(waiting.clock.waiting(), []);
  t.equal(waiting.resolver.asked.length, 1);
  await waiting.run();
  t.equal(waiting.resolver.asked.length, 1);
});

await t.test('with nothing given but entries it works on its own', async (t) => {
  const stop = new AbortController();
  const list = new Allowlist({ entries: ['localhost'], log: recordedLog() });
  const running = list.run(stop.signal);
  await list.ready();
  stop.abort();
  await running;
  t.ok(list.has(address('::1')));
});
