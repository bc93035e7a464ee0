import { mkdirSync, readdirSync, renameSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import t, { type Test } from 'tap';
import { type Bookmark, tailHash } from '../../../src/sources/log/bookmark.js';
import { type FollowedFile, openFollowed } from '../../../src/sources/log/followed-file.js';
import { type OpenFile, type RotatedFiles, searchRotated } from '../../../src/sources/log/rotated-files.js';
import { lines } from './log-lab.js';

const FILE = { lineBytesMax: 65_536, onOversize: () => undefined };
const open: OpenFile = (path, stats) => openFollowed(path, stats, FILE);

/** A directory with files that were written to in this order, a second apart. */
function directory(t: Test, names: readonly string[]): string {
  const path = t.testdir({});
  for (const [index, name] of names.entries()) {
    writeFileSync(join(path, name), lines(index * 10 + 1, index * 10 + 10).join(''));
    utimesSync(join(path, name), 1_000 + index, 1_000 + index);
  }
  return path;
}

/** The names of what a search finds. */
async function names(
  t: Test,
  path: string,
  search: (rotated: RotatedFiles) => Promise<FollowedFile[]>,
  filesMax?: number,
): Promise<string[]> {
  const directory = join(path, '..');
  const found = await searchRotated(path, open, search, filesMax);
  t.teardown(() => Promise.all(found.map((file) => file.close())));
  const all = readdirSync(directory).map((name) => ({
    name,
    stats: statSync(join(directory, name), { bigint: true }),
  }));
  return found.map((file) => all.find(({ stats }) => file.isSame(stats))?.name ?? 'gone');
}

/** The bookmark of who read so many of a file's lines. */
function bookmarkOf(path: string, from: number, to: number): Bookmark {
  const { ino, mtimeNs } = statSync(path, { bigint: true });
  const tail = Buffer.from(lines(from, to).join(''));
  return {
    ino: String(ino),
    position: tail.length,
    tailLength: tail.length,
    tailHash: tailHash(tail),
    isMidLine: false,
    mtimeNs: String(mtimeNs),
  };
}

const sinceBegin = (rotated: RotatedFiles) => rotated.between(0n, null, [], 32);

await t.test(
  'files that were the log have a number or a date behind its name, in the order of their times',
  async (t) => {
    const rotated = ['full.2', 'full-20261120', 'full-20261121-1795227208', 'full_3', 'full.1795227208', 'full.1'];
    const others = ['full.0.gz', 'full.bak', 'fuller.1', 'full_debug.log', 'full', 'other.1', 'full.1.xz'];
    const path = directory(t, [...rotated, ...others]);
    t.strictSame(await names(t, join(path, 'full'), sinceBegin), rotated);
  },
);

await t.test('the number can stand in front of the extension', async (t) => {
  const path = directory(t, ['full-20261120.log', 'full.2.log', 'full.log.1', 'full-debug.log', 'full.log', 'x.1.log']);
  t.strictSame(await names(t, join(path, 'full.log'), sinceBegin), ['full-20261120.log', 'full.2.log', 'full.log.1']);
});

await t.test('only what was written between the times, is not empty, and is not known', async (t) => {
  const path = directory(t, ['full.5', 'full.4', 'full.3', 'full.2', 'full.1']);
  writeFileSync(join(path, 'full.6'), '');
  const log = join(path, 'full');
  const known = await open(join(path, 'full.2'), statSync(join(path, 'full.2'), { bigint: true }));
  t.teardown(() => known?.close());
  const second = 1_000_000_000n;
  const between = (untilNs: bigint | null, filesMax = 32) =>
    names(t, log, (rotated) => rotated.between(1_001n * second, untilNs, known === null ? [] : [known], filesMax));
  t.strictSame(await between(null), ['full.3', 'full.1']);
  t.strictSame(await between(1_002n * second), ['full.3']);
  t.strictSame(await between(null, 1), ['full.1'], 'the newest ones, if not all');
  mkdirSync(join(path, 'full.7'));
  t.strictSame(await between(null), ['full.3', 'full.1'], 'files only');
});

await t.test('a copy is left out, if it is long enough to tell', async (t) => {
  const path = directory(t, ['full.3', 'full.2', 'full.1']);
  writeFileSync(join(path, 'full.2'), lines(1, 20).join(''));
  writeFileSync(join(path, 'full.4'), lines(1, 1).join(''));
  for (const [index, name] of ['full.3', 'full.2', 'full.1', 'full.4'].entries()) {
    utimesSync(join(path, name), 1_000 + index, 1_000 + index);
  }
  t.strictSame(await names(t, join(path, 'full'), sinceBegin), ['full.3', 'full.1', 'full.4']);
});

await t.test('the place of a bookmark is found by the text in front of it, under whatever name', async (t) => {
  const path = directory(t, ['full.3', 'full.2', 'full-old', 'other']);
  const log = join(path, 'full');
  const bookmark = bookmarkOf(join(path, 'full-old'), 21, 24);
  t.strictSame(await names(t, log, (rotated) => rotated.resume(bookmark, [])), ['full-old']);
  writeFileSync(join(path, 'full.9'), lines(21, 31).join(''));
  t.strictSame(await names(t, log, (rotated) => rotated.resume(bookmark, [])), ['full-old'], 'the file, not its copy');
  renameSync(join(path, 'full-old'), join(path, 'away'));
  writeFileSync(join(path, 'full.8'), lines(21, 25).join(''));
  t.strictSame(await names(t, log, (rotated) => rotated.resume(bookmark, [])), ['full.9'], 'the longest copy');
  const elsewhere = bookmarkOf(join(path, 'other'), 31, 34);
  t.strictSame(await names(t, log, (rotated) => rotated.resume(elsewhere, [])), [], 'not of another name');
  const altered = { ...bookmark, tailHash: tailHash(Buffer.from('altered')) };
  t.strictSame(await names(t, log, (rotated) => rotated.resume(altered, [])), []);
  const beyond = { ...bookmark, position: 1_000_000 };
  t.strictSame(await names(t, log, (rotated) => rotated.resume(beyond, [])), []);
});

await t.test(
  'a file of which nothing was read is known by its inode, and the copies made of it come first',
  async (t) => {
    const path = directory(t, ['full.4', 'full.3', 'full.2', 'full.1']);
    const log = join(path, 'full');
    const bookmark = { ...bookmarkOf(join(path, 'full.1'), 1, 0), mtimeNs: '1001000000000' };
    t.strictSame(await names(t, log, (rotated) => rotated.unread(bookmark, [], 32)), ['full.2', 'full.1']);
    t.strictSame(await names(t, log, (rotated) => rotated.unread({ ...bookmark, ino: '1' }, [], 32)), []);
  },
);

await t.test('the directory of the file behind a link is searched too', async (t) => {
  const path = directory(t, ['real', 'real.1']);
  mkdirSync(join(path, 'links'));
  symlinkSync('../real', join(path, 'links', 'full'));
  const found = await searchRotated(join(path, 'links', 'full'), open, sinceBegin);
  t.teardown(() => Promise.all(found.map((file) => file.close())));
  t.strictSame(
    found.map((file) => file.isSame(statSync(join(path, 'real.1'), { bigint: true }))),
    [true],
  );
});

await t.test('no more than so many files are looked at', async (t) => {
  const path = directory(t, ['full.1', 'full.2', 'full.3']);
  t.equal((await names(t, join(path, 'full'), sinceBegin, 2)).length, 2);
});

await t.test('a directory that is not there holds nothing', async (t) => {
  t.strictSame(await searchRotated(join(t.testdir({}), 'gone', 'full'), open, sinceBegin), []);
});

await t.test('it looks again if something was renamed meanwhile, but not for ever', async (t) => {
  const path = directory(t, ['full.1']);
  let searches = 0;
  const closed: string[] = [];
  const rename = (times: number) => async (rotated: RotatedFiles) => {
    const found = await rotated.between(0n, null, [], 32);
    for (const file of found) {
      const close = file.close.bind(file);
      file.close = async () => {
        closed.push('closed');
        await close();
      };
    }
    if (++searches <= times) renameSync(join(path, `full.${searches}`), join(path, `full.${searches + 1}`));
    return found;
  };
  t.strictSame(await names(t, join(path, 'full'), rename(2)), ['full.3']);
  t.equal(searches, 3);
  t.equal(closed.length, 2, 'what was found before is closed');
  renameSync(join(path, 'full.3'), join(path, 'full.1'));
  searches = 0;
  t.strictSame(await names(t, join(path, 'full'), rename(100)), ['full.11']);
  t.equal(searches, 10);
});

await t.test('a file that cannot be read is closed, and the error told', async (t) => {
  const path = directory(t, ['full.2', 'full.1']);
  const closed: string[] = [];
  const broken: OpenFile = async (name, stats) => {
    const file = await open(name, stats);
    if (file === null) return null;
    file.head = async () => {
      throw Object.assign(new Error('disk'), { code: 'EIO', syscall: 'read' });
    };
    const close = file.close.bind(file);
    file.close = async () => {
      closed.push(basename(name));
      await close();
    };
    return file;
  };
  await t.rejects(searchRotated(join(path, 'full'), broken, sinceBegin), { code: 'EIO' });
  t.strictSame(closed, ['full.2']);
});
