import t from 'tap';
import { countInPace } from '../../src/detection/pace.js';
import { newPace } from '../../src/detection/records.js';

const MINUTE_MS = 60_000;

await t.test('what falls into one minute is counted together', async (t) => {
  const pace = newPace();
  for (const at of [MINUTE_MS, MINUTE_MS + 1, 2 * MINUTE_MS - 1]) countInPace(pace, at);
  t.match(pace, { minute: 1, count: 3 });
  countInPace(pace, 2 * MINUTE_MS);
  t.match(pace, { minute: 2, count: 1 });
});

await t.test('the baseline comes near a steady rate in days, and leaves it as slowly', async (t) => {
  const pace = newPace();
  for (let minute = 1; minute <= 3 * 1440; minute++) {
    for (let n = 0; n < 20; n++) countInPace(pace, minute * MINUTE_MS);
  }
  t.ok(pace.baseline > 17 && pace.baseline < 20, String(pace.baseline));
  const before = pace.baseline;
  countInPace(pace, (4 * 1440 + 1) * MINUTE_MS);
  t.ok(Math.abs(pace.baseline / before - 0.5) < 0.01, 'a day of silence halves it');
});

await t.test('an observation from the past is counted now', async (t) => {
  const pace = newPace();
  countInPace(pace, 5 * MINUTE_MS);
  countInPace(pace, MINUTE_MS);
  t.match(pace, { minute: 5, count: 2 });
});
