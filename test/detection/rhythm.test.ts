import t from 'tap';
import { newPair } from '../../src/detection/records.js';
import { beat, isSteady } from '../../src/detection/rhythm.js';
import type { AttemptOutcome } from '../../src/domain/attempt.js';

/** Whether failures with these intervals are steady. */
function steady(intervalsMs: readonly number[], outcome: AttemptOutcome = 'wrong_password'): boolean {
  const pair = newPair('101', 0, null);
  let now = 0;
  for (const intervalMs of [0, ...intervalsMs]) {
    now += intervalMs;
    beat(pair, now);
    pair.failures++;
  }
  return isSteady(pair, outcome);
}

const times = (count: number, ms: number) => new Array<number>(count).fill(ms);

await t.test('five intervals of the same length make a rhythm, four do not', async (t) => {
  t.equal(steady(times(4, 60_000)), false);
  t.equal(steady(times(5, 60_000)), true);
});

await t.test('a phone that strays by a tenth is steady, guesses at any time are not', async (t) => {
  t.equal(steady([60_000, 66_000, 57_000, 61_000, 60_000, 55_000, 64_000]), true);
  t.equal(steady([60_000, 5_000, 120_000, 30_000, 90_000, 2_000]), false);
});

await t.test('faster than a phone and slower than a forgotten one is no rhythm', async (t) => {
  t.equal(steady(times(9, 19_000)), false);
  t.equal(steady(times(9, 20_000)), true);
  t.equal(steady(times(9, 900_000)), true);
  t.equal(steady(times(9, 1_800_000)), false);
});

await t.test('a keepalive that is no guess may be faster', async (t) => {
  t.equal(steady(times(9, 5_000), 'unknown_account'), true);
  t.equal(steady(times(9, 5_000), 'denied'), true);
  t.equal(steady(times(9, 4_000), 'unknown_account'), false);
});

await t.test('whoever leaves his rhythm has none any more', async (t) => {
  t.equal(steady([...times(9, 60_000), ...times(5, 1_000)]), false);
});
