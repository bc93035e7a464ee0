import fc from 'fast-check';
import t from 'tap';
import { LineFramer } from '../../src/wire/line-framer.js';

/** What a framer hands out for the chunks: lines, and null for one that is too long. */
function frame(chunks: readonly (string | Buffer)[], bytesMax = 8): (string | null)[] {
  const output: (string | null)[] = [];
  const framer = new LineFramer(bytesMax, {
    onLine: (line) => output.push(line),
    onOversize: () => output.push(null),
  });
  for (const chunk of chunks) framer.push(Buffer.from(chunk));
  return output;
}

await t.test('a stream is cut at its line ends, wherever its chunks end', async (t) => {
  t.strictSame(frame(['a\nb\n\nc']), ['a', 'b', '']);
  t.strictSame(frame(['a', 'b', '\nc', 'd\n']), ['ab', 'cd']);
  t.strictSame(frame([]), []);
});

await t.test('a letter that two chunks share is read whole', async (t) => {
  const bytes = Buffer.from('ü€\n');
  t.strictSame(frame([...bytes].map((byte) => Buffer.of(byte))), ['ü€']);
});

await t.test('a line that is too long is told once and skipped to its end', async (t) => {
  t.strictSame(frame(['12345678\n123456789\nok\n']), ['12345678', null, 'ok']);
  t.strictSame(frame(['12345', '6789', 'more', 'and more\nok\n']), [null, 'ok']);
  t.strictSame(frame(['€€€\n€€\n']), [null, '€€'], 'the limit is in bytes');
});

await t.test('any chunking of a stream gives the same lines', async (t) => {
  const check = (texts: string[], cuts: number[]) => {
    const stream = Buffer.from(texts.join('\n'));
    const at = [0, ...cuts.map((cut) => cut % (stream.length + 1)).sort((a, b) => a - b), stream.length];
    const chunks = at.slice(1).map((end, index) => stream.subarray(at[index], end));
    return JSON.stringify(frame(chunks)) === JSON.stringify(frame([stream]));
  };
  const texts = fc.array(fc.string({ maxLength: 12 }));
  t.doesNotThrow(() => fc.assert(fc.property(texts, fc.array(fc.nat()), check), { numRuns: 1000 }));
});
