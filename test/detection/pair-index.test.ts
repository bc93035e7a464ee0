import t from 'tap';
import { PairIndex } from '../../src/detection/pair-index.js';
import { newPair } from '../../src/detection/places.js';
import { NOW } from './observed.js';

await t.test('two accounts that are hashed alike are two accounts', (t) => {
  // Of a long name every second letter counts.
  const alike = (odd: string) => `x${odd}`.repeat(64);
  const pairs = ['a', 'b'].map((odd) => newPair(alike(odd), NOW));
  const index = new PairIndex(pairs);
  t.strictSame(
    ['a', 'b', 'c'].map((odd) => index.find(pairs, alike(odd))),
    [0, 1, -1],
  );
  t.end();
});

await t.test('of no pair none is the least', (t) => {
  t.equal(new PairIndex([]).least(), -1);
  t.end();
});
