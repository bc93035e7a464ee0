import t from 'tap';
import { durationWords } from '../../src/text/words.js';

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
