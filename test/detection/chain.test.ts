import fc from 'fast-check';
import t from 'tap';
import { addPair, befriend, findPair, isCrowded } from '../../src/detection/chain.js';
import type { AddressRecord } from '../../src/detection/records.js';
import { addressRecord, NOW } from './records.js';

function accountsOf(address: AddressRecord): string[] {
  const accounts: string[] = [];
  for (let pair = address.pairs; pair !== null; pair = pair.next) accounts.push(pair.account);
  return accounts;
}

await t.test('an account is found at the address that it was added to', async (t) => {
  const address = addressRecord();
  t.equal(findPair(address, '101'), null);
  const pair = addPair(address, '101', NOW);
  addPair(address, '102', NOW);
  t.equal(findPair(address, '101'), pair);
  t.equal(findPair(address, '10'), null);
  t.equal(address.strangers, 2);
});

await t.test('the seventeenth stranger takes the place of the one with the fewest guesses', async (t) => {
  const address = addressRecord();
  for (let n = 0; n < 16; n++) addPair(address, String(n), NOW).failures = n === 7 ? 1 : 2;
  t.ok(isCrowded(address));
  addPair(address, 'new', NOW).failures = 5;
  t.equal(findPair(address, '7'), null);
  t.equal(accountsOf(address).length, 16);
  t.equal(address.strangers, 16);
});

await t.test('friends do not count as strangers, and no stranger takes their place', async (t) => {
  const address = addressRecord();
  for (let n = 0; n < 20; n++) befriend(address, addPair(address, `friend${n}`, NOW), NOW);
  for (let n = 0; n < 100; n++) addPair(address, `stranger${n}`, NOW).failures = 9;
  t.equal(accountsOf(address).filter((account) => account.startsWith('friend')).length, 20);
  t.match(address, { friends: 20, strangers: 16 });
});

await t.test('the sixty-fifth friend takes the place of the one whose login is longest ago', async (t) => {
  const address = addressRecord();
  for (let n = 0; n < 65; n++) befriend(address, addPair(address, String(n), NOW), NOW + (n === 3 ? 0 : n + 1));
  t.equal(findPair(address, '3'), null);
  t.equal(address.friends, 64);
});

await t.test('among equals the one that came first goes, and strangers never make room for friends', async (t) => {
  const address = addressRecord();
  for (let n = 0; n < 17; n++) addPair(address, String(n), NOW);
  t.equal(findPair(address, '0'), null);
  for (let n = 0; n < 65; n++) befriend(address, addPair(address, `friend${n}`, NOW), NOW);
  t.equal(findPair(address, 'friend0'), null);
  t.match(address, { friends: 64 });
  t.equal(accountsOf(address).filter((account) => !account.startsWith('friend')).length, address.strangers);
});

await t.test('whatever is added and befriended, the chain and its counts agree and are bounded', async (t) => {
  const step = fc.record({ account: fc.integer({ min: 0, max: 200 }).map(String), isLogin: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const address = addressRecord();
      for (const [index, { account, isLogin }] of steps.entries()) {
        const pair = findPair(address, account) ?? addPair(address, account, NOW);
        if (isLogin && pair.successAt === 0) befriend(address, pair, NOW + index);
        pair.failures++;
      }
      const accounts = accountsOf(address);
      t.equal(new Set(accounts).size, accounts.length);
      t.equal(accounts.length, address.strangers + address.friends);
      return address.strangers <= 16 && address.friends <= 64;
    }),
    { numRuns: 50 },
  );
});
