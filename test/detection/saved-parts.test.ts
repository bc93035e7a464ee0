import fc from 'fast-check';
import t from 'tap';
import { fitting, isSavedTold, savedTold, toldOf } from '../../src/detection/saved-parts.js';
import { rounds } from '../rounds.js';

await t.test('what was told comes back, rule by rule', async (t) => {
  const told = {
    breach: { at: 5, severity: 'critical', attempts: 3, isBan: true },
    storm: { at: 7, severity: 'warning', attempts: 600, isBan: false },
  } as const;
  const saved: unknown = JSON.parse(JSON.stringify(savedTold(told)));
  t.ok(isSavedTold(saved));
  if (isSavedTold(saved)) t.strictSame(toldOf(saved), told);
  t.equal(toldOf(savedTold(null)), null);
  t.notOk(isSavedTold([['no_rule', 1, 'info', 1, false]]));
});

await t.test('what fits is as long as it may be, in its own order, and nothing better is left out', async () => {
  const lengthOf = (item: unknown) => JSON.stringify(item).length + 1;
  const length = (items: readonly unknown[]) => items.reduce<number>((sum, item) => sum + lengthOf(item), 0);
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), fc.nat(200), (texts, lengthMax) => {
      const items = texts.map((text, index) => ({ text, worth: (index * 7) % 5 }));
      const price = (item: (typeof items)[number]) => item.worth / lengthOf(item);
      const kept = fitting(items, { lengthMax, worth: ({ worth }) => worth, lengthMost: lengthOf });
      const dropped = items.filter((item) => !kept.includes(item));
      return (
        length(kept) <= lengthMax &&
        items.filter((item) => kept.includes(item)).every((item, index) => kept[index] === item) &&
        dropped.every((item) => length([item, ...kept.filter((other) => price(other) >= price(item))]) > lengthMax)
      );
    }),
    { numRuns: rounds(2_000) },
  );
});
