import t from 'tap';
import { countPace, dropPair, findPair, pairOf } from '../../src/detection/pairs.js';
import { newPair } from '../../src/detection/places.js';
import { attempt, MINUTE_MS, memoryOf, NOW } from './observed.js';

const newPlace = () => memoryOf().fail(attempt({ account: 'first' })).place;

await t.test('an account is found at the place that it failed at', async (t) => {
  const place = newPlace();
  const pair = pairOf(place, '101', NOW);
  t.equal(pairOf(place, '101', NOW), pair);
  t.equal(findPair(place, '101'), pair);
  t.equal(findPair(place, '10'), null);
  t.equal(place.pairCount, 2);
});

await t.test('the 65th account takes the place of the one that was tried least, of equals the oldest', async (t) => {
  const place = newPlace();
  for (let n = 1; n < 64; n++) {
    Object.assign(pairOf(place, `${n}`, NOW), { attempts: n === 7 ? 1 : 2, lastAt: NOW + (n === 9 ? 0 : n) });
  }
  Object.assign(pairOf(place, 'first', NOW), { attempts: 2, lastAt: NOW + 100 });
  Object.assign(pairOf(place, 'a', NOW), { attempts: 2, lastAt: NOW + 100 });
  t.equal(findPair(place, '7'), null);
  pairOf(place, 'b', NOW);
  t.equal(findPair(place, '9'), null);
  t.equal(place.pairCount, 64);
});

await t.test('a pair can be dropped from anywhere, and only once', async (t) => {
  const place = newPlace();
  const pairs = ['a', 'b', 'c'].map((name) => pairOf(place, name, NOW));
  for (const pair of [pairs[1], pairs[2], pairs[0]]) {
    dropPair(place, pair as (typeof pairs)[0]);
    t.equal(findPair(place, pair?.account ?? ''), null);
  }
  dropPair(place, pairs[0] as (typeof pairs)[0]);
  t.equal(place.pairCount, 1);
  t.equal(place.pairs?.account, 'first');
});

await t.test('the pace is that of four minutes, from the first guess in them', async (t) => {
  const pair = newPair('101', NOW, null);
  for (const minutes of [0, 1, 4]) countPace(pair, 2, NOW + minutes * MINUTE_MS);
  t.equal(pair.pace, 6);
  countPace(pair, 1, NOW + 4 * MINUTE_MS + 1);
  t.equal(pair.pace, 1);
});
