import t from 'tap';
import { FindingList } from '../../src/replay/finding-list.js';
import { AT, finding } from './observed.js';

await t.test('the worst findings are kept, the latest of equally bad ones, and shown in order of time', (t) => {
  const list = new FindingList(2);
  for (const [n, severity] of (['critical', 'warning', 'warning', 'warning', 'info'] as const).entries()) {
    list.add(finding({ severity, at: AT + n }), `title ${n}`);
  }
  t.strictSame(
    list.worst(2).map(({ title }) => title),
    ['title 0', 'title 3'],
  );
  t.strictSame(
    list.worst(9).map(({ title }) => title),
    ['title 0', 'title 2', 'title 3', 'title 4'],
  );
  t.end();
});

await t.test('all of them are counted, by rule', (t) => {
  const list = new FindingList(1);
  list.add(finding(), '');
  list.add(finding(), '');
  list.add(finding({ rule: 'breach' }), '');
  t.match(list, { total: 3, byRule: { enumeration: 2, breach: 1 } });
  t.end();
});
