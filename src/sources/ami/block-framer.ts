/** Ends a message of AMI. Only CRLF ends a line: a bare CR or LF belongs to the value that it stands in. */
const BLOCK_END = '\r\n\r\n';
/** The most bytes of an end that can stand at the end of a chunk while the end is not complete. */
const PARTIAL_END_MAX = BLOCK_END.length - 1;

/**
 * Cuts a byte stream at the ends of AMI's messages ("blocks").
 *
 * In each chunk it looks for the first end, if a block waits for it, and for the last one; the reader goes through the
 * blocks one after the other anyway. What follows the last end waits for the next chunk, in a buffer that never grows
 * beyond `blockBytesMax` and a little: a longer block is given up, counted once, and skipped up to its end.
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

  /** @param onBlocks is given one or more whole blocks with their ends, in order; the bytes are valid until it returns. */
  push(chunk: Buffer, onBlocks: (blocks: Buffer) => void): void {
    const start = this.#restLength === 0 ? 0 : this.#endOfRest(chunk);
    if (start === null) {
      this.#wait(chunk);
      return;
    }
    if (start > 0) this.#finishRest(chunk.subarray(0, start), onBlocks);
    const last = chunk.lastIndexOf(BLOCK_END);
    const end = last < start ? start : last + BLOCK_END.length;
    if (end > start) onBlocks(chunk.subarray(start, end));
    if (end < chunk.length) this.#wait(chunk.subarray(end));
  }

  /** @returns how many bytes of the chunk belong to the block that waits, its end included; null if the end is not there. */
  #endOfRest(chunk: Buffer): number | null {
    const before = this.#rest.subarray(Math.max(0, this.#restLength - PARTIAL_END_MAX), this.#restLength);
    const seam = Buffer.concat([before, chunk.subarray(0, PARTIAL_END_MAX)]).indexOf(BLOCK_END);
    if (seam >= 0) return seam + BLOCK_END.length - before.length;
    const first = chunk.indexOf(BLOCK_END);
    return first < 0 ? null : first + BLOCK_END.length;
  }

  #finishRest(head: Buffer, onBlocks: (blocks: Buffer) => void): void {
    const isGivenUp = this.#skipping;
    if (!isGivenUp) this.#append(head);
    const block = this.#rest.subarray(0, this.#restLength);
    this.#restLength = 0;
    this.#skipping = false;
    if (!isGivenUp) onBlocks(block);
  }

  #wait(bytes: Buffer): void {
    this.#append(bytes);
    if (!this.#skipping && this.#restLength > this.#blockBytesMax + PARTIAL_END_MAX) {
      this.#skipping = true;
      this.#onOversize();
    }
    if (!this.#skipping) return;
    // Of a block that is given up, only what may be the beginning of its end matters.
    this.#rest.copyWithin(0, this.#restLength - PARTIAL_END_MAX, this.#restLength);
    this.#restLength = PARTIAL_END_MAX;
  }

  #append(bytes: Buffer): void {
    const length = this.#restLength + bytes.length;
    if (length > this.#rest.length) {
      const grown = Buffer.allocUnsafe(length * 2);
      this.#rest.copy(grown, 0, 0, this.#restLength);
      this.#rest = grown;
    }
    bytes.copy(this.#rest, this.#restLength);
    this.#restLength = length;
  }
}
