import t from 'tap';
import { type NetworkRecord, newNetwork } from '../../src/detection/places.js';
import { loadNetwork, savedNetwork } from '../../src/detection/saved-network.js';
import { VALUE_LENGTH_MAX } from '../../src/state/state-record.js';
import { mutilated } from './mutilated.js';

const AT = 1_795_225_500_000;
const PREFIX = '2001:db8:1::/48';

function fullNetwork(parts: number, names: readonly string[]): NetworkRecord {
  const network = newNetwork(PREFIX, AT);
  for (const name of names) network.accounts.add(name);
  network.partBans = new Map(
    Array.from({ length: parts }, (_, part) => [part, { until: AT + part, isMild: part === 1, count: 3 }]),
  );
  network.livedParts = new Set(Array.from({ length: parts }, (_, part) => part));
  Object.assign(network.guesses, { points: 1 / 3, at: AT + 1 });
  network.proven = { points: 1, at: AT + 2 };
  Object.assign(network.places, { points: 2, at: AT + 3 });
  network.sharing = { points: 3, at: AT + 4 };
  Object.assign(network.ban, { until: AT, count: 1 });
  const told = { distributed: { at: AT, severity: 'warning', attempts: 9, isBan: true } };
  return Object.assign(network, { attempts: 9, residentAt: AT + 5, told });
}

const written = (network: NetworkRecord): unknown => JSON.parse(JSON.stringify(savedNetwork(network)));

await t.test('a network comes back as it was', async (t) => {
  for (const network of [fullNetwork(256, ['100', '101']), newNetwork(PREFIX, AT)]) {
    t.strictSame(loadNetwork(PREFIX, written(network)), network);
  }
  t.match(loadNetwork('203.0.113.0/24', written(newNetwork('203.0.113.0/24', AT))), { prefix: '203.0.113.0/24' });
});

await t.test('the fullest network fits into the store, the shortest names of it', async (t) => {
  const names = Array.from({ length: 64 }, (_, n) => `${n}${'\0'.repeat(n % 2 === 0 ? 8 : 4_000)}`);
  const saved = savedNetwork(fullNetwork(256, names));
  t.ok(JSON.stringify(saved).length < VALUE_LENGTH_MAX);
  t.ok(saved.accounts.length >= 32);
});

await t.test('a record that is not wholly as it was saved is refused, and so is the key of no network', async (t) => {
  const value = written(fullNetwork(1, ['100']));
  for (const other of mutilated(value)) if (loadNetwork(PREFIX, other) !== null) t.fail(JSON.stringify(other));
  for (const key of ['2001:db8:1::/64', '2001:db8:1::1/48', '203.0.113.0/25', '203.0.113.9', '']) {
    t.equal(loadNetwork(key, value), null, key);
  }
  t.ok(loadNetwork(PREFIX, value));
});
