import t from 'tap';
import { trustedAtRisk } from '../../../src/detection/rules/trusted-at-risk.js';
import { addressRecord, attemptScene } from '../records.js';

const nobody = { banThreshold: 10, isAllowed: () => false };

await t.test('a friend with half of the points that ban a stranger is told, and never banned for it', async (t) => {
  const rule = trustedAtRisk(nobody, () => 1);
  t.equal(rule.onAttempt?.(attemptScene(addressRecord({ score: 4.9 }))), null);
  t.match(rule.onAttempt?.(attemptScene(addressRecord({ score: 5 }))), { severity: 'warning', ban: null });
});

await t.test('who is on the allowlist is a friend too', async (t) => {
  const rule = trustedAtRisk({ ...nobody, isAllowed: (address) => address === '203.0.113.9' }, () => 0);
  t.match(rule.onAttempt?.(attemptScene(addressRecord({ score: 5 }))), { ban: null });
});

await t.test('a stranger is not at risk, he is one', async (t) => {
  const rule = trustedAtRisk(nobody, () => 0);
  t.equal(rule.onAttempt?.(attemptScene(addressRecord({ score: 9 }))), null);
});
