import t from 'tap';
import { addPair } from '../../src/detection/pairs.js';
import {
  type NetworkRecord,
  newNetwork,
  newPair,
  newPlace,
  newSocket,
  type PlaceRecord,
  socketKey,
} from '../../src/detection/places.js';
import { familyOfPlace, loadPlace, savedPlace } from '../../src/detection/saved-place.js';
import type { Address } from '../../src/domain/remote-address.js';
import { VALUE_LENGTH_MAX } from '../../src/state/state-record.js';
import { mutilated } from './mutilated.js';

const AT = 1_795_225_500_000;
const HOST = '203.0.113.9' as Address;
const network = newNetwork('203.0.113.0/24', AT);
const networkOf = (): NetworkRecord => network;

/** A place that has everything. */
function fullPlace(name = (n: number) => `10${n}`): PlaceRecord {
  const place = newPlace(HOST, { address: HOST, family: 'IPV4' }, network, AT);
  const told = { brute_force: { at: AT, severity: 'warning', attempts: 9, isBan: true } } as const;
  for (let n = 0; n < 64; n++) {
    const pair = newPair(name(n), AT + n);
    pair.ports.push(5_060, 5_061, 65_535, 1_024);
    Object.assign(pair, { attempts: n, pace: 3, paceAt: AT + 5, lastAt: AT + 6, told });
    Object.assign(pair.guesses, { points: n + 1 / 3, at: AT + 0.125 });
    addPair(place, pair);
  }
  place.sockets = new Map();
  for (let n = 0; n < 64; n++) {
    const socket = newSocket(HOST, 60_000 + n, AT);
    socket.accounts.push(name(n), `${n}`);
    Object.assign(socket.guesses, { points: n / 7, at: AT + 0.125 });
    Object.assign(socket.ban, { until: n === 60 ? AT + 1e9 : 0, count: n });
    place.sockets.set(socketKey(place, HOST, socket.port), socket);
  }
  place.friendlyPorts = new Map(Array.from({ length: 512 }, (_, n) => [40_000 + n, AT + n]));
  Object.assign(place, {
    attempts: 64,
    failures: 99,
    residents: 3,
    residentAt: AT,
    isCounted: true,
    told,
    lastAt: AT + 7,
  });
  Object.assign(place.ban, { until: AT + 3_600_000, count: 2 });
  place.strays = { points: 1 / 3, at: AT + 9 };
  place.names = { points: 0, at: AT + 1 };
  return place;
}

const written = (place: PlaceRecord): unknown => JSON.parse(JSON.stringify(savedPlace(place)));

await t.test('a place comes back as it was', async (t) => {
  const place = fullPlace();
  t.strictSame(loadPlace(HOST, written(place), networkOf), place);
  const key = '2001:db8:1:2::/64';
  const host = '2001:db8:1:2::3' as Address;
  const other = newPlace(key, { address: host, family: 'IPV6' }, network, AT);
  other.sockets = new Map([[socketKey(other, host, 5_060), newSocket(host, 5_060, AT)]]);
  t.strictSame(loadPlace(key, written(other), networkOf), other);
  other.host = null;
  t.strictSame(loadPlace(key, written(other), networkOf), other);
});

await t.test('the fullest place fits into the store, whatever its accounts are called', async (t) => {
  t.ok(JSON.stringify(savedPlace(fullPlace())).length < VALUE_LENGTH_MAX);
  t.equal(
    savedPlace(fullPlace((n) => `${n}`.padStart(60, '1'))).pairs.length,
    64,
    'nothing is left out for names of 60 letters',
  );
  for (const letter of ['x', '\0', '"', '\u{1f600}']) {
    const saved = savedPlace(fullPlace((n) => letter.repeat(n % 2 === 0 ? 10 : 4_000)));
    t.ok(JSON.stringify(saved).length < VALUE_LENGTH_MAX, JSON.stringify(letter));
    t.ok(saved.pairs.length >= 32, `${saved.pairs.length} pairs`);
    const place = loadPlace(HOST, JSON.parse(JSON.stringify(saved)), networkOf);
    t.equal(place?.pairs.length, saved.pairs.length);
    t.equal(place?.sockets?.get(60_060)?.ban.until, AT + 1e9, 'who is banned stays');
  }
});

await t.test('a record that is not wholly as it was saved is refused', async (t) => {
  const place = fullPlace();
  place.pairs = place.pairs.slice(-1);
  place.sockets = new Map([...(place.sockets ?? [])].slice(0, 1));
  place.friendlyPorts = new Map([[5_060, AT]]);
  let count = 0;
  for (const value of mutilated(written(place))) {
    count++;
    if (loadPlace(HOST, value, networkOf) !== null) t.fail(JSON.stringify(value));
  }
  t.ok(count > 300, `${count} were refused`);
});

await t.test('a place is of its key, and so are its hosts and sockets', async (t) => {
  const value = written(fullPlace());
  for (const key of [
    '203.0.113.10',
    '203.0.113.9/32',
    '203.0.113',
    '2001:db8::1',
    '2001:db8::/48',
    '2001:db8::1/64',
    '',
    'x',
  ])
    t.equal(loadPlace(key, value, networkOf), null, key);
  t.equal(familyOfPlace('203.0.113.9'), 'IPV4');
  t.equal(familyOfPlace('2001:db8::/64'), 'IPV6');
  t.equal(familyOfPlace('2001:db8::'), null);
});
