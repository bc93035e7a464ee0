import t from 'tap';
import { enumeration } from '../../../src/detection/rules/enumeration.js';
import { addressRecord, attemptScene, DAY_MS, HOUR_MS, NOW, probeScene } from '../records.js';

const thresholds = { enumerationAccounts: 5, enumerationChallenges: 20, halfLifeMs: HOUR_MS };
const rule = enumeration(thresholds, () => 0);
const guess = (unknownAccounts: number, now = NOW) => ({
  ...attemptScene(addressRecord({ unknownAccounts, attempts: 7 }), { outcome: 'unknown_account' }),
  now,
});

await t.test('five accounts that do not exist are an enumeration, four are not', async (t) => {
  t.equal(rule.onAttempt?.(guess(4)), null);
  t.match(rule.onAttempt?.(guess(5)), { severity: 'warning', ban: 'address', accounts: 5, attempts: 7 });
});

await t.test('what was tried long ago is forgotten', async (t) => {
  t.equal(rule.onAttempt?.(guess(9, NOW + DAY_MS)), null);
  t.match(rule.onAttempt?.(guess(10, NOW + DAY_MS)), { accounts: 5 });
});

await t.test('where nothing but challenges shows, twenty that nobody answers are one', async (t) => {
  t.equal(rule.onProbe?.(probeScene(addressRecord({ probes: 19 }))), null);
  t.match(rule.onProbe?.(probeScene(addressRecord({ probes: 20 }))), { ban: 'address', attempts: 20 });
});

await t.test('an office may have as many typing errors as it has phones', async (t) => {
  const office = enumeration(thresholds, () => 1);
  t.equal(office.onAttempt?.(guess(9)), null);
  t.match(office.onAttempt?.(guess(10)), { ban: 'address' });
  t.equal(office.onProbe?.(probeScene(addressRecord({ probes: 39 }))), null);
  t.match(office.onProbe?.(probeScene(addressRecord({ probes: 40 }))), { ban: 'address' });
});
