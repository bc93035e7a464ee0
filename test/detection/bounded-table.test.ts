import fc from 'fast-check';
import t from 'tap';
import { BoundedTable } from '../../src/detection/bounded-table.js';

function tableOf(entriesMax: number) {
  const evicted: string[] = [];
  const table = new BoundedTable<number>({
    entriesMax,
    worth: (value) => value,
    onEvict: (key) => evicted.push(key),
  });
  return { table, evicted };
}

await t.test('until it is full nothing is evicted', async (t) => {
  const { table, evicted } = tableOf(3);
  table.add('a', 1);
  table.add('b', 2);
  table.add('c', 3);
  t.same(
    [...table.entries()],
    [
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ],
  );
  t.same([table.size, table.get('b'), table.get('x'), evicted], [3, 2, undefined, []]);
});

await t.test('a newcomer takes the place of the least worth', async (t) => {
  const { table, evicted } = tableOf(3);
  table.add('a', 30);
  table.add('b', 10);
  table.add('c', 20);
  table.add('d', 0);
  t.same(evicted, ['b']);
  table.add('e', 0);
  t.same(evicted, ['b', 'd']);
  t.same(new Set([...table.entries()].map(([key]) => key)), new Set(['a', 'c', 'e']));
});

await t.test('a flood of newcomers pushes out newcomers, however long it lasts', async (t) => {
  const { table } = tableOf(100);
  for (let n = 0; n < 50; n++) table.add(`dangerous${n}`, 10);
  for (let n = 0; n < 10_000; n++) table.add(`flood${n}`, 1);
  const kept = [...table.entries()].filter(([, worth]) => worth === 10);
  t.equal(kept.length, 50);
  t.equal(table.size, 100);
});

await t.test('it never holds more than its limit, and what is gone was told', async (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.array(fc.integer(), { maxLength: 200 }), (entriesMax, worths) => {
      const { table, evicted } = tableOf(entriesMax);
      for (const [index, worth] of worths.entries()) table.add(String(index), worth);
      const there = [...table.entries()].map(([key]) => key);
      const all = [...there, ...evicted].map(Number).sort((a, b) => a - b);
      t.same(all, [...worths.keys()]);
      return table.size <= entriesMax;
    }),
    { numRuns: 50 },
  );
});
