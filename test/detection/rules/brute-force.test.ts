import t from 'tap';
import { bruteForce } from '../../../src/detection/rules/brute-force.js';
import { addressRecord, attemptScene, probeScene } from '../records.js';

const stranger = () => 0;
const rule = bruteForce({ banThreshold: 10 }, stranger);

await t.test('an address is to be banned at the threshold and not before', async (t) => {
  t.equal(rule.onAttempt?.(attemptScene(addressRecord({ score: 9.7 }))), null);
  const address = addressRecord({ score: 10, attempts: 12, unknownAccounts: 2, knownAccounts: 1 });
  t.match(rule.onAttempt?.(attemptScene(address)), {
    severity: 'warning',
    ban: 'address',
    subject: { kind: 'address', text: '203.0.113.9' },
    holder: address,
    attempts: 12,
    accounts: 3,
    addresses: 1,
  });
});

await t.test('unanswered challenges count for it too', async (t) => {
  t.match(rule.onProbe?.(probeScene(addressRecord({ score: 10 }))), { ban: 'address' });
});

await t.test('an address that phones log in from may be wrong once more for each of them', async (t) => {
  const office = bruteForce({ banThreshold: 10 }, () => 19);
  t.equal(office.onAttempt?.(attemptScene(addressRecord({ score: 199 }))), null);
  t.match(office.onAttempt?.(attemptScene(addressRecord({ score: 200 }))), { ban: 'address' });
});

await t.test('an IPv6 /64 is one attacker, as soon as three of its addresses have guessed', async (t) => {
  const address = addressRecord({ address: '2001:db8::9', score: 1 });
  Object.assign(address.prefix, { addresses: 2, attempts: 20 });
  address.prefix.score.points = 20;
  t.equal(rule.onAttempt?.(attemptScene(address)), null);
  address.prefix.addresses = 3;
  t.match(rule.onAttempt?.(attemptScene(address)), {
    ban: 'prefix',
    subject: { kind: 'prefix', text: '2001:db8::/64' },
    holder: address.prefix,
    attempts: 20,
    addresses: 3,
  });
});

await t.test('an IPv4 /24 has many owners: it takes sixteen addresses and twenty times the points', async (t) => {
  const address = addressRecord({ score: 1 });
  address.prefix.addresses = 16;
  address.prefix.score.points = 199;
  t.equal(rule.onAttempt?.(attemptScene(address)), null);
  address.prefix.score.points = 200;
  t.match(rule.onAttempt?.(attemptScene(address)), { ban: 'prefix', subject: { text: '203.0.113.0/24' } });
  address.prefix.addresses = 15;
  t.equal(rule.onAttempt?.(attemptScene(address)), null);
});
