import t from 'tap';
import { DistinctCount } from '../../src/replay/distinct-count.js';

/** Another key estimates otherwise. */
const KEY = { k0: 1, k1: 1 };

function countOf(texts: number, repeats = 1) {
  const count = new DistinctCount(KEY);
  for (let n = 0; n < texts * repeats; n++) count.add(`text ${n % texts}`);
  return count.value;
}

await t.test('up to 64 texts count exactly, each once', (t) => {
  t.strictSame(new DistinctCount().value, { count: 0, isEstimate: false });
  t.strictSame(countOf(1, 5), { count: 1, isEstimate: false });
  t.strictSame(countOf(64, 3), { count: 64, isEstimate: false });
  t.end();
});

await t.test('more are estimated, a fifth too many or too few at most', (t) => {
  for (const texts of [65, 300, 640, 1_000, 20_000, 200_000]) {
    const { count, isEstimate } = countOf(texts, texts < 1_000 ? 3 : 1);
    t.ok(isEstimate);
    t.ok(Math.abs(count / texts - 1) < 0.2, `${count} for ${texts}`);
  }
  t.end();
});
