import t from 'tap';
import { enumeration } from '../../../src/detection/rules/enumeration.js';
import { ask, attempt, LIMITS, MINUTE_MS, memoryOf, NOW, probe } from '../observed.js';

const rule = enumeration(LIMITS);

await t.test('twelve names from one socket are an enumeration, eleven are not', async (t) => {
  const names = (n: number) => ask(`${100 + n}`);
  t.equal(rule.onAttempt?.(memoryOf().failTimes(11, names)), null);
  t.match(rule.onAttempt?.(memoryOf().failTimes(12, names)), {
    severity: 'warning',
    ban: { target: 'socket', term: 'attack' },
    accounts: 12,
    attempts: 12,
    evidence: [{ name: 'names', count: 12 }],
  });
  const tls = memoryOf().failTimes(12, (n) => ask(`${n}`, { transport: 'TLS' }));
  t.match(rule.onAttempt?.(tls), { ban: { target: 'place', term: 'attack' } });
});

await t.test('phones of an office whose accounts are gone have a socket each, and repeat themselves', async (t) => {
  const phone = (n: number) => ask(`p${n % 20}`, { port: 10_000 + (n % 20) });
  const { failTimes } = memoryOf();
  t.equal(rule.onAttempt?.(failTimes(20, phone)), null, 'they get ten minutes');
  t.match(rule.onAttempt?.(failTimes(1, phone, NOW + 11 * MINUTE_MS)), { ban: { target: 'place' } });
  t.equal(rule.onAttempt?.(failTimes(60, phone, NOW + 12 * MINUTE_MS)), null);
});

await t.test('an extension that is asked for again and again is dialled', async (t) => {
  const asked = (name: string, times: number) => rule.onAttempt?.(memoryOf().failTimes(times, () => ask(name)));
  t.equal(asked('100', 29), null);
  t.match(asked('100', 30), {
    ban: { target: 'socket', term: 'device' },
    evidence: [{ name: 'persistence', count: 30 }],
  });
  t.match(asked('anonymous', 30), { ban: { target: 'socket' } });
  t.equal(asked('ping', 500), null, 'a keepalive calls itself by a word');
  const slow = memoryOf().failTimes(60, (n) => ask('100', { port: n < 56 ? 5060 : 6_000 + n }), NOW);
  t.match(rule.onAttempt?.(slow), { ban: { target: 'place', term: 'churn' } }, 'from ever new sockets');
  t.equal(rule.onAttempt?.(memoryOf().fail(attempt())), null);
});

await t.test('forty challenges within two minutes that nobody answers are one', async (t) => {
  const { probe: take } = memoryOf();
  for (let n = 0; n < 39; n++) t.equal(rule.onProbe?.(take(probe())), null);
  t.match(rule.onProbe?.(take(probe())), { ban: { target: 'socket', term: 'attack' }, accounts: 0, attempts: 40 });
});

await t.test('and so are a hundred from ever new sockets in a while', async (t) => {
  const { probe: take } = memoryOf();
  const at = (n: number) => rule.onProbe?.(take(probe({ port: 10_000 + n }), NOW + n * 5_000));
  for (let n = 0; n < 99; n++) at(n);
  let verdict = at(99);
  for (let n = 100; n < 200 && verdict === null; n++) verdict = at(n);
  t.match(verdict, { ban: { target: 'place', term: 'churn' }, evidence: [{ name: 'probes', count: 100 }] });
});
