import t from 'tap';
import { bruteForce } from '../../../src/detection/rules/brute-force.js';
import type { Attempt } from '../../../src/domain/attempt.js';
import { ask, attempt, LIMITS, memoryOf } from '../observed.js';

const rule = bruteForce(LIMITS);

function verdictOf(times: number, make: (n: number) => Attempt) {
  return rule.onAttempt?.(memoryOf().failTimes(times, make));
}

const restless = (n: number) => attempt({ account: `${n % 4}`, port: 10_000 + n });

await t.test('ever new sockets at several accounts are told early and banned at the limit', async (t) => {
  t.equal(verdictOf(4, restless), null);
  t.match(verdictOf(9, restless), { severity: 'warning', ban: null });
  t.match(verdictOf(14, restless), {
    severity: 'warning',
    subject: { kind: 'address', text: '203.0.113.9' },
    ban: { target: 'place', term: 'attack' },
    attempts: 14,
    accounts: 4,
    evidence: [
      { name: 'sockets', count: 10 },
      { name: 'guesses_here', count: 14 },
    ],
  });
});

await t.test(
  'one account from ever new sockets may be a device, and is banned briefly after as many tries as one',
  async (t) => {
    const churn = (n: number) => attempt({ port: 10_000 + n });
    t.equal(verdictOf(25, churn), null);
    t.match(
      verdictOf(61, (n) => ({ ...churn(n) })),
      { ban: { target: 'place' } },
    );
  },
);

await t.test('a device that keeps its socket is no brute force, until it is faster than any', async (t) => {
  t.equal(
    verdictOf(29, () => attempt()),
    null,
  );
  t.match(
    verdictOf(30, () => attempt()),
    { ban: { target: 'socket', term: 'attack' }, evidence: [{ name: 'pace', count: 30 }] },
  );
  t.match(
    verdictOf(30, () => attempt({ transport: 'TLS' })),
    { ban: { target: 'place', term: 'churn' } },
  );
});

await t.test('at the manager interface each guess is one, whatever its port is', async (t) => {
  const ami = (n: number) => attempt({ service: 'AMI', account: 'admin', port: 40_000 + n });
  t.equal(verdictOf(9, ami), null);
  t.match(verdictOf(10, ami), { ban: { target: 'place', term: 'attack' } });
});

await t.test('names without a password are none', async (t) => {
  t.equal(
    verdictOf(50, () => ask('9999')),
    null,
  );
});
