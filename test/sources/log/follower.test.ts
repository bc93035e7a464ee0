import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, renameSync, rmdirSync, statSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { openFollowed } from '../../../src/sources/log/followed-file.js';
import { line, lines, RunningFollower, until, WrittenLog } from './log-lab.js';

await t.test(
  'what is written is handed out, in order and once; the first lines are said to be the first',
  async (t) => {
    const log = new WrittenLog(t);
    const run = new RunningFollower(t, log);
    log.write(3);
    await run.untilLines(3);
    log.write(2);
    await run.untilLines(5);
    t.strictSame(run.lines, log.written);
    t.strictSame(run.firsts.indexOf(true), 0);
    t.equal(run.firsts.lastIndexOf(true), 0);
    t.equal(run.fault, null);
    t.ok(run.writes > 0);
  },
);

await t.test('without a bookmark it begins at the end, and not inside a line that is being written', async (t) => {
  const log = new WrittenLog(t);
  log.write(3);
  const finish = log.begin();
  const run = new RunningFollower(t, { ...log, bookmarks: null });
  await run.untilFollowed();
  finish();
  log.write(2);
  await run.untilLines(2);
  t.strictSame(run.lines, lines(5, 6));
});

await t.test('an empty log is followed from its end, which is its begin', async (t) => {
  const log = new WrittenLog(t);
  const run = new RunningFollower(t, { ...log, bookmarks: null });
  await run.untilFollowed();
  log.write();
  await run.untilLines(1);
  t.strictSame(run.lines, log.written);
});

await t.test('a log that was not there at the start is read from its begin', async (t) => {
  const log = new WrittenLog(t);
  unlinkSync(log.path);
  const run = new RunningFollower(t, { ...log, bookmarks: null });
  await run.untilFault(/full is not there \(ENOENT\).*logger show channels/);
  log.reopen();
  log.write(3);
  await run.untilLines(3);
  t.strictSame(run.lines, log.written);
  t.equal(run.fault, null);
  t.strictSame(run.gaps, []);
});

await t.test('a link is followed to its file, also when it is switched to another one', async (t) => {
  const log = new WrittenLog(t, 'real');
  const path = `${log.directory}/link`;
  symlinkSync('real', path);
  let now = 0;
  const run = new RunningFollower(t, { path, clock: () => now++, drainMs: 5_000 });
  log.write(2);
  await run.untilLines(2);
  writeFileSync(`${log.directory}/other`, lines(3, 4).join(''));
  symlinkSync('other', `${path}.new`);
  renameSync(`${path}.new`, path);
  await run.untilLines(4);
  t.strictSame(run.lines, lines(1, 4));
  symlinkSync('real', `${path}.new`);
  renameSync(`${path}.new`, path);
  log.text(line(5));
  await run.untilLines(5);
  t.strictSame(run.lines, lines(1, 5), 'the first file was open still, and is not read again');
  const { ino } = statSync(path);
  const places = () =>
    run.follower
      .bookmarks()
      ?.map((bookmark) => bookmark.ino)
      .join();
  await until('only the first file is needed', () => places() === String(ino));
  now += 10_000;
  const start = now;
  await until('some polls', () => now > start + 100);
  log.text(line(6));
  await run.untilLines(6);
  t.strictSame(run.lines, lines(1, 6), 'it is the newest one again, and is not closed');
});

await t.test('a file that is replaced by a link to what it was is the same file', async (t) => {
  const log = new WrittenLog(t);
  const run = new RunningFollower(t, log);
  log.write(2);
  await run.untilLines(2);
  renameSync(log.path, `${log.path}.moved`);
  symlinkSync(`${log.path}.moved`, log.path);
  log.write(2);
  await run.untilLines(4);
  t.strictSame(run.lines, log.written);
});

await t.test('the copy of a log behind a link is found where the log is', async (t) => {
  const log = new WrittenLog(t);
  mkdirSync(`${log.directory}/links`);
  const path = `${log.directory}/links/asterisk`;
  symlinkSync(log.path, path);
  const run = new RunningFollower(t, { path });
  log.write(3);
  await run.untilLines(3);
  log.write(2);
  log.copyTruncate();
  log.write(1);
  await run.untilLines(6);
  t.strictSame(run.lines, log.written);
  t.strictSame(run.gaps, []);
});

await t.test('what is no file is refused, and said so, until there is one', async (t) => {
  const log = new WrittenLog(t);
  unlinkSync(log.path);
  mkdirSync(log.path);
  const run = new RunningFollower(t, log);
  await run.untilFault(/full is a directory/);
  rmdirSync(log.path);
  await once(spawn('mkfifo', [log.path]), 'exit');
  await run.untilFault(/full is a FIFO/);
  unlinkSync(log.path);
  symlinkSync('/dev/null', log.path);
  await run.untilFault(/full is a socket or a device/);
  unlinkSync(log.path);
  symlinkSync('full', log.path);
  await run.untilFault(/full cannot be read \(ELOOP\)/);
  unlinkSync(log.path);
  log.reopen();
  log.write();
  await run.untilLines(1);
  t.equal(run.fault, null);
});

