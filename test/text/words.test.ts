import t from 'tap';
import { durationWords, numberWords } from '../../src/text/words.js';

await t.test('a length of time has its two largest units', (t) => {
  for (const [seconds, words] of [
    [0, '0 s'],
    [0.4, '0 s'],
    [59.6, '1 min'],
    [61, '1 min 1 s'],
    [5_400, '1 h 30 min'],
    [3_601, '1 h'],
    [186 * 86_400, '186 d'],
  ] as const) {
    t.equal(durationWords(seconds), words);
  }
  t.end();
});

await t.test('a number has a comma before each three digits but the first', (t) => {
  for (const [value, words] of [
    [0, '0'],
    [999, '999'],
    [1_000, '1,000'],
    [100_000, '100,000'],
    [21_055_537, '21,055,537'],
  ] as const) {
    t.equal(numberWords(value), words);
  }
  t.end();
});
