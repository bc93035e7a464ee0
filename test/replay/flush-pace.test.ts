import t from 'tap';
import { FlushPace } from '../../src/replay/flush-pace.js';

const dueOf = (times: readonly number[]) => {
  const pace = new FlushPace();
  return times.filter((at) => pace.isDue(at));
};

await t.test('where events are many it is time every 32 seconds', (t) => {
  const times = Array.from({ length: 10_000 }, (_, n) => n * 10);
  t.strictSame(dueOf(times.map((at) => at + 1e6)).slice(1), [1_032_000, 1_064_000, 1_096_000]);
  t.end();
});

await t.test('where they are few it is time every ten minutes', (t) => {
  const times = Array.from({ length: 100 }, (_, n) => 1e6 + n * 60_000);
  t.strictSame(dueOf(times).slice(1, 3), [1e6 + 600_000, 1e6 + 1_200_000]);
  t.end();
});

await t.test('the newest event is the time, and an older one does not turn it back', (t) => {
  const pace = new FlushPace();
  pace.isDue(5_000);
  pace.isDue(3_000);
  t.equal(pace.latestAt, 5_000);
  t.end();
});
