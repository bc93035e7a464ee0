import t from 'tap';
import { FlushPace } from '../../src/replay/flush-pace.js';

const START = 1_000_000;

await t.test('it is time 1 s, 8 s and a quarter of an hour after each event, on the second', (t) => {
  const pace = new FlushPace();
  pace.take(START + 1);
  t.strictSame([...pace.dueBefore(START + 1_999)], []);
  t.strictSame([...pace.dueBefore(START + 2_000)], [START + 2_000]);
  t.strictSame([...pace.dueBefore(START + 9_000_000)], [START + 9_000, START + 901_000]);
  t.strictSame([...pace.dueBefore(Number.MAX_SAFE_INTEGER)], [], 'and then nothing waits');
  t.end();
});

await t.test('where events are many it is time once a second', (t) => {
  const pace = new FlushPace();
  const ticks = [];
  for (let at = START; at < START + 5_000; at += 10) {
    ticks.push(...pace.dueBefore(at));
    pace.take(at);
  }
  t.strictSame(ticks, [START + 1_000, START + 2_000, START + 3_000, START + 4_000]);
  t.end();
});

await t.test('two waits that end together end once', (t) => {
  const pace = new FlushPace();
  pace.take(START);
  pace.take(START + 7_000);
  t.strictSame([...pace.dueBefore(START + 8_000)], [START + 1_000, START + 8_000]);
  t.end();
});

await t.test('the newest event is the time, and an older one does not turn it back', (t) => {
  const pace = new FlushPace();
  pace.take(5_000);
  pace.take(3_000);
  t.equal(pace.latestAt, 5_000);
  t.strictSame([...pace.dueBefore(10_000)], [6_000]);
  t.end();
});
