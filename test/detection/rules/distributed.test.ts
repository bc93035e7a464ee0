import t from 'tap';
import { distributed } from '../../../src/detection/rules/distributed.js';
import { addressRecord, attemptScene, DAY_MS, NOW } from '../records.js';

const rule = distributed({ distributedAddresses: 10 }, () => 0);

function guess(attackers: number, own: Parameters<typeof attemptScene>[1] = {}, now = NOW) {
  const scene = attemptScene(addressRecord(), own);
  if (scene.account !== null) {
    scene.account.attackers.points = attackers;
    scene.account.attempts = 25;
  }
  return { ...scene, now };
}

await t.test('ten addresses that guess at one account are a distributed attack', async (t) => {
  t.equal(rule.onAttempt?.(guess(9)), null);
  t.match(rule.onAttempt?.(guess(10)), {
    severity: 'warning',
    subject: { kind: 'account', text: '101' },
    attempts: 25,
    addresses: 10,
  });
  t.match(rule.onAttempt?.(guess(100)), { severity: 'critical' });
});

await t.test('addresses of yesterday count half', async (t) => {
  t.equal(rule.onAttempt?.(guess(19, {}, NOW + DAY_MS)), null);
  t.match(rule.onAttempt?.(guess(20, {}, NOW + DAY_MS)), { addresses: 10 });
});

await t.test('an account that does not exist has no attackers', async (t) => {
  t.equal(rule.onAttempt?.(guess(10, { outcome: 'unknown_account' })), null);
});

await t.test('whoever takes part with a second guess is to be banned', async (t) => {
  t.match(rule.onAttempt?.(guess(10, { failures: 1 })), { ban: null });
  t.match(rule.onAttempt?.(guess(10, { failures: 2 })), { ban: 'address' });
});

await t.test('neither a forgotten phone nor a friend is banned for guessing along', async (t) => {
  t.match(rule.onAttempt?.(guess(10, { failures: 2, isStale: true })), { ban: null });
  t.match(distributed({ distributedAddresses: 10 }, () => 0.5).onAttempt?.(guess(10, { failures: 2 })), { ban: null });
});
