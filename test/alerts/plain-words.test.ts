import t from 'tap';
import { countWords, durationWords, timeWords } from '../../src/alerts/plain-words.js';

await t.test('a time is told in its two longest units, rounded down', async (t) => {
  const cases: [seconds: number, words: string][] = [
    [0.999, 'less than a second'],
    [-5, 'less than a second'],
    [1, '1 second'],
    [59.9, '59 seconds'],
    [60, '1 minute'],
    [61, '1 minute 1 second'],
    [3600, '1 hour'],
    [3659, '1 hour'],
    [5400, '1 hour 30 minutes'],
    [86_400, '1 day'],
    [90_000, '1 day 1 hour'],
    [604_800, '7 days'],
  ];
  for (const [seconds, words] of cases) t.equal(durationWords(seconds * 1000), words);
});

await t.test('a number has commas, and one is not many', async (t) => {
  t.equal(countWords(1, 'guess', 'guesses'), '1 guess');
  t.equal(countWords(0, 'account'), '0 accounts');
  t.equal(countWords(1_234_567, 'guess', 'guesses'), '1,234,567 guesses');
});

await t.test('a moment is told in UTC to the second', async (t) => {
  t.equal(timeWords(Date.parse('2026-03-01T04:05:06.789Z')), '2026-03-01T04:05:06Z');
});
