import t from 'tap';
import { parseDuration } from '../../src/operator/duration.js';

await t.test('a time is a whole number and its unit', async (t) => {
  for (const [text, seconds] of [
    ['90', 90],
    ['90s', 90],
    ['30m', 1_800],
    ['1h', 3_600],
    ['7d', 604_800],
    ['2w', 1_209_600],
    ['0', 0],
  ] as const) {
    t.equal(parseDuration(text), seconds, text);
  }
});

await t.test('anything else is none', async (t) => {
  for (const text of ['', 'h', '1y', '1 h', '-1', '1.5h', '1h30m', '1e3', '1H', '1234567890', '1h\n'])
    t.equal(parseDuration(text), null, text);
});
