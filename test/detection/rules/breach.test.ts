import t from 'tap';
import { addPair } from '../../../src/detection/chain.js';
import type { AddressRecord } from '../../../src/detection/records.js';
import { breach } from '../../../src/detection/rules/breach.js';
import { addressRecord, DAY_MS, MINUTE_MS, NOW, successScene } from '../records.js';

const thresholds = {
  breachFailures: 2,
  breachWarning: 5,
  breachCritical: 20,
  distributedAddresses: 10,
  trustMs: 14 * DAY_MS,
};
const rule = breach(thresholds, () => 0);

/** A login after so many failures of the same account at this address. */
function login(failures: number, own: { address?: AddressRecord; successAt?: number } = {}) {
  const address = own.address ?? addressRecord({ guesses: failures });
  return successScene(address, { failures, successAt: own.successAt ?? 0 });
}

await t.test('a login is told from the second failure on, and the severity follows their number', async (t) => {
  t.equal(rule.onSuccess?.(login(1)), null);
  t.match(rule.onSuccess?.(login(2)), {
    severity: 'info',
    ban: null,
    attempts: 2,
    subject: { kind: 'account', text: '101' },
  });
  t.match(rule.onSuccess?.(login(4)), { severity: 'info' });
  t.match(rule.onSuccess?.(login(5)), { severity: 'warning', ban: null });
  t.match(rule.onSuccess?.(login(20)), { severity: 'critical', ban: 'address', attempts: 20 });
});

await t.test('it does not matter how long ago the failures were', async (t) => {
  const scene = login(1000);
  scene.pair.lastAt = NOW - 300 * DAY_MS;
  t.match(rule.onSuccess?.(scene), { severity: 'critical', attempts: 1000 });
});

await t.test('an account that is new here answers for what its address guessed at others', async (t) => {
  const address = addressRecord({ guesses: 40 });
  addPair(address, '102', NOW).failures = 40;
  t.match(rule.onSuccess?.(login(0, { address })), { severity: 'critical', attempts: 40, ban: 'address' });
  t.equal(rule.onSuccess?.(login(0, { address, successAt: NOW - MINUTE_MS })), null, 'one that is known here does not');
});

await t.test('neither a friend who mistyped nor a forgotten phone in the same office makes a breach', async (t) => {
  const address = addressRecord({ guesses: 1500 });
  const phone = { failures: 1440, intervals: 1439, periodMs: MINUTE_MS, target: login(0).account };
  Object.assign(addPair(address, '102', NOW), phone);
  Object.assign(addPair(address, '100', NOW), { failures: 30, intervals: 29, periodMs: 10_000 });
  Object.assign(addPair(address, '103', NOW), { failures: 30, successAt: NOW });
  t.equal(rule.onSuccess?.(login(0, { address })), null);
});

await t.test('a device that was given its new password at last is a warning', async (t) => {
  const scene = login(1440);
  Object.assign(scene.pair, { intervals: 1439, periodMs: MINUTE_MS, target: scene.account });
  t.match(rule.onSuccess?.(scene), { severity: 'warning', ban: null });
});

await t.test('a customer who is known here is a warning, however often he was wrong', async (t) => {
  t.match(rule.onSuccess?.(login(30, { successAt: NOW - DAY_MS })), { severity: 'warning', ban: null });
  t.match(rule.onSuccess?.(login(30, { successAt: NOW - 20 * DAY_MS })), { severity: 'critical' });
});

await t.test('a login from a new address is told while many guess at the account', async (t) => {
  const scene = login(0);
  Object.assign(scene.account ?? {}, { attempts: 400 });
  if (scene.account !== null) scene.account.attackers.points = 200;
  t.match(rule.onSuccess?.(scene), { severity: 'warning', ban: null, attempts: 400, addresses: 200 });
  Object.assign(scene.pair, { failures: 1 });
  t.match(rule.onSuccess?.(scene), { severity: 'critical', ban: null }, 'all the more if it guessed along');
  Object.assign(scene.pair, { failures: 0, successAt: NOW });
  t.equal(rule.onSuccess?.(scene), null, 'but not at its own place');
});

await t.test('an office with a break-in is told and not banned as a whole', async (t) => {
  t.match(breach(thresholds, () => 1).onSuccess?.(login(20)), { severity: 'critical', ban: null });
});
