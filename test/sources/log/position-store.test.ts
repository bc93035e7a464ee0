import { mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { type Bookmark, TAIL_BYTES_MAX, tailHash } from '../../../src/sources/log/bookmark.js';
import { PositionStore } from '../../../src/sources/log/position-store.js';

const BOOKMARK: Bookmark = {
  ino: '18446744073709551615',
  position: 4_096,
  tailLength: TAIL_BYTES_MAX,
  tailHash: tailHash(Buffer.from('text')),
  isMidLine: false,
  mtimeNs: '1795242803000000001',
};

function place(t: Test, logPath = '/log/full') {
  const path = join(t.testdir({}), 'position.json');
  const logged: string[] = [];
  const log = {
    debug: () => t.fail('nothing to debug'),
    error: () => t.fail('no error'),
    info: (_: object, message: string) => logged.push(`info ${message}`),
    warn: (fields: object, message: string) => logged.push(`warn ${message} ${JSON.stringify(fields)}`),
  };
  return { path, logged, store: new PositionStore({ path, logPath, log }), log };
}

await t.test('before the first time nothing is remembered, and that is no fault', async (t) => {
  t.strictSame(await place(t).store.load(), { bookmarks: null, fault: null });
});

await t.test('what was saved is remembered, also that there was no file', async (t) => {
  const { path, store, log } = place(t);
  for (const bookmarks of [[BOOKMARK, { ...BOOKMARK, isMidLine: true, position: 3, tailLength: 3 }], []]) {
    store.save(bookmarks);
    const next = new PositionStore({ path, logPath: '/log/full', log });
    t.strictSame(await next.load(), { bookmarks, fault: null });
  }
  t.strictSame(readdirSync(join(path, '..')), ['position.json'], 'nothing else is left');
  t.equal(statSync(path).mode & 0o777, 0o600);
});

await t.test('the same is not written again, also after a restart', async (t) => {
  const { path, store, log } = place(t);
  store.save([BOOKMARK]);
  utimesSync(path, 1_000, 1_000);
  store.save([{ ...BOOKMARK }]);
  const next = new PositionStore({ path, logPath: '/log/full', log });
  await next.load();
  next.save([BOOKMARK]);
  t.equal(statSync(path).mtimeMs, 1_000_000);
  next.save([{ ...BOOKMARK, position: 5_000 }]);
  t.match(readFileSync(path, 'utf8'), /"position":5000/);
});

await t.test('what was not written by it is refused, and says so', async (t) => {
  const good = { version: 1, log: '/log/full', files: [BOOKMARK] };
  const altered: unknown[] = [
    null,
    [],
    'text',
    { ...good, version: 2 },
    { ...good, log: 1 },
    { ...good, files: {} },
    { ...good, files: [null] },
    { ...good, files: new Array(65).fill(BOOKMARK) },
  ];
  const wrong: Record<keyof Bookmark, unknown[]> = {
    ino: [1, '', '-1', '1.5', '1'.repeat(21), null],
    position: [-1, 0.5, '4096', 2 ** 60, null, 100],
    tailLength: [0, 1_025, 1_023, '1024', null],
    tailHash: ['', 'g'.repeat(64), 1, `${BOOKMARK.tailHash}0`, null],
    isMidLine: [0, 'false', null],
    mtimeNs: [1, '', 'now', null],
  };
  for (const [key, values] of Object.entries(wrong)) {
    for (const value of values) altered.push({ ...good, files: [{ ...BOOKMARK, [key]: value }] });
  }
  const { path, store } = place(t);
  for (const text of ['', '{', '\0\0\0\0', ...altered.map((value) => JSON.stringify(value))]) {
    writeFileSync(path, text);
    t.strictSame(
      await store.load(),
      { bookmarks: null, fault: `the positions in ${path} are damaged` },
      text.slice(0, 200),
    );
  }
  writeFileSync(path, JSON.stringify(good));
  t.strictSame(await store.load(), { bookmarks: [BOOKMARK], fault: null });
});

await t.test('a text that lost any of its bytes is refused', async (t) => {
  const { path, store } = place(t);
  store.save([BOOKMARK]);
  const text = readFileSync(path, 'utf8');
  await fc.assert(
    fc.asyncProperty(fc.nat(text.length - 3), async (length) => {
      writeFileSync(path, text.slice(0, length));
      return (await store.load()).fault !== null;
    }),
    { numRuns: 100 },
  );
});

await t.test('positions in another log are refused', async (t) => {
  const { path, store, log } = place(t);
  store.save([BOOKMARK]);
  const next = new PositionStore({ path, logPath: '/log/messages', log });
  t.strictSame(await next.load(), { bookmarks: null, fault: `the positions in ${path} are of another log` });
});

await t.test('a file that cannot be read is a fault', async (t) => {
  const { path, store } = place(t);
  mkdirSync(path);
  t.strictSame(await store.load(), { bookmarks: null, fault: `the positions in ${path} cannot be read (EISDIR)` });
});

await t.test('a save that fails is logged once, and when it works again', async (t) => {
  const { path, store, logged } = place(t);
  mkdirSync(`${path}.new`);
  store.save([BOOKMARK]);
  store.save([{ ...BOOKMARK, position: 5_000 }]);
  t.strictSame(logged, [
    `warn cannot remember how far the log was read {"path":${JSON.stringify(path)},"code":"EISDIR"}`,
  ]);
  rmdirSync(`${path}.new`);
  store.save([{ ...BOOKMARK, position: 5_000 }]);
  t.strictSame(logged.slice(1), ['info can remember again how far the log was read']);
  t.match(await store.load(), { bookmarks: [{ position: 5_000 }] });
});
