import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, copyFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import t from 'tap';
import { openFollowed } from '../../../src/sources/log/followed-file.js';
import { line, lines, RunningFollower, until, WrittenLog } from './log-lab.js';

await t.test('a rename: first the rest of the old file, then the new one; neither loses a line', async (t) => {
  const log = new WrittenLog(t);
  const run = new RunningFollower(t, log);
  log.write(2);
  await run.untilLines(2);
  log.rename();
  log.create();
  log.write(3); // Into the old file: Asterisk was not told yet.
  await run.untilLines(5);
  log.write(1);
  log.reopen();
  log.write(3);
  await run.untilLines(9);
  t.strictSame(run.lines, log.written);
  t.equal(run.firsts.filter((isFirst) => isFirst).length, 2, 'once for each file');
  t.strictSame(run.gaps, []);
});

await t.test('an old file is remembered until it was read to its end and there are lines in the new one', async (t) => {
  const log = new WrittenLog(t);
  const run = new RunningFollower(t, log);
  const places = () => run.follower.bookmarks()?.length;
  log.write();
  await run.untilLines(1);
  log.rename();
  log.create();
  await until('both are open', () => places() === 2);
  log.reopen();
  log.write();
  await until('only the new one', () => places() === 1);
  t.strictSame(run.lines, log.written);
});

await t.test('a line that was begun before a rename is finished in the old file', async (t) => {
  const log = new WrittenLog(t);
  const run = new RunningFollower(t, log);
  log.write();
  const finish = log.begin();
  await run.untilLines(1);
  log.rename();
  log.create();
  finish();
  log.reopen();
  log.write();
  await run.untilLines(3);
  t.strictSame(run.lines, log.written);
  t.strictSame(run.malformed, []);
});

await t.test('what comes late into an old file is still read; then the old file is closed', async (t) => {
  let now = 0;
  const log = new WrittenLog(t);
  const run = new RunningFollower(t, { ...log, clock: () => now++, drainMs: 5_000 });
  log.write(2);
  await run.untilLines(2);
  log.rename();
  log.create();
  writeFileSync(log.path, line(3));
  await run.untilLines(3);
  log.text(line(4));
  await run.untilLines(4);
  t.equal(run.firsts.filter((isFirst) => isFirst).length, 3, 'what is from another file is the first');
  const count = () => run.follower.bookmarks()?.length;
  appendFileSync(log.path, line(5));
  await run.untilLines(5);
  const start = now;
  now += 10_000;
  await until('some polls', () => now > start + 10_100);
  log.text(line(6));
  await until('more polls', () => now > start + 10_200);
  t.equal(count(), 1);
  t.strictSame(run.lines, lines(1, 5), 'closed: nobody reads this any more');
});

await t.test('an old file is read for as long as nothing is in the new one', async (t) => {
  let now = 0;
  const log = new WrittenLog(t);
  const run = new RunningFollower(t, { ...log, clock: () => now++, drainMs: 10 });
  log.write();
  await run.untilLines(1);
  log.rename();
  log.create();
  const start = now;
  await until('some polls', () => now > start + 200);
  log.write();
  await run.untilLines(2);
  t.strictSame(run.lines, log.written);
});

await t.test('a line without an end is given up with its file, and counted', async (t) => {
  const log = new WrittenLog(t);
  const run = new RunningFollower(t, { ...log, drainMs: 1 });
  log.write();
  log.begin();
  await run.untilLines(1);
  log.rename();
  log.reopen();
  log.write();
  await until('given up', () => run.malformed.length > 0);
  t.strictSame(run.malformed, ['truncated']);
  t.strictSame(run.lines, [line(1), line(3)]);
});

await t.test(
  'a path without a file is no fault between a rename and the new file, and one if it stays so',
  async (t) => {
    let now = 0;
    const log = new WrittenLog(t);
    const run = new RunningFollower(t, { ...log, clock: () => now, drainMs: 5_000 });
    log.write();
    await run.untilLines(1);
    log.rename();
    const looks = async (count: number) => {
      const before = run.lags.length;
      await until('looks', () => {
        now += 2;
        return run.lags.length >= before + count;
      });
    };
    await looks(50);
    t.equal(run.fault, null);
    now += 4_000;
    log.write();
    await run.untilLines(2);
    now += 4_000;
    await looks(50);
    t.equal(run.fault, null, 'as long as the old file is written to');
    now += 6_000;
    await run.untilFault(/ENOENT/);
    log.write();
    await run.untilLines(3);
    t.strictSame(run.lines, log.written, 'and it is read on, whatever is wrong with the path');
  },
);

