import t from 'tap';
import { Backoff } from '../../src/lifecycle/backoff.js';

const take = (backoff: Backoff, count: number) => Array.from({ length: count }, () => backoff.next());

await t.test('each wait is twice the last, up to the longest, for ever', async (t) => {
  const backoff = new Backoff(100, 1_000, () => 1 - Number.EPSILON);
  t.strictSame(take(backoff, 7), [100, 200, 400, 800, 1_000, 1_000, 1_000]);
  for (const wait of take(backoff, 2_000)) t.equal(wait, 1_000);
});

await t.test('a wait is between half of its step and the whole', async (t) => {
  t.strictSame(take(new Backoff(100, 1_000, () => 0), 5), [50, 100, 200, 400, 500]);
  for (const wait of take(new Backoff(100, 100), 100)) t.ok(wait >= 50 && wait <= 100, `${wait}`);
});

await t.test('waits differ, so that many clients do not come back at once', async (t) => {
  t.ok(new Set(take(new Backoff(10_000, 10_000), 50)).size > 40);
});

await t.test('after a reset the first wait comes again', async (t) => {
  const backoff = new Backoff(100, 1_000, () => 0);
  take(backoff, 5);
  backoff.reset();
  t.strictSame(take(backoff, 2), [50, 100]);
});

await t.test('no wait is longer than the longest, the first one neither', async (t) => {
  const backoff = new Backoff(5_000, 1_000, () => 1 - Number.EPSILON);
  t.strictSame(take(backoff, 2), [1_000, 1_000]);
  backoff.reset();
  t.equal(backoff.next(), 1_000);
});
