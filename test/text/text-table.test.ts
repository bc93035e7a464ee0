import t from 'tap';
import { fitted, textTable } from '../../src/text/text-table.js';

await t.test('columns are as wide as their widest cell, and a missing cell is an empty one', (t) => {
  const columns = [
    { title: 'a', align: 'left' },
    { title: 'long title', align: 'right' },
    { title: 'c', align: 'left' },
  ] as const;
  t.strictSame(textTable(columns, [['wide cell', '1', 'x'], ['y']], 80), [
    '  a          long title  c',
    '  wide cell           1  x',
    '  y',
  ]);
  t.end();
});

await t.test('a line that is cut shows it', (t) => {
  t.equal(fitted('12345', 5), '12345');
  t.equal(fitted('123456', 5), '1234…');
  t.equal(fitted('123456', 0), '…');
  t.end();
});
