import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Bytes to be read once, from the first to the last; decompressed where they are gzip's. */
export interface ByteSource {
  /** Null where it is not known, as of a pipe. Of what is compressed this is the compressed size, as `bytesRead` is. */
  readonly sizeBytes: number | null;
  /** Milliseconds since the Unix epoch; null for a pipe. */
  readonly modifiedAt: number | null;
  readonly bytesRead: number;
  /** Rejects for what cannot be read, for gzip's data that is damaged or ends too early, and when it is closed meanwhile. */
  chunks(): AsyncGenerator<Buffer, void, undefined>;
  close(): void;
}

/** Large enough that the system's calls do not matter, and small enough for a string that somebody forgot to detach. */
const CHUNK_BYTES = 262_144;
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

/**
 * Opens a file for reading, until the signal is aborted.
 * @throws the system's error where there is no such file.
 */
export async function openFile(path: string, signal: AbortSignal): Promise<ByteSource> {
  const file = await stat(path);
  const facts = file.isFile() ? { sizeBytes: file.size, modifiedAt: file.mtimeMs } : NOT_KNOWN;
  return new StreamBytes(createReadStream(path, { highWaterMark: CHUNK_BYTES }), facts, signal);
}

/** Standard input and its like. */
export function openStream(stream: Readable, signal: AbortSignal): ByteSource {
  return new StreamBytes(stream, NOT_KNOWN, signal);
}

interface FileFacts {
  readonly sizeBytes: number | null;
  readonly modifiedAt: number | null;
}

const NOT_KNOWN: FileFacts = { sizeBytes: null, modifiedAt: null };

class StreamBytes implements ByteSource {
  readonly sizeBytes: number | null;
  readonly modifiedAt: number | null;
  bytesRead = 0;
  readonly #stream: Readable;

  constructor(stream: Readable, { sizeBytes, modifiedAt }: FileFacts, signal: AbortSignal) {
    this.#stream = stream;
    this.sizeBytes = sizeBytes;
    this.modifiedAt = modifiedAt;
    const close = () => this.close();
    signal.addEventListener('abort', close, { once: true });
    stream.once('close', () => signal.removeEventListener('abort', close));
    if (signal.aborted) close();
  }

  close(): void {
    this.#stream.destroy();
  }

  async *chunks(): AsyncGenerator<Buffer, void, undefined> {
    const raw = await withHead(this.#counted(), GZIP_MAGIC.length);
    if (!raw.head.subarray(0, GZIP_MAGIC.length).equals(GZIP_MAGIC)) {
      yield* raw.chunks;
      return;
    }
    // It takes one compressed member after the other, as `cat a.gz b.gz` makes them.
    const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
    pipeline(Readable.from(raw.chunks), gunzip, () => undefined); // Its error is also the reader's, below.
    for await (const chunk of gunzip) yield chunk as Buffer;
  }

  async *#counted(): AsyncGenerator<Buffer, void, undefined> {
    for await (const chunk of this.#stream) {
      const bytes = chunk as Buffer;
      this.bytesRead += bytes.length;
      yield bytes;
    }
  }
}

/** The first bytes of a source, all of them where there are no more than that, and the source from its beginning on. */
export interface Headed {
  readonly head: Buffer;
  readonly chunks: AsyncGenerator<Buffer, void, undefined>;
}

/** Reads a source until so many bytes of it are known. */
export async function withHead(chunks: AsyncGenerator<Buffer, void, undefined>, bytes: number): Promise<Headed> {
  const first: Buffer[] = [];
  let length = 0;
  while (length < bytes) {
    const next = await chunks.next();
    if (next.done === true) break;
    first.push(next.value);
    length += next.value.length;
  }
  return { head: Buffer.concat(first), chunks: joined(first, chunks) };
}

async function* joined(
  first: readonly Buffer[],
  rest: AsyncGenerator<Buffer, void, undefined>,
): AsyncGenerator<Buffer, void, undefined> {
  yield* first;
  yield* rest;
}
