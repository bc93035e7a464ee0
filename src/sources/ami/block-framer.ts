import { isAscii } from 'node:buffer';

/** Ends a message of AMI. Only CRLF ends a line: a bare CR or LF belongs to the value that it stands in. */
const BLOCK_END = '\r\n\r\n';
/** The most bytes of an end that can stand at the end of a chunk while the end is not complete. */
const PARTIAL_END_MAX = BLOCK_END.length - 1;

/**
 * Cuts a byte stream at the ends of AMI's messages ("blocks").
 *
 * It looks for the last end in each chunk, not for every end, so that its cost is that of a chunk; the reader goes
 * through the blocks one after the other anyway. What follows the last end waits for the next chunk, in a buffer that
 * never grows beyond `blockBytesMax`: a longer block is given up, counted once, and skipped up to its end.
 */
export class BlockFramer {
  readonly #blockBytesMax: number;
  readonly #onOversize: () => void;
  #rest: Buffer = Buffer.alloc(0);
  #restLength = 0;
  #skipping = false;

  /** @param blockBytesMax the longest block that is read, in bytes without its end. */
  constructor(blockBytesMax: number, onOversize: () => void) {
    this.#blockBytesMax = blockBytesMax;
    this.#onOversize = onOversize;
  }

  /** Whether the stream stopped in the middle of a block, one that was given up and counted left out. */
  get isMidBlock(): boolean {
    return this.#restLength > 0 && !this.#skipping;
  }

  /** @returns one or more whole blocks with their ends, or null while there is none. */
  push(chunk: Buffer): string | null {
    const joined = this.#restLength === 0 ? chunk : this.#append(chunk);
    // An end may begin up to three bytes before the new bytes; everything earlier is known to hold none.
    const searched = Math.max(0, joined.length - chunk.length - PARTIAL_END_MAX);
    const last = joined.subarray(searched).lastIndexOf(BLOCK_END);
    if (last < 0) {
      this.#keep(joined);
      return null;
    }
    const end = searched + last + BLOCK_END.length;
    const start = this.#skipping ? joined.indexOf(BLOCK_END) + BLOCK_END.length : 0;
    this.#skipping = false;
    const text = start < end ? decode(joined.subarray(start, end)) : null;
    this.#keep(joined.subarray(end));
    return text;
  }

  #append(chunk: Buffer): Buffer {
    const length = this.#restLength + chunk.length;
    if (length > this.#rest.length) {
      const grown = Buffer.allocUnsafe(length * 2);
      this.#rest.copy(grown, 0, 0, this.#restLength);
      this.#rest = grown;
    }
    chunk.copy(this.#rest, this.#restLength);
    return this.#rest.subarray(0, length);
  }

  #keep(bytes: Buffer): void {
    if (!this.#skipping && bytes.length > this.#blockBytesMax + PARTIAL_END_MAX) {
      this.#skipping = true;
      this.#onOversize();
    }
    // Of a block that is skipped, only what may be the beginning of its end matters.
    const kept = this.#skipping ? bytes.subarray(Math.max(0, bytes.length - PARTIAL_END_MAX)) : bytes;
    this.#restLength = 0;
    const isInPlace = kept.buffer === this.#rest.buffer && kept.byteOffset === this.#rest.byteOffset;
    if (!isInPlace) this.#append(kept);
    this.#restLength = kept.length;
  }
}

/** Asterisk passes on valid UTF-8 only; anything else would show as U+FFFD. One-byte text is several times cheaper. */
function decode(bytes: Buffer): string {
  return isAscii(bytes) ? bytes.toString('latin1') : bytes.toString('utf8');
}
