import t from 'tap';
import { ProgressBar } from '../../src/replay/progress-bar.js';

function bar(bytesTotal: number | null, { isTTY = true, columns }: { isTTY?: boolean; columns?: number } = {}) {
  const drawn: string[] = [];
  const clock = { now: 0 };
  const out = { isTTY, columns, write: (text: string) => drawn.push(text.replace('\r\x1b[2K', '')) };
  return { drawn, clock, progress: new ProgressBar({ out, bytesTotal, clock: () => clock.now }) };
}

await t.test('where there is no terminal nothing is written', (t) => {
  const { drawn, progress } = bar(100, { isTTY: false });
  progress.update(50, 1);
  progress.clear();
  t.strictSame(drawn, []);
  t.end();
});

await t.test('it shows percent, speed, events and, after a second, the time that is left', (t) => {
  const { drawn, clock, progress } = bar(40_000_000);
  clock.now = 500;
  progress.update(1_000_000, 2_500);
  clock.now = 5_000;
  progress.update(10_000_000, 25_000);
  t.strictSame(drawn, [
    '[#-----------------------]   2 %  2.0 MB/s  2,500 events',
    '[######------------------]  25 %  2.0 MB/s  25,000 events  0:15 left',
  ]);
  t.end();
});

await t.test('it is drawn ten times a second at most', (t) => {
  const { drawn, clock, progress } = bar(1000);
  for (clock.now = 0; clock.now < 1000; clock.now += 10) progress.update(clock.now, 0);
  t.equal(drawn.length, 10);
  t.end();
});

await t.test('without a size it shows what was read', (t) => {
  const { drawn, clock, progress } = bar(null);
  clock.now = 2_000;
  progress.update(3_000_000, 5);
  t.strictSame(drawn, ['3.0 MB  1.5 MB/s  5 events']);
  t.end();
});

await t.test('a log that grows, and one that is empty, never show more than all', (t) => {
  const grown = bar(100);
  grown.progress.update(200, 0);
  t.match(grown.drawn[0], / 100 % /);
  const empty = bar(0);
  empty.progress.update(0, 0);
  t.match(empty.drawn[0], / 100 % /);
  t.end();
});

await t.test('hours are shown as such', (t) => {
  const { drawn, clock, progress } = bar(1_000_000);
  clock.now = 10_000;
  progress.update(1_000, 0);
  t.match(drawn[0], / 2:46:30 left$/);
  t.end();
});

await t.test('a line never reaches the last column, and goes away at the end', (t) => {
  const { drawn, progress } = bar(100, { columns: 20 });
  progress.clear();
  t.strictSame(drawn, [], 'nothing was drawn, so nothing goes away');
  progress.update(50, 1);
  progress.clear();
  t.equal(drawn[0]?.length, 19);
  t.equal(drawn[1], '');
  t.end();
});
