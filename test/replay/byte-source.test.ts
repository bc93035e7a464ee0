import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { type ByteSource, openFile, openStream, withHead } from '../../src/replay/byte-source.js';

const never = new AbortController().signal;

async function textOf(source: ByteSource): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of source.chunks()) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function rejection(source: ByteSource): Promise<string> {
  return textOf(source).then(
    () => 'nothing',
    (error: NodeJS.ErrnoException) => String(error.code),
  );
}

await t.test('a file is read from the first byte to the last', async (t) => {
  const file = join(t.testdir({ log: 'x'.repeat(600_000) }), 'log');
  const source = await openFile(file, never);
  t.match(source, { sizeBytes: 600_000, modifiedAt: Number, bytesRead: 0 });
  t.equal((await textOf(source)).length, 600_000);
  t.equal(source.bytesRead, 600_000);
});

await t.test("gzip's members are read one after the other, and counted as they are in the file", async (t) => {
  const bytes = Buffer.concat([gzipSync('first '), gzipSync('second')]);
  const file = join(t.testdir({}), 'log.gz');
  writeFileSync(file, bytes);
  const source = await openFile(file, never);
  t.equal(await textOf(source), 'first second');
  t.match(source, { sizeBytes: bytes.length, bytesRead: bytes.length });
});

await t.test('a stream is read as a file is, also when it is compressed and comes in single bytes', async (t) => {
  for (const bytes of [Buffer.from('plain'), gzipSync('plain')]) {
    const stream = new PassThrough();
    const source = openStream(stream, never);
    t.match(source, { sizeBytes: null, modifiedAt: null });
    for (const byte of bytes) stream.write(Buffer.of(byte));
    stream.end();
    t.equal(await textOf(source), 'plain');
  }
});

await t.test('a file of one byte and one of none are read', async (t) => {
  const folder = t.testdir({ one: '1', none: '' });
  t.equal(await textOf(await openFile(join(folder, 'one'), never)), '1');
  t.equal(await textOf(await openFile(join(folder, 'none'), never)), '');
});

await t.test('what cannot be read rejects', async (t) => {
  const folder = t.testdir({});
  await t.rejects(openFile(join(folder, 'missing'), never), { code: 'ENOENT' });
  t.equal(await rejection(await openFile(folder, never)), 'EISDIR');
  for (const [bytes, code] of [
    [gzipSync('x'.repeat(1000)).subarray(0, 20), 'Z_BUF_ERROR'],
    [Buffer.concat([gzipSync('x').subarray(0, 10), Buffer.alloc(50, 0xff)]), 'Z_DATA_ERROR'],
  ] as const) {
    const stream = new PassThrough();
    stream.end(bytes);
    t.equal(await rejection(openStream(stream, never)), code);
  }
});

await t.test('a folder is no file of a known size', async (t) => {
  const source = await openFile(t.testdir({}), never);
  t.match(source, { sizeBytes: null, modifiedAt: null });
  source.close();
});

await t.test('an abort ends the reading, before it began and in the middle of a wait', async (t) => {
  t.equal(await rejection(openStream(new PassThrough(), AbortSignal.abort())), 'ERR_STREAM_PREMATURE_CLOSE');
  const stop = new AbortController();
  const ended = rejection(openStream(new PassThrough(), stop.signal));
  stop.abort();
  t.equal(await ended, 'ERR_STREAM_PREMATURE_CLOSE');
});

await t.test('a source that was closed no longer listens to the signal', async (t) => {
  const stop = new AbortController();
  const removed = t.capture(stop.signal, 'removeEventListener', stop.signal.removeEventListener);
  const stream = new PassThrough();
  openStream(stream, stop.signal).close();
  await once(stream, 'close');
  t.equal(removed().length, 1);
});

await t.test('whoever has seen the head gets all from the beginning on', async (t) => {
  const stream = new PassThrough();
  for (const text of ['ab', 'cd', 'ef']) stream.write(text);
  stream.end();
  const { head, chunks } = await withHead(openStream(stream, never).chunks(), 3);
  t.ok(head.length >= 3);
  let text = '';
  for await (const chunk of chunks) text += chunk.toString();
  t.equal(text, 'abcdef');
});
