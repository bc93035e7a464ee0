import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type Bookmark, TAIL_BYTES_MAX, tailHash } from './bookmark.js';
import { LineSplitter } from './line-splitter.js';

export interface FollowedFileOptions {
  /** The longest line that is handed out, in bytes without its LF. */
  readonly lineBytesMax: number;
  readonly onOversize: () => void;
}

const LF = 0x0a;
const NOTHING = Buffer.alloc(0);
const HEAD_BYTES = 256;

/**
 * One open log file and how far it was read.
 *
 * Each read begins with the last bytes that were read before. Where they are not the same any more, the file was
 * truncated and written anew, however long it is by now.
 */
export class FollowedFile {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly #handle: FileHandle;
  readonly #splitter: LineSplitter;
  #size: number;
  #mtimeNs: bigint;
  #position = 0;
  /** The bytes before #position. */
  #tail: Buffer = NOTHING;
  /** Up to where the file was read, a line without its end included, and when it had been written to at that time. */
  #scanned = 0;
  #scannedMtimeNs = -1n;

  constructor(handle: FileHandle, stats: BigIntStats, { lineBytesMax, onOversize }: FollowedFileOptions) {
    this.#handle = handle;
    this.#splitter = new LineSplitter(lineBytesMax, onOversize);
    this.dev = stats.dev;
    this.ino = stats.ino;
    this.#size = Number(stats.size);
    this.#mtimeNs = stats.mtimeNs;
  }

  /** As of the last look, in bytes. */
  get size(): number {
    return this.#size;
  }

  get mtimeNs(): bigint {
    return this.#mtimeNs;
  }

  /** Whether the last look found something that was not read. */
  get isBehind(): boolean {
    return this.#size !== this.#scanned || this.#mtimeNs !== this.#scannedMtimeNs;
  }

  /** Bytes that were not handed out, as of the last look. */
  get lag(): number {
    return Math.max(0, this.#size - this.#position);
  }

  /** Whether a line waits for its end. */
  get isMidLine(): boolean {
    return this.#scanned > this.#position && !this.#splitter.isSkipping;
  }

  isSame(other: Pick<BigIntStats, 'dev' | 'ino'>): boolean {
    return this.ino === other.ino && this.dev === other.dev;
  }

  bookmark(): Bookmark {
    return {
      ino: String(this.ino),
      position: this.#position,
      tailLength: this.#tail.length,
      tailHash: tailHash(this.#tail),
      isMidLine: this.#splitter.isSkipping,
      mtimeNs: String(this.#mtimeNs),
    };
  }

  /** Goes on at the bookmark; false, and still at the begin, if what was read up to there is not in this file. */
  async resume({ position, tailLength, tailHash: hash, isMidLine }: Bookmark): Promise<boolean> {
    if (this.#size < position) return false;
    const tail = await this.#bytes(position - tailLength, tailLength);
    if (tail.length < tailLength || tailHash(tail) !== hash) return false;
    this.#place(position, tail, isMidLine);
    return true;
  }

  /** Leaves out what the file holds now, and the rest of a line that is being written. */
  async skipToEnd(): Promise<void> {
    const tail = await this.#bytes(Math.max(0, this.#size - TAIL_BYTES_MAX), Math.min(this.#size, TAIL_BYTES_MAX));
    this.#place(this.#size, tail, tail.length > 0 && tail.at(-1) !== LF);
  }

  /** The file was truncated: reads it from its begin. */
  rewind(): void {
    this.#place(0, NOTHING, false);
  }

  /** The first bytes, by which a copy shows itself. */
  head(): Promise<Buffer> {
    return this.#bytes(0, HEAD_BYTES);
  }

  /** Asks for the size. @returns whether the file was written to since the last look. */
  async look(): Promise<boolean> {
    const { size, mtimeNs } = await this.#handle.stat({ bigint: true });
    const isWritten = Number(size) !== this.#size || mtimeNs !== this.#mtimeNs;
    this.#size = Number(size);
    this.#mtimeNs = mtimeNs;
    return isWritten;
  }

  /**
   * Reads on, as far as the file went at the last look and the buffer goes.
   * @param buffer longer than TAIL_BYTES_MAX + lineBytesMax.
   * @returns how many bytes were seen for the first time; null if what was read before is not in the file any more.
   */
  async read(buffer: Buffer, onLines: (lines: Buffer) => void): Promise<number | null> {
    if (this.#size < this.#position) return null;
    const tailLength = this.#tail.length;
    const from = this.#position - tailLength;
    const { bytesRead } = await this.#handle.read(buffer, 0, Math.min(buffer.length, this.#size - from), from);
    if (!this.#tail.equals(buffer.subarray(0, Math.min(tailLength, bytesRead)))) return null;
    const done = this.#splitter.push(buffer.subarray(tailLength, Math.max(tailLength, bytesRead)), onLines);
    if (done > 0) {
      const end = tailLength + done;
      this.#tail = Buffer.from(buffer.subarray(Math.max(0, end - TAIL_BYTES_MAX), end));
      this.#position += done;
    }
    const before = this.#scanned;
    this.#scanned = from + bytesRead;
    this.#scannedMtimeNs = this.#mtimeNs;
    return Math.max(0, this.#scanned - before);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  #place(position: number, tail: Buffer, isMidLine: boolean): void {
    this.#position = position;
    this.#tail = tail;
    this.#splitter.isSkipping = isMidLine;
    this.#scanned = position;
    this.#scannedMtimeNs = -1n;
  }

  async #bytes(from: number, length: number): Promise<Buffer> {
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await this.#handle.read(buffer, 0, length, from);
    return buffer.subarray(0, bytesRead);
  }
}

/** Opens a file whose path had these stats; null if another file is there by now. A FIFO does not block it. */
export async function openFollowed(
  path: string,
  stats: Pick<BigIntStats, 'dev' | 'ino'>,
  options: FollowedFileOptions,
): Promise<FollowedFile | null> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  let same: FollowedFile | null = null;
  try {
    const file = new FollowedFile(handle, await handle.stat({ bigint: true }), options);
    if (file.isSame(stats)) same = file;
  } finally {
    if (same === null) await handle.close();
  }
  return same;
}
