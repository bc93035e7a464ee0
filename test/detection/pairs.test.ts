import fc from 'fast-check';
import t from 'tap';
import { countPace, countTry, dropPair, findPair, pairOf } from '../../src/detection/pairs.js';
import { newPair } from '../../src/detection/places.js';
import { attempt, MINUTE_MS, memoryOf, NOW } from './observed.js';

const newPlace = () => memoryOf().fail(attempt({ account: 'first' })).place;

await t.test('an account is found at the place that it failed at', async (t) => {
  const place = newPlace();
  const pair = pairOf(place, '101', NOW);
  t.equal(pairOf(place, '101', NOW), pair);
  t.equal(findPair(place, '101'), pair);
  t.equal(findPair(place, '10'), null);
  t.equal(place.pairs.length, 2);
});

await t.test('the 65th account takes the place of the one that was tried least, of equals the oldest', async (t) => {
  const place = newPlace();
  const tried = (name: string, guesses: number, at: number) => countTry(place, pairOf(place, name, at), guesses, at);
  for (let n = 1; n < 64; n++) tried(`${n}`, n === 7 ? 1 : 2, NOW + (n === 9 ? 0 : n));
  tried('first', 1, NOW + 100);
  tried('a', 2, NOW + 100);
  t.equal(findPair(place, '7'), null);
  tried('b', 2, NOW + 1);
  t.equal(findPair(place, '9'), null);
  tried('c', 2, NOW + 3);
  t.equal(findPair(place, 'b'), null, 'of those that were last tried at the same time the newest');
  t.equal(findPair(place, '1')?.account, '1');
  t.equal(place.pairs.length, 64);
});

await t.test('a pair can be dropped from anywhere, and only once', async (t) => {
  const place = newPlace();
  const pairs = ['a', 'b', 'c'].map((name) => pairOf(place, name, NOW));
  for (const pair of [pairs[1], pairs[2], pairs[0]]) {
    dropPair(place, pair as (typeof pairs)[0]);
    t.equal(findPair(place, pair?.account ?? ''), null);
  }
  dropPair(place, pairs[0] as (typeof pairs)[0]);
  t.equal(place.pairs.length, 1);
  t.equal(place.pairs[0]?.account, 'first');
});

await t.test('many pairs are found, tried and dropped as few are', (t) => {
  const name = fc.integer({ min: 0, max: 99 }).map(String);
  const step = fc.record({
    kind: fc.constantFrom('try', 'try', 'try', 'drop'),
    name,
    gapMs: fc.integer({ min: -5, max: 5 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const place = newPlace();
      let expected = [...place.pairs];
      let now = NOW;
      for (const { kind, name, gapMs } of steps) {
        now += gapMs;
        const known = expected.find(({ account }) => account === name);
        if (findPair(place, name) !== (known ?? null)) return false;
        if (kind === 'drop') {
          if (known !== undefined) dropPair(place, known);
          expected = expected.filter((pair) => pair !== known);
          continue;
        }
        if (known === undefined && expected.length === 64) {
          const [least] = expected.toReversed().sort((a, b) => a.attempts - b.attempts || a.lastAt - b.lastAt);
          expected = expected.filter((pair) => pair !== least);
        }
        const pair = pairOf(place, name, now);
        if (known === undefined) expected.push(pair);
        countTry(place, pair, 1, now);
      }
      return place.pairs.length === expected.length && place.pairs.every((pair, at) => pair === expected[at]);
    }),
  );
  t.end();
});

await t.test('the pace is that of four minutes, from the first guess in them', async (t) => {
  const pair = newPair('101', NOW);
  for (const minutes of [0, 1, 4]) countPace(pair, 2, NOW + minutes * MINUTE_MS);
  t.equal(pair.pace, 6);
  countPace(pair, 1, NOW + 4 * MINUTE_MS + 1);
  t.equal(pair.pace, 1);
});
