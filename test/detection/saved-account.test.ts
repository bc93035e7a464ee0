import t from 'tap';
import { type AccountRecord, newAccount } from '../../src/detection/accounts.js';
import { loadAccount, savedAccount } from '../../src/detection/saved-account.js';
import { VALUE_LENGTH_MAX } from '../../src/state/state-record.js';
import { mutilated } from './mutilated.js';

const AT = 1_795_225_500_000;

function fullAccount(homes: number, latest: number): AccountRecord {
  const account = newAccount('PJSIP', '100', 0);
  const told = { breach: { at: AT, severity: 'warning', attempts: 9, isBan: false } } as const;
  for (let n = 0; n < homes; n++) {
    const place = n % 2 === 0 ? `203.0.113.${n}` : `2001:db8:1:${n}::/64`;
    const network = n % 2 === 0 ? '203.0.113.0/24' : '2001:db8:1::/48';
    account.homes.push({
      place,
      network,
      since: AT,
      lastAt: AT + n,
      logins: n,
      doubtedUntil: 0,
      trustedAt: n,
      guessesBefore: 4,
      told,
    });
  }
  for (let n = 0; n < latest; n++) account.latest.add(`198.51.100.${n}`);
  Object.assign(account.guesses, { points: 1 / 3, at: AT + 1 });
  Object.assign(account.attackers, { points: 2, at: AT + 2 });
  const burst = { place: '203.0.113.0', at: AT, slot: 179_522_550, slots: 7 };
  return Object.assign(account, { firstLoginAt: AT, loginAt: AT + 5, attempts: 8, guessedSince: AT + 6, burst, told });
}

const written = (account: AccountRecord): unknown => JSON.parse(JSON.stringify(savedAccount(account)));

await t.test('an account comes back as it was, and fits into the store', async (t) => {
  for (const account of [fullAccount(8, 64), newAccount('PJSIP', '100', 0)]) {
    t.strictSame(loadAccount('PJSIP', '100', written(account)), account);
    t.ok(JSON.stringify(savedAccount(account)).length < VALUE_LENGTH_MAX);
  }
});

await t.test('a record that is not wholly as it was saved is refused', async (t) => {
  const value = written(fullAccount(1, 1));
  for (const other of mutilated(value)) if (loadAccount('PJSIP', '100', other) !== null) t.fail(JSON.stringify(other));
  const homeless = fullAccount(1, 0);
  homeless.latest.add('here');
  t.equal(loadAccount('PJSIP', '100', written(homeless)), null);
});
