import fc from 'fast-check';
import t from 'tap';
import { AddressCap } from '../../src/metrics/address-cap.js';

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `a${from + index}`);
const admitted = (cap: AddressCap, addresses: readonly string[]) => addresses.filter((address) => cap.admit(address));

await t.test('never seen addresses take at most half of the places of a window', async (t) => {
  const cap = new AddressCap({ perFlush: 7, remembered: 14 });
  t.same(admitted(cap, range(0, 10)), range(0, 3));
});

await t.test('remembered addresses may take all places, and no more', async (t) => {
  const cap = new AddressCap({ perFlush: 4, remembered: 8 });
  for (const start of [0, 2, 4]) {
    admitted(cap, range(start, start + 2));
    cap.nextWindow();
  }
  t.same(admitted(cap, range(0, 6)), range(0, 4));
});

await t.test('an address has one place, however often it asks', async (t) => {
  const cap = new AddressCap({ perFlush: 4, remembered: 8 });
  t.same(admitted(cap, ['a', 'a', 'a', 'b', 'c', 'a']), ['a', 'a', 'a', 'b', 'a']);
});

await t.test('the addresses that were admitted last are remembered', async (t) => {
  const cap = new AddressCap({ perFlush: 4, remembered: 8 });
  for (let start = 0; start < 10; start += 2) {
    admitted(cap, ['a0', ...range(start, start + 2)]);
    cap.nextWindow();
  }
  t.equal(cap.size, 8);
  t.same(admitted(cap, ['f1', 'f2', 'a0']), ['f1', 'f2', 'a0'], 'a0 is known, being admitted in each window');
  t.notOk(cap.admit('a1'), 'a1 was forgotten, and the places of newcomers are taken');
});

await t.test('no flood of forged sources pushes out an attacker that has a meter', async () => {
  const flood = fc.array(fc.nat({ max: 60 }), { minLength: 1, maxLength: 12, size: 'max' });
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 20 }), flood, (perFlush, sizes) => {
      const cap = new AddressCap({ perFlush, remembered: 2 * perFlush });
      const steady = range(0, Math.floor(perFlush / 2));
      admitted(cap, steady);
      let forged = 1000;
      return sizes.every((size) => {
        cap.nextWindow();
        admitted(cap, range(forged, forged + size));
        forged += size;
        return admitted(cap, steady).length === steady.length && cap.size <= 2 * perFlush;
      });
    }),
  );
});

await t.test('limits with which it could not keep its promises are refused', async (t) => {
  t.throws(() => new AddressCap({ perFlush: 1, remembered: 10 }), RangeError);
  t.throws(() => new AddressCap({ perFlush: Number.NaN, remembered: 10 }), RangeError);
  t.throws(() => new AddressCap({ perFlush: 10, remembered: 19 }), RangeError);
});
