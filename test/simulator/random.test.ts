import fc from 'fast-check';
import t from 'tap';
import { between, hex, seededRandom } from '../../src/simulator/random.js';

await t.test('the same seed gives the same numbers, another seed others', async (t) => {
  const numbers = (seed: number) => Array.from({ length: 20 }, seededRandom(seed));
  t.same(numbers(1), numbers(1));
  t.notSame(numbers(1), numbers(2));
});

await t.test('the numbers fill their range evenly', async (t) => {
  const random = seededRandom(7);
  const counts = Array.from({ length: 10 }, () => 0);
  for (let i = 0; i < 10_000; i += 1) {
    const number = between(random, 0, 9);
    counts[number] = (counts[number] ?? 0) + 1;
  }
  t.ok(
    counts.every((count) => count > 800 && count < 1200),
    counts.join(' '),
  );
});

await t.test('no number leaves its range', async () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 0, max: 1000 }), fc.nat(1000), (seed, low, span) => {
      const number = between(seededRandom(seed), low, low + span);
      return Number.isInteger(number) && number >= low && number <= low + span;
    }),
  );
  t.match(hex(seededRandom(1), 32), /^[0-9a-f]{32}$/);
});
