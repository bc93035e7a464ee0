import t from 'tap';
import { passwordSpray } from '../../../src/detection/rules/password-spray.js';
import { ask, attempt, LIMITS, MINUTE_MS, memoryOf, NOW } from '../observed.js';

const rule = passwordSpray(LIMITS);

await t.test(
  'one password at each of twelve accounts is a spray, once a fleet of phones would have repeated itself',
  async (t) => {
    const { failTimes, fail } = memoryOf();
    t.equal(rule.onAttempt?.(failTimes(12, (n) => attempt({ account: `${n}` }))), null);
    t.match(rule.onAttempt?.(fail(attempt({ account: 'one more' }), NOW + 10 * MINUTE_MS)), {
      severity: 'warning',
      ban: { target: 'place', term: 'attack' },
      accounts: 13,
      evidence: [{ name: 'spread', count: 13 }, { name: 'guesses_here' }],
    });
  },
);

await t.test('phones that try their one password again and again are none', async (t) => {
  const { failTimes } = memoryOf();
  t.equal(rule.onAttempt?.(failTimes(60, (n) => attempt({ account: `${n % 12}` }), NOW + 20 * MINUTE_MS)), null);
});

await t.test('names without a password are none', async (t) => {
  t.equal(rule.onAttempt?.(memoryOf().failTimes(99, (n) => ask(`${n}`))), null);
});
