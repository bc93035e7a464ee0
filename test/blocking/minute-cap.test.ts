import t from 'tap';
import { MinuteCap } from '../../src/blocking/minute-cap.js';

await t.test('as many as the number within any 60 seconds, and then no more', async (t) => {
  const cap = new MinuteCap(2);
  t.equal(cap.isReached(0), false, 'also at the beginning of time');
  cap.count(0);
  t.equal(cap.isReached(30_000), false);
  cap.count(30_000);
  t.equal(cap.isReached(30_000), true);
  t.equal(cap.isReached(59_999), true);
  t.equal(cap.isReached(60_000), false, 'the first is a minute old');
  cap.count(60_000);
  t.equal(cap.isReached(89_999), true);
  t.equal(cap.isReached(90_000), false);
});

await t.test('a clock that was set back does not stop bans for hours', async (t) => {
  const cap = new MinuteCap(1);
  cap.count(10_000_000);
  t.equal(cap.isReached(10_000_000), true);
  t.equal(cap.isReached(9_999_999), false);
});

await t.test('none at all is a number too', async (t) => {
  t.equal(new MinuteCap(0).isReached(0), true);
});
