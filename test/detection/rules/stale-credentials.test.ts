import t from 'tap';
import { staleCredentials } from '../../../src/detection/rules/stale-credentials.js';
import { ask, attempt, LIMITS, memoryOf, NOW, SECOND_MS, success } from '../observed.js';

const rule = staleCredentials(LIMITS);
/** Twenty tries with so much between them take longer than two minutes. */
const STEP_MS = 7 * SECOND_MS;

await t.test('twenty tries at one account are told, and the socket falls silent after sixty', async (t) => {
  const { failTimes } = memoryOf();
  t.equal(rule.onAttempt?.(failTimes(19, () => attempt(), NOW, STEP_MS)), null);
  t.match(rule.onAttempt?.(failTimes(1, () => attempt())), {
    severity: 'warning',
    ban: null,
    attempts: 20,
    accounts: 1,
    evidence: [{ name: 'persistence', count: 20 }],
  });
  t.match(rule.onAttempt?.(failTimes(40, () => attempt())), { ban: { target: 'socket', term: 'device' } });
});

await t.test('tries at one account are told once they have gone on for two minutes', async (t) => {
  const { failTimes, fail } = memoryOf();
  const start = NOW - 120 * SECOND_MS;
  failTimes(1, () => attempt(), start);
  t.equal(rule.onAttempt?.(failTimes(60, () => attempt(), NOW - 1)), null);
  t.match(rule.onAttempt?.(fail(attempt())), { attempts: 62 });
});

await t.test('a phone is never banned where its account lives', async (t) => {
  const { failTimes, login } = memoryOf();
  login(success());
  t.match(rule.onAttempt?.(failTimes(500, () => attempt())), {
    severity: 'info',
    ban: null,
    evidence: [
      { name: 'tries_at_home', count: 500 },
      { name: 'residents', count: 1 },
    ],
  });
});

await t.test('a new phone in an office is good to know', async (t) => {
  const { failTimes, login } = memoryOf();
  login(success());
  t.match(rule.onAttempt?.(failTimes(20, () => attempt({ account: '102', port: 5062 }), NOW, STEP_MS)), {
    severity: 'info',
    ban: null,
  });
});

await t.test('a socket with more guesses than a gateway makes falls silent', async (t) => {
  const { failTimes } = memoryOf();
  const lines = (n: number) => attempt({ account: `${n % 8}` });
  t.match(rule.onAttempt?.(failTimes(239, lines)), { ban: null });
  t.match(rule.onAttempt?.(failTimes(2, lines)), { ban: { target: 'socket' } });
});

await t.test('names without a password are none', async (t) => {
  t.equal(rule.onAttempt?.(memoryOf().failTimes(99, () => ask('9999'))), null);
});