await t.test('a deleted log is read to its end, and the next one from its begin', async (t) => {
  const log = new WrittenLog(t);
  const run = new RunningFollower(t, { ...log, drainMs: 0 });
  log.write(2);
  await run.untilLines(2);
  unlinkSync(log.path);
  log.write();
  await run.untilFault(/ENOENT/);
  log.write();
  log.reopen();
  log.write(2);
  await run.untilLines(6);
  t.strictSame(run.lines, log.written);
  t.strictSame(run.gaps, []);
  t.equal(run.fault, null);
});

await t.test('a truncation while an old file is still read loses nothing, and mixes nothing up', async (t) => {
  const log = new WrittenLog(t);
  const run = new RunningFollower(t, log);
  log.write();
  await run.untilLines(1);
  log.rename();
  writeFileSync(log.path, line(2));
  await run.untilLines(2);
  log.text(line(3));
  await run.untilLines(3);
  writeFileSync(log.path, line(4), { flag: 'a' });
  log.copyTruncate();
  writeFileSync(log.path, line(5), { flag: 'a' });
  await run.untilLines(5);
  t.strictSame(run.lines, lines(1, 5));
  t.strictSame(run.firsts, [true, true, true, true, true], 'each from another file than the one before');
  t.strictSame(run.gaps, []);
});

await t.test('a numbered copy of the log is not read as one more file', async (t) => {
  const log = new WrittenLog(t);
  const run = new RunningFollower(t, log);
  log.write(3);
  await run.untilLines(3);
  await log.tick();
  copyFileSync(log.path, `${log.path}.20261121`);
  log.rename();
  log.reopen();
  log.write();
  await run.untilLines(4);
  log.write();
  await run.untilLines(5);
  t.strictSame(run.lines, log.written);
});

await t.test('more files than may be open: the oldest are given up, and it is said to be a loss', async (t) => {
  const log = new WrittenLog(t);
  log.write(2);
  const run = new RunningFollower(t, log);
  await run.untilLines(2);
  const bookmarks = await run.stop();
  for (let i = 0; i < 40; i++) {
    await log.tick();
    log.rename();
    log.reopen();
    log.write(3);
  }
  const next = new RunningFollower(t, { ...log, bookmarks });
  await next.untilLines(96);
  await until('settled', () => next.lags.at(-1) === 0);
  t.strictSame(next.lines, log.written.slice(-96), '32 files');
  t.match(next.gaps, [/rotated more than 32 times/]);
});

await t.test('a log that is rotated away while it is opened is read in its turn', async (t) => {
  const log = new WrittenLog(t);
  let opens = 0;
  let isGivenUp = false;
  const openFile: typeof openFollowed = async (...args) => {
    const file = await openFollowed(...args);
    if (++opens !== 2 || file === null) return file;
    log.rename(); // There is no log for now: the file has a number, and is not the log any more.
    const close = file.close.bind(file);
    file.close = async () => {
      isGivenUp = true;
      await close();
    };
    return file;
  };
  const run = new RunningFollower(t, { ...log, openFile });
  log.write(2);
  await run.untilLines(2);
  log.rename();
  log.reopen();
  log.write(2);
  await until('given up', () => isGivenUp);
  log.write(2);
  await log.tick();
  log.reopen();
  log.write(2);
  await run.untilLines(8);
  t.strictSame(run.lines, log.written);
  t.strictSame(run.gaps, []);
});

/** Appends numbered lines, one write each; opens the file anew on each line of its standard input. */
const WRITER = `
const fs = require('node:fs');
const [path, count] = process.argv.slice(1);
let fd = fs.openSync(path, 'a');
process.stdin.on('data', () => { fs.closeSync(fd); fd = fs.openSync(path, 'a'); console.log('reopened'); });
let next = 1;
const write = () => {
  for (let i = 0; i < 10 && next <= Number(count); i++, next++)
    fs.writeSync(fd, '[2026-11-21 06:33:23.' + String(next).padStart(6, '0') + '] SECURITY[1]: line ' + next + '\\n');
  if (next > Number(count)) process.exit();
  setTimeout(write, 1);
};
write();
`;

await t.test('a process that writes all the time is read exactly, through eight rotations', async (t) => {
  const log = new WrittenLog(t);
  const count = 10_000;
  const run = new RunningFollower(t, { ...log, drainMs: 50 });
  const writer = spawn(process.execPath, ['-e', WRITER, log.path, String(count)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.teardown(() => writer.kill());
  const exited = once(writer, 'exit');
  const answers = createInterface(writer.stdout);
  for (let rotation = 1; rotation <= 8; rotation++) {
    await run.untilLines(rotation * 1_000);
    log.rename();
    log.create();
    await run.untilLines(rotation * 1_000 + 200);
    const answered = once(answers, 'line');
    writer.stdin.write('reopen\n');
    await answered;
  }
  await exited;
  await run.untilLines(count);
  t.strictSame(run.lines, lines(1, count));
  t.strictSame(run.gaps, []);
});
