import fc from 'fast-check';
import t from 'tap';
import { ExpiryQueue } from '../../src/blocking/expiry-queue.js';

await t.test('what ends first comes out first, once it has ended', async (t) => {
  const queue = new ExpiryQueue();
  t.equal(queue.next(1_000), null, 'nothing of nothing');
  for (const until of [30, 10, 20]) queue.add({ key: `at ${until}`, until });
  t.equal(queue.size, 3);
  t.equal(queue.next(9), null);
  t.strictSame(queue.next(10), { key: 'at 10', until: 10 });
  t.equal(queue.next(10), null);
  t.strictSame([queue.next(30)?.until, queue.next(30)?.until, queue.next(30)], [20, 30, null]);
  t.equal(queue.size, 0);
});

await t.test('any mixture of adding and taking gives the order of a sorted list', async (t) => {
  const steps = fc.array(fc.record({ until: fc.nat(50), now: fc.option(fc.nat(60)) }), { maxLength: 200 });
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(steps, (all) => {
        const queue = new ExpiryQueue();
        const left: number[] = [];
        for (const { until, now } of all) {
          queue.add({ key: '', until });
          left.push(until);
          left.sort((a, b) => a - b);
          if (now === null) continue;
          const expected = left[0] !== undefined && left[0] <= now ? left.shift() : undefined;
          if (queue.next(now)?.until !== expected) return false;
        }
        return left.every((until) => queue.next(100)?.until === until) && queue.next(100) === null;
      }),
      { numRuns: 500 },
    ),
  );
});
