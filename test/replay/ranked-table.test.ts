import t from 'tap';
import { RankedTable } from '../../src/replay/ranked-table.js';

interface Row {
  readonly name: string;
  weight: number;
}

function table(rowsMax: number) {
  const rows = new RankedTable<Row>({ rowsMax, weight: ({ weight }) => weight });
  const add = (name: string, weight: number) => rows.add(name, { name, weight });
  return { rows, add };
}

await t.test('the weightiest rows come first, and of equal ones the first', (t) => {
  const { rows, add } = table(10);
  for (const [name, weight] of [
    ['a', 1],
    ['b', 3],
    ['c', 3],
    ['d', 2],
  ] as const)
    add(name, weight);
  t.strictSame(
    rows.top(3).map(({ name }) => name),
    ['b', 'c', 'd'],
  );
  t.equal(rows.get('a')?.weight, 1);
  t.equal(rows.get('x'), undefined);
  t.end();
});

await t.test('when there are too many the lighter half goes, and is counted', (t) => {
  const { rows, add } = table(4);
  for (const [name, weight] of [
    ['a', 1],
    ['b', 9],
    ['c', 2],
    ['d', 8],
    ['e', 1],
  ] as const)
    add(name, weight);
  t.match(rows, { size: 3, dropped: 2 });
  t.strictSame(
    rows.top(9).map(({ name }) => name),
    ['b', 'd', 'e'],
  );
  t.end();
});
