import { truncateSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { lines, RunningFollower, until, WrittenLog } from './log-lab.js';

await t.test('a truncation is no loss where a copy was made of the log', async (t) => {
  const log = new WrittenLog(t);
  const run = new RunningFollower(t, log);
  log.write(40);
  await run.untilLines(40);
  // In one turn: the follower sees none of it before it is over.
  log.write(5);
  log.copyTruncate();
  log.write(3);
  await run.untilLines(48);
  t.strictSame(run.lines, log.written);
  t.strictSame(run.gaps, []);
  t.equal(run.firsts.filter((isFirst) => isFirst).length, 2, 'the copy goes on where the log was left');
});

await t.test('a log that is longer again after a truncation is seen to be another one', async (t) => {
  const log = new WrittenLog(t);
  const run = new RunningFollower(t, log);
  log.write(3);
  await run.untilLines(3);
  log.write(2);
  log.copyTruncate();
  log.write(100);
  await run.untilLines(105);
  t.strictSame(run.lines, log.written);
});

await t.test('a log that is as long as before after a truncation is seen to be another one', async (t) => {
  const log = new WrittenLog(t);
  const run = new RunningFollower(t, log);
  log.write(3);
  await run.untilLines(3);
  await log.tick();
  log.copyTruncate();
  log.write(3);
  await run.untilLines(6);
  t.strictSame(run.lines, log.written);
});

await t.test('two truncations and two renames in one turn lose nothing', async (t) => {
  const log = new WrittenLog(t);
  const run = new RunningFollower(t, log);
  log.write(3);
  await run.untilLines(3);
  for (const rotate of [
    () => log.copyTruncate(),
    () => log.copyTruncate(),
    () => {
      log.rename();
      log.reopen();
    },
    () => {
      log.rename();
      log.reopen();
    },
  ]) {
    log.write(2);
    const before = performance.now();
    while (performance.now() < before + 12); // The follower must not have its turn, and each file a time of its own.
    rotate();
  }
  log.write(2);
  await run.untilLines(13);
  t.strictSame(run.lines, log.written);
  t.strictSame(run.gaps, []);
});

await t.test(
  'a truncation without a copy is said to be a loss; a copy of something else is not taken for it',
  async (t) => {
    const log = new WrittenLog(t);
    const run = new RunningFollower(t, log);
    log.write(3);
    await run.untilLines(3);
    writeFileSync(`${log.path}.1`, lines(1001, 1009).join(''));
    log.begin();
    await until('the part is seen', () => run.lags.at(-1) === 20);
    truncateSync(log.path);
    log.write(2);
    await run.untilLines(5);
    t.strictSame(run.lines, [...lines(1, 3), ...lines(5, 6)]);
    t.match(run.gaps, [/full was truncated, and no copy of it/]);
    t.strictSame(run.malformed, ['truncated']);
    t.equal(run.firsts.lastIndexOf(true) > 0, true, 'what follows is the first again');
  },
);

await t.test('a truncation without a copy of a log that ended with a whole line breaks off none', async (t) => {
  const log = new WrittenLog(t);
  const run = new RunningFollower(t, log);
  log.write(3);
  await run.untilLines(3);
  truncateSync(log.path);
  await until('the loss', () => run.gaps.length > 0);
  t.strictSame(run.malformed, []);
});
