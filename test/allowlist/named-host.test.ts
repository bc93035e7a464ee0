import { setImmediate } from 'node:timers/promises';
import t from 'tap';
import { NamedHost } from '../../src/allowlist/named-host.js';
import { fakeClock, fakeResolver, recordedLog } from './fixtures.js';

const NAME = 'trunk.example';
const signal = new AbortController().signal;

function namedHost(answer: readonly string[] | Error | null) {
  const log = recordedLog();
  const clock = fakeClock();
  const resolver = fakeResolver({ [NAME]: answer });
  const seen = { changes: 0 };
  const host = new NamedHost(NAME, {
    log,
    onChange: () => {
      seen.changes += 1;
    },
    resolve: resolver.resolve,
    lookupMs: 5_000,
    keepMs: 600_000,
    now: () => clock.now,
    wait: clock.wait,
  });
  const answered = (next: readonly string[] | Error | null) => {
    resolver.answers[NAME] = next;
    return host.refresh(signal);
  };
  return { host, log, clock, resolver, seen, answered, addresses: (): string[] => [...host.addresses].sort() };
}

await t.test('all addresses of a name are taken, canonical, and a change is told', async (t) => {
  const { answered, addresses, seen, log, clock } = namedHost(null);
  await answered(['203.0.113.9', '2001:DB8::1', 'fe80::1%eth0', '::ffff:203.0.113.10', 'junk']);
  t.strictSame(addresses(), ['2001:db8::1', '203.0.113.10', '203.0.113.9', 'fe80::1']);
  await answered(['fe80::1', '2001:db8::1', '203.0.113.10', '203.0.113.9']);
  t.equal(seen.changes, 1, 'the order does not count');
  await answered(['203.0.113.11']);
  t.equal(seen.changes, 2);
  t.strictSame(log.lines, []);
  t.strictSame(clock.waiting(), [], 'nothing is waited for after an answer');
});

await t.test('an address counts until the name has been without it for ten minutes', async (t) => {
  const { answered, addresses, clock, seen } = namedHost(null);
  await answered(['203.0.113.1', '203.0.113.2']);
  await clock.pass(599_999);
  await answered(['203.0.113.2', '203.0.113.3']);
  t.strictSame(addresses(), ['203.0.113.1', '203.0.113.2', '203.0.113.3']);
  await clock.pass(1);
  await answered(['203.0.113.3']);
  t.strictSame(addresses(), ['203.0.113.2', '203.0.113.3']);
  t.equal(seen.changes, 3);
});

await t.test('an address that is still an answer keeps no other one that is none', async (t) => {
  const { answered, addresses, clock } = namedHost(null);
  await answered(['203.0.113.1', '203.0.113.2']);
  await clock.pass(600_000);
  await answered(['203.0.113.1']);
  t.strictSame(addresses(), ['203.0.113.1']);
});

await t.test('what was known stays for ever when the name cannot be resolved, and it is said once', async (t) => {
  const { answered, addresses, clock, log, seen } = namedHost(null);
  await answered(['203.0.113.9']);
  for (const fault of [new Error('EAI_AGAIN'), new Error('ENOTFOUND'), []]) {
    await clock.pass(10_000_000);
    await answered(fault);
  }
  t.strictSame(addresses(), ['203.0.113.9']);
  t.match(log.lines, [['warn', { name: NAME, error: 'Error: EAI_AGAIN', known: 1 }, /stay on the list$/]]);
  t.equal(log.lines.length, 1);
  await answered(['203.0.113.9']);
  t.match(log.lines[1], ['info', { name: NAME }, /resolved again$/]);
  await answered([]);
  t.match(log.lines[2], ['warn', { error: 'it has no address' }], 'said anew');
  t.equal(seen.changes, 1);
});

await t.test('a name that was never resolved is said to be no protection', async (t) => {
  const { answered, addresses, log } = namedHost(null);
  await answered(new Error('ENOTFOUND'));
  t.strictSame(addresses(), []);
  t.match(log.lines, [['warn', { known: 0 }, /its addresses can be banned$/]]);
});

await t.test('a lookup without an answer is given up, never doubled, and its late answer counts', async (t) => {
  const log = recordedLog();
  const clock = fakeClock();
  let answer: (found: { address: string }[]) => void = () => undefined;
  let asked = 0;
  const resolve = () => {
    asked += 1;
    return new Promise<{ address: string }[]>((given) => {
      answer = given;
    });
  };
  const host = new NamedHost(NAME, { log, onChange: () => undefined, resolve, wait: clock.wait, lookupMs: 5_000 });
  for (let round = 0; round < 3; round += 1) {
    const refreshed = host.refresh(signal);
    await clock.pass(5_000);
    await refreshed;
  }
  t.equal(asked, 1);
  t.match(log.lines, [['warn', { error: 'no answer within 5 s' }]]);
  t.equal(log.lines.length, 1);
  answer([{ address: '203.0.113.9' }]);
  await setImmediate();
  t.strictSame([...host.addresses], ['203.0.113.9']);
  t.equal(log.lines.length, 2);
  void host.refresh(signal);
  t.equal(asked, 2);
});

await t.test('a stop ends the wait for an answer, and is no fault of the name', async (t) => {
  const { host, log, clock } = namedHost(null);
  const stop = new AbortController();
  const refreshed = host.refresh(stop.signal);
  t.strictSame(clock.waiting(), [5_000]);
  stop.abort();
  await refreshed;
  await host.refresh(stop.signal);
  t.strictSame(log.lines, []);
});

await t.test('a name has at most 64 addresses, the newest, and that there are more is said once', async (t) => {
  const { answered, addresses, log } = namedHost(null);
  const many = (from: number, count: number) => Array.from({ length: count }, (_, at) => `203.0.113.${from + at}`);
  await answered(many(0, 64));
  t.equal(log.lines.length, 0);
  await answered(many(60, 10));
  t.equal(addresses().length, 64);
  t.ok(addresses().includes('203.0.113.69'));
  t.notOk(addresses().includes('203.0.113.0'));
  await answered(many(0, 200));
  t.equal(addresses().length, 64);
  t.match(log.lines, [['warn', { name: NAME, addressesMax: 64 }, /too many addresses/]]);
  t.equal(log.lines.length, 1);
});

await t.test('without a resolver of ours the system is asked, and /etc/hosts counts', async (t) => {
  const host = new NamedHost('localhost', { log: recordedLog(), onChange: () => undefined });
  await host.refresh(signal);
  t.match([...host.addresses].join(), /127\.0\.0\.1|::1/);
});
