import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { BlockFramer } from '../../../src/sources/ami/block-framer.js';
import { goodFrame, goodLines } from './event-frames.js';
import { readStream } from './read-stream.js';

const BLOCK_END = '\r\n\r\n';
const MIB = 1024 * 1024;

/** What one chunk completes. */
function pushed(framer: BlockFramer, chunk: Buffer): string {
  let text = '';
  framer.push(chunk, (blocks) => {
    text += blocks.toString();
  });
  return text;
}

/** Pushes one chunk after the other. `blocks` come without their ends. */
function frame(chunks: readonly Buffer[], blockBytesMax: number) {
  let oversize = 0;
  const framer = new BlockFramer(blockBytesMax, () => oversize++);
  const text = chunks.map((chunk) => pushed(framer, chunk)).join('');
  const blocks = text.split(BLOCK_END);
  return { blocks: blocks.slice(0, -1), left: blocks.at(-1), oversize, isMidBlock: framer.isMidBlock };
}

/** Cuts anywhere, also twice at the same place. */
function cut(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const points = [...cuts.map((point) => point % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return points.map((end, index) => bytes.subarray(points[index - 1] ?? 0, end));
}

await t.test('any chunking of a stream gives the same blocks as one chunk', async (t) => {
  const line = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('\r', '\n', 'a\rb', 'a\nb', '\n\r'));
  const block = fc
    .array(line)
    .map((lines) => `Event: x${lines.join('\r\n')}`)
    .filter((text) => !`${text}${BLOCK_END}`.slice(0, -1).includes(BLOCK_END));
  const check = fc.check(
    fc.property(fc.array(block), fc.array(fc.nat()), fc.string(), (blocks, cuts, rest) => {
      const bytes = Buffer.from(blocks.map((text) => text + BLOCK_END).join('') + rest.replaceAll('\n', ''));
      const whole = frame([bytes], 65_536);
      const cutUp = frame(cut(bytes, cuts), 65_536);
      return isDeepStrictEqual(cutUp, whole) && isDeepStrictEqual(whole.blocks, blocks) && whole.left === '';
    }),
  );
  t.notOk(check.failed, fc.defaultReportMessage(check) ?? 'holds');
});

await t.test('a block waits for its end, which may be cut in all ways', async (t) => {
  for (const cuts of [[1], [2], [3], [1, 2], [1, 3], [2, 3], [1, 2, 3]]) {
    const stream = Buffer.from(`A: 1${BLOCK_END}B: 2`);
    const got = frame(
      cut(
        stream,
        cuts.map((point) => 4 + point),
      ),
      100,
    );
    t.strictSame(got, { blocks: ['A: 1'], left: '', oversize: 0, isMidBlock: true }, `cut at ${cuts}`);
  }
});

await t.test('bare CR and LF, and an empty chunk, end nothing', async (t) => {
  const chunks = ['A: \r', '', '\r\n\n', '\r\n', '', '\rB', '\r\n\r', '\n'].map((text) => Buffer.from(text));
  t.strictSame(frame(chunks, 100).blocks, ['A: \r\r\n\n\r\n\rB']);
});

await t.test('letters of several bytes may be cut in the middle', async (t) => {
  const bytes = Buffer.from(`Account: Zo\u00eb \u{1f600}${BLOCK_END}`);
  t.strictSame(
    frame(
      [...bytes].map((byte) => Buffer.of(byte)),
      100,
    ).blocks,
    ['Account: Zo\u00eb \u{1f600}'],
  );
});

await t.test('a block of exactly the most bytes is kept, in one chunk and byte by byte', async (t) => {
  const text = 'x'.repeat(100);
  const bytes = Buffer.from(text + BLOCK_END);
  for (const chunks of [[bytes], [...bytes].map((byte) => Buffer.of(byte))]) {
    t.strictSame(frame(chunks, 100), { blocks: [text], left: '', oversize: 0, isMidBlock: false });
  }
});

await t.test('a block is given up as soon as it is too long even if an end had begun', async (t) => {
  for (const [length, oversize] of [
    [103, 0],
    [104, 1],
  ] as const) {
    t.equal(frame([Buffer.alloc(length, 'x')], 100).oversize, oversize, `${length} bytes without an end`);
  }
});

await t.test(
  'an event of the most bytes is read and one more byte is one oversize, wherever the stream is cut',
  async (t) => {
    const limit = 65_536;
    const start = goodLines().join('\r\n').length;
    for (const [length, events, malformed] of [
      [limit, 2, {}],
      [limit + 1, 1, { oversize: 1 }],
      [limit + 4, 1, { oversize: 1 }],
      [limit + 5, 1, { oversize: 1 }],
    ] as const) {
      const long = goodLines().map((line) => (line.startsWith('SessionID') ? line + 'x'.repeat(length - start) : line));
      const stream = Buffer.from(long.join('\r\n') + BLOCK_END + goodFrame());
      for (let point = limit - 1; point < limit + 12; point++) {
        const outcome = readStream(...cut(stream, [point]));
        t.strictSame(
          [outcome.events.length, outcome.malformed],
          [events, malformed],
          `${length} bytes cut at ${point}`,
        );
      }
    }
  },
);

await t.test('the block after one that was too long is read, however the end between them is cut', async (t) => {
  const stream = Buffer.from(`${'x'.repeat(150)}${BLOCK_END}A: 1${BLOCK_END}B: 2${BLOCK_END}`);
  for (const cuts of [
    [150],
    [151],
    [152],
    [153],
    [154],
    [151, 152, 153],
    [149, 150, 151, 152, 153, 154, 155],
    [110, 151],
  ]) {
    const got = frame(cut(stream, [120, ...cuts]), 100);
    t.strictSame(got, { blocks: ['A: 1', 'B: 2'], left: '', oversize: 1, isMidBlock: false }, `cut at ${cuts}`);
  }
});

await t.test('a block that follows good ones in the same chunk can be too long as well', async (t) => {
  const chunks = [`A: 1${BLOCK_END}${'x'.repeat(150)}`, `x${BLOCK_END}B: 2${BLOCK_END}`].map((text) =>
    Buffer.from(text),
  );
  t.strictSame(frame(chunks, 100), { blocks: ['A: 1', 'B: 2'], left: '', oversize: 1, isMidBlock: false });
});

await t.test('every block that is too long is counted, each once', async (t) => {
  const chunks = Array.from({ length: 3 }, () => ['x'.repeat(200), 'x'.repeat(200), BLOCK_END]).flat();
  t.equal(
    frame(
      chunks.map((text) => Buffer.from(text)),
      100,
    ).oversize,
    3,
  );
});

await t.test('a stream that ends in a block that was given up is not counted a second time', async (t) => {
  t.strictSame(readStream(Buffer.alloc(100_000, 'x')).malformed, { oversize: 1 });
  t.strictSame(readStream(Buffer.alloc(100, 'x')).malformed, { truncated: 1 });
});

await t.test('50 MB without an end take little memory and are one fault', async (t) => {
  const chunk = Buffer.alloc(65_536, 'x');
  const before = process.memoryUsage().arrayBuffers;
  let highest = 0;
  let oversize = 0;
  const framer = new BlockFramer(65_536, () => oversize++);
  for (let bytes = 0; bytes < 50 * MIB; bytes += chunk.length) {
    t.equal(pushed(framer, chunk), '');
    highest = Math.max(highest, process.memoryUsage().arrayBuffers - before);
  }
  t.ok(highest < 2 * MIB, `${highest} bytes`);
  t.equal(oversize, 1);
  t.equal(pushed(framer, Buffer.from(`${BLOCK_END}A: 1${BLOCK_END}`)), `A: 1${BLOCK_END}`);
});

await t.test('200 KB without an end that come byte by byte take little memory and are one fault', async (t) => {
  const before = process.memoryUsage().arrayBuffers;
  let oversize = 0;
  const framer = new BlockFramer(65_536, () => oversize++);
  const byte = Buffer.from('x');
  for (let bytes = 0; bytes < 200_000; bytes++) pushed(framer, byte);
  t.ok(process.memoryUsage().arrayBuffers - before < MIB);
  t.equal(oversize, 1);
  t.equal(pushed(framer, Buffer.from(`${BLOCK_END}A: 1${BLOCK_END}`)), `A: 1${BLOCK_END}`);
});
