import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { quote } from '../../src/config/formats.js';
import { readFileStart, readText } from '../../src/config/text-file.js';

await t.test('a file is read whole, or one byte beyond the limit', async (t) => {
  const path = join(t.testdir({ file: 'abcdef' }), 'file');
  t.equal(String(readFileStart(path, 6)), 'abcdef');
  t.equal(String(readFileStart(path, 100)), 'abcdef');
  t.equal(String(readFileStart(path, 3)), 'abcd');
});

await t.test('a file without an end is read up to the limit', async (t) => {
  t.equal(readFileStart('/dev/zero', 4096).length, 4097);
});

await t.test('the text of a file comes with its blanks and without a byte order mark', async (t) => {
  t.same(
    readText(() => Buffer.from('\ufeff ü\n'), '/x', 100),
    { text: ' ü\n' },
  );
});

await t.test('a file that gives no text says why, with its path', async (t) => {
  const folder = t.testdir({ empty: '', blank: '\n', long: 'abcdef' });
  writeFileSync(join(folder, 'latin1'), Buffer.from([0x61, 0xe9]));
  const faultOf = (name: string) => readText(readFileStart, join(folder, name), 5);
  t.same(faultOf('absent'), { fault: `names ${quote(join(folder, 'absent'))}, which cannot be read (ENOENT)` });
  t.same(faultOf(''), { fault: `names ${quote(folder)}, which cannot be read (EISDIR)` });
  t.same(faultOf('empty'), { fault: `names ${quote(join(folder, 'empty'))}, which is empty` });
  t.same(faultOf('blank'), { fault: `names ${quote(join(folder, 'blank'))}, which is empty` });
  t.same(faultOf('long'), { fault: `names ${quote(join(folder, 'long'))}, which is longer than 5 bytes` });
  t.same(faultOf('latin1'), { fault: `names ${quote(join(folder, 'latin1'))}, which is not UTF-8 text` });
});

await t.test('an error without a code is a fault like any other', async (t) => {
  const broken = () => {
    throw new Error('hunter2');
  };
  t.same(readText(broken, '/x', 5), { fault: "names '/x', which cannot be read (for an unknown reason)" });
});
