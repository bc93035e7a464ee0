import t from 'tap';
import { addPair } from '../../src/detection/chain.js';
import { failingStrangers, isTrusted, trustOf } from '../../src/detection/trust.js';
import { addressRecord, DAY_MS, NOW } from './records.js';

const TRUST_MS = 14 * DAY_MS;

await t.test('a login makes its account trusted for so long and no longer', async (t) => {
  const pair = addPair(addressRecord(), '101', NOW);
  t.equal(isTrusted(pair, NOW, TRUST_MS), false);
  pair.successAt = NOW;
  t.equal(isTrusted(pair, NOW + TRUST_MS - 1, TRUST_MS), true);
  t.equal(isTrusted(pair, NOW + TRUST_MS, TRUST_MS), false);
});

await t.test('an address is trusted for each of its accounts, and less the older their logins are', async (t) => {
  const address = addressRecord();
  t.equal(trustOf(address, NOW, TRUST_MS), 0);
  addPair(address, '101', NOW).successAt = NOW;
  addPair(address, '102', NOW).successAt = NOW - TRUST_MS / 2;
  addPair(address, '103', NOW).successAt = NOW - TRUST_MS;
  addPair(address, '104', NOW);
  t.equal(trustOf(address, NOW, TRUST_MS), 1.5);
});

await t.test('accounts that fail count as strangers unless they logged in lately', async (t) => {
  const address = addressRecord();
  addPair(address, '101', NOW).failures = 1;
  Object.assign(addPair(address, '102', NOW), { failures: 1, successAt: NOW });
  Object.assign(addPair(address, '103', NOW), { failures: 3, successAt: NOW - TRUST_MS });
  addPair(address, '104', NOW);
  t.equal(failingStrangers(address, NOW, TRUST_MS), 2);
});
