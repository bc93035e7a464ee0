import t from 'tap';
import { lowAndSlow } from '../../../src/detection/rules/low-and-slow.js';
import { addressRecord, attemptScene, DAY_MS, HOUR_MS, NOW } from '../records.js';

const thresholds = { slowThreshold: 20, slowHalfLifeMs: 3 * DAY_MS };
const rule = lowAndSlow(thresholds, () => 0);
const guess = (slow: number, hours: number, now = NOW) => ({
  ...attemptScene(addressRecord({ slow, firstAt: now - hours * HOUR_MS })),
  now,
});

await t.test('many guesses over many hours are to be banned', async (t) => {
  t.equal(rule.onAttempt?.(guess(19, 12)), null);
  t.match(rule.onAttempt?.(guess(20, 12)), { severity: 'warning', ban: 'address', since: NOW - 12 * HOUR_MS });
});

await t.test('what happens within six hours is not slow', async (t) => {
  t.equal(rule.onAttempt?.(guess(20, 5.9)), null);
  t.match(rule.onAttempt?.(guess(20, 6)), { ban: 'address' });
});

await t.test('points are forgotten over days', async (t) => {
  t.equal(rule.onAttempt?.(guess(39, 12, NOW + 3 * DAY_MS)), null);
  t.match(rule.onAttempt?.(guess(40, 12, NOW + 3 * DAY_MS)), { ban: 'address' });
});

await t.test('a friend may be wrong more often', async (t) => {
  const friend = lowAndSlow(thresholds, () => 1);
  t.equal(friend.onAttempt?.(guess(39, 12)), null);
  t.match(friend.onAttempt?.(guess(40, 12)), { ban: 'address' });
});