await t.test('a file that may not be read is not taken to be gone: its bookmark is good later', async (t) => {
  const log = new WrittenLog(t);
  log.write(2);
  const before = new RunningFollower(t, log);
  await before.untilLines(2);
  const bookmarks = await before.stop();
  log.write(2);
  let isDenied = true;
  const openFile: typeof openFollowed = async (...args) => {
    if (isDenied) throw Object.assign(new Error('denied'), { code: 'EACCES', syscall: 'open' });
    return openFollowed(...args);
  };
  const run = new RunningFollower(t, { ...log, bookmarks, openFile });
  await run.untilFault(/full may not be read \(EACCES\): let the exporter's user read/);
  t.strictSame(run.follower.bookmarks(), bookmarks);
  isDenied = false;
  await run.untilLines(2);
  t.strictSame(run.lines, lines(3, 4));
  t.strictSame(run.gaps, []);
});

await t.test('a file that is another one by the time that it is opened is opened at the next look', async (t) => {
  const log = new WrittenLog(t);
  log.write();
  let opens = 0;
  const openFile: typeof openFollowed = async (...args) => (++opens < 4 ? null : openFollowed(...args));
  const run = new RunningFollower(t, { ...log, openFile });
  await run.untilLines(1);
  t.ok(opens >= 4);
});

await t.test('a line beyond the limit is skipped and counted; the lines beside it are not', async (t) => {
  const log = new WrittenLog(t);
  const run = new RunningFollower(t, { ...log, lineBytesMax: 100 });
  log.write();
  log.text('x'.repeat(400_000));
  await until('counted', () => run.malformed.length > 0);
  const bookmarks = await run.stop();
  t.strictSame(
    bookmarks?.map(({ isMidLine }) => isMidLine),
    [true],
  );
  const next = new RunningFollower(t, { ...log, lineBytesMax: 100, bookmarks });
  await next.untilFollowed();
  log.text('the end of the long line\n');
  log.write();
  await next.untilLines(1);
  t.strictSame([...run.lines, ...next.lines], log.written);
  t.strictSame([...run.malformed, ...next.malformed], ['oversize'], 'once');
});

await t.test('a backlog is read in pieces that leave time for others, and the lag goes down to nothing', async (t) => {
  const log = new WrittenLog(t);
  const count = 100_000;
  writeFileSync(log.path, lines(1, count).join(''));
  let turns = 0;
  const ticker = setInterval(() => turns++, 1);
  t.teardown(() => clearInterval(ticker));
  const run = new RunningFollower(t, log);
  await run.untilLines(count);
  t.equal(run.lines.length, count);
  t.equal(run.lines.at(-1), line(count));
  t.ok(turns > 3, 'timers ran meanwhile');
  t.ok(Math.max(...run.lags) > 1_000_000);
  await until('no lag', () => run.lags.at(-1) === 0);
});

await t.test('a disk that fails ends it, with the place where to go on', async (t) => {
  const log = new WrittenLog(t);
  log.write(2);
  let fails = false;
  const openFile: typeof openFollowed = async (...args) => {
    const file = await openFollowed(...args);
    const look = file?.look.bind(file);
    if (file !== null && look !== undefined) {
      file.look = async () => {
        if (fails) throw Object.assign(new Error('disk'), { code: 'EIO', syscall: 'fstat' });
        return look();
      };
    }
    return file;
  };
  const run = new RunningFollower(t, { ...log, openFile });
  await run.untilLines(2);
  fails = true;
  await t.rejects(run.ended, { code: 'EIO' });
  log.write(2);
  const next = new RunningFollower(t, { ...log, bookmarks: run.follower.bookmarks() });
  await next.untilLines(2);
  t.strictSame([...run.lines, ...next.lines], log.written);
});

await t.test('a disk that fails while a log is opened ends it, and leaves nothing open', async (t) => {
  const log = new WrittenLog(t);
  let closes = 0;
  const openFile: typeof openFollowed = async (...args) => {
    const file = await openFollowed(...args);
    const close = file?.close.bind(file);
    if (file === null || close === undefined) return null;
    file.skipToEnd = async () => {
      throw Object.assign(new Error('disk'), { code: 'EIO', syscall: 'read' });
    };
    file.close = async () => {
      closes += 1;
      await close();
    };
    return file;
  };
  const run = new RunningFollower(t, { ...log, bookmarks: null, openFile });
  await t.rejects(run.ended, { code: 'EIO' });
  t.equal(closes, 1);
  t.equal(run.follower.bookmarks(), null);
});
