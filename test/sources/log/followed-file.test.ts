import { appendFileSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { TAIL_BYTES_MAX } from '../../../src/sources/log/bookmark.js';
import { type FollowedFile, openFollowed } from '../../../src/sources/log/followed-file.js';
import { lines } from './log-lab.js';

const OPTIONS = { lineBytesMax: 1_000, onOversize: () => undefined };

async function opened(t: Test, text: string): Promise<{ path: string; file: FollowedFile }> {
  const path = join(t.testdir({ full: text }), 'full');
  const file = await openFollowed(path, statSync(path, { bigint: true }), OPTIONS);
  if (file === null) throw new Error('nobody replaced it');
  t.teardown(() => file.close());
  return { path, file };
}

const buffer = Buffer.alloc(TAIL_BYTES_MAX + 2_000);

async function readAll(file: FollowedFile): Promise<string> {
  let text = '';
  await file.look();
  while (file.isBehind) {
    const bytes = await file.read(buffer, (run) => {
      text += run;
    });
    if (bytes === null) return 'truncated';
  }
  return text;
}

await t.test('a file that is not the one that was meant is not opened', async (t) => {
  const path = join(t.testdir({ full: 'a\n', other: 'b\n' }), 'full');
  const other = statSync(join(path, '..', 'other'), { bigint: true });
  t.equal(await openFollowed(path, other, OPTIONS), null);
});

await t.test('it reads no further than it looked, and knows what is left', async (t) => {
  const { path, file } = await opened(t, lines(1, 100).join(''));
  t.equal(file.lag, file.size);
  t.equal(await readAll(file), lines(1, 100).join(''));
  t.equal(file.lag, 0);
  appendFileSync(path, 'more\nand a part');
  t.equal(file.isBehind, false, 'nobody looked');
  t.equal(await file.look(), true);
  appendFileSync(path, ' beyond\n');
  let text = '';
  t.equal(
    await file.read(buffer, (run) => {
      text += run;
    }),
    15,
  );
  t.equal(text, 'more\n');
  t.equal(file.isMidLine, true);
  t.equal(file.lag, 10);
  t.equal(await readAll(file), 'and a part beyond\n');
  t.equal(file.isMidLine, false);
  t.equal(await file.look(), false);
});

await t.test('each other text in front of the place means that the file was truncated', async (t) => {
  for (const text of ['', lines(1, 2).join(''), lines(11, 14).join(''), lines(11, 99).join('')]) {
    const { path, file } = await opened(t, lines(1, 4).join(''));
    await readAll(file);
    writeFileSync(path, text);
    utimesSync(path, 2_000_000_000, 2_000_000_000); // A later time, whatever the clock's grain.
    t.equal(await readAll(file), 'truncated');
    file.rewind();
    t.equal(await readAll(file), text);
  }
});

await t.test('a file that shrinks between the look and the read is seen to be truncated', async (t) => {
  const { path, file } = await opened(t, lines(1, 40).join(''));
  await file.look();
  await file.read(buffer, () => undefined);
  truncateSync(path, 100);
  t.equal(await file.read(buffer, () => t.fail('no line')), null);
  t.equal(await readAll(file), 'truncated');
});

await t.test('a bookmark goes on where it was made, and nowhere else', async (t) => {
  const { path, file } = await opened(t, lines(1, 50).join(''));
  await readAll(file);
  const bookmark = file.bookmark();
  t.match(bookmark, { position: file.size, tailLength: TAIL_BYTES_MAX, isMidLine: false });
  appendFileSync(path, lines(51, 52).join(''));
  const again = await openFollowed(path, statSync(path, { bigint: true }), OPTIONS);
  t.teardown(() => again?.close());
  t.equal(await again?.resume({ ...bookmark, position: bookmark.position + 1 }), false);
  t.equal(await again?.resume({ ...bookmark, position: bookmark.position + 10_000 }), false);
  t.equal(again?.bookmark().position, 0);
  t.equal(await again?.resume(bookmark), true);
  t.equal(again === null ? '' : await readAll(again), lines(51, 52).join(''));
});
