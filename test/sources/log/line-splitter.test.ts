import fc from 'fast-check';
import t from 'tap';
import { LineSplitter } from '../../../src/sources/log/line-splitter.js';

/** What a splitter makes of a text that is read in pieces of these sizes, as a file is: what was not done with comes again. */
function split(text: string, sizes: readonly number[], lineBytesMax: number) {
  const runs: string[] = [];
  let oversize = 0;
  const splitter = new LineSplitter(lineBytesMax, () => oversize++);
  const bytes = Buffer.from(text);
  let done = 0;
  let seen = 0;
  for (const size of [...sizes, bytes.length]) {
    seen = Math.min(seen + size, bytes.length);
    done += splitter.push(bytes.subarray(done, seen), (lines) => runs.push(lines.toString()));
  }
  return { runs, oversize, rest: bytes.subarray(done).toString(), isSkipping: splitter.isSkipping };
}

await t.test('whole lines are handed out together, and the rest is left', async (t) => {
  t.strictSame(split('a\nbb\n\nc', [], 10), { runs: ['a\nbb\n\n'], oversize: 0, rest: 'c', isSkipping: false });
  t.strictSame(split('', [], 10), { runs: [], oversize: 0, rest: '', isSkipping: false });
});

await t.test('a line of the greatest length is handed out, and one byte more is skipped and counted', async (t) => {
  t.strictSame(split('1234\n', [4], 4), { runs: ['1234\n'], oversize: 0, rest: '', isSkipping: false });
  t.strictSame(split('a\n12345\nb\n', [], 4), { runs: ['a\n', 'b\n'], oversize: 1, rest: '', isSkipping: false });
});

await t.test('a line that is too long is skipped to its end, whenever that comes', async (t) => {
  t.strictSame(split('12345', [], 4), { runs: [], oversize: 1, rest: '', isSkipping: true });
  t.strictSame(split('1234567890\nb\n', [5, 3], 4), { runs: ['b\n'], oversize: 1, rest: '', isSkipping: false });
});

await t.test('any pieces of a text give the same lines', async () => {
  const texts = fc.array(fc.constantFrom('a', 'b', '\n', 'cccc', '\n\n', 'é'), { maxLength: 60 });
  fc.assert(
    fc.property(texts, fc.array(fc.nat(9)), fc.integer({ min: 1, max: 9 }), (parts, sizes, lineBytesMax) => {
      const text = parts.join('');
      const lines = text.split('\n');
      const rest = lines.pop() ?? '';
      const isLong = (line: string) => Buffer.byteLength(line) > lineBytesMax;
      const { runs, oversize, rest: left, isSkipping } = split(text, sizes, lineBytesMax);
      const good = lines.filter((line) => !isLong(line)).map((line) => `${line}\n`);
      return (
        runs.join('') === good.join('') &&
        oversize === [...lines, rest].filter(isLong).length &&
        isSkipping === isLong(rest) &&
        left === (isLong(rest) ? '' : rest)
      );
    }),
    { numRuns: 2_000 },
  );
});
