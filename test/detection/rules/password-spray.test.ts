import t from 'tap';
import { passwordSpray } from '../../../src/detection/rules/password-spray.js';
import { addressRecord, attemptScene, DAY_MS, NOW } from '../records.js';

const rule = passwordSpray({ sprayAccounts: 5 }, () => 0);
const guess = (knownAccounts: number, now = NOW) => ({ ...attemptScene(addressRecord({ knownAccounts })), now });

await t.test('wrong passwords for five accounts from one address are a spray', async (t) => {
  t.equal(rule.onAttempt?.(guess(4)), null);
  t.match(rule.onAttempt?.(guess(5)), { severity: 'warning', ban: 'address', accounts: 5 });
});

await t.test('accounts of yesterday count half', async (t) => {
  t.equal(rule.onAttempt?.(guess(9, NOW + DAY_MS)), null);
  t.match(rule.onAttempt?.(guess(10, NOW + DAY_MS)), { accounts: 5 });
});

await t.test('an office may forget the passwords of as many accounts as it has phones', async (t) => {
  const office = passwordSpray({ sprayAccounts: 5 }, () => 19);
  t.equal(office.onAttempt?.(guess(99)), null);
  t.match(office.onAttempt?.(guess(100)), { ban: 'address' });
});
