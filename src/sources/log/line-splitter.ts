const LF = 0x0a;

/**
 * Cuts what was read of a log into whole lines. It keeps no bytes: what is not a whole line yet is given again, and more
 * of it, the next time. A line beyond `lineBytesMax` is counted once and skipped up to its LF.
 */
export class LineSplitter {
  readonly #lineBytesMax: number;
  readonly #onOversize: () => void;
  /** Whether what comes next belongs to a line that is skipped. */
  isSkipping = false;

  /** @param lineBytesMax the longest line that is handed out, in bytes without its LF. */
  constructor(lineBytesMax: number, onOversize: () => void) {
    this.#lineBytesMax = lineBytesMax;
    this.#onOversize = onOversize;
  }

  /**
   * @param bytes what follows that which was done with the last time.
   * @param onLines is given one or more whole lines with their LFs, in order; the bytes are valid until it returns.
   * @returns how many bytes are done with. If it is 0 for more than `lineBytesMax` bytes, something is broken.
   */
  push(bytes: Buffer, onLines: (lines: Buffer) => void): number {
    let start = this.isSkipping ? this.#skip(bytes, 0) : 0;
    for (;;) {
      const end = this.#endOfLines(bytes, start);
      if (end > start) onLines(bytes.subarray(start, end));
      if (bytes.length - end <= this.#lineBytesMax) return end;
      this.#onOversize();
      start = this.#skip(bytes, end);
    }
  }

  /** @returns where the whole lines from `start` on end, at the last LF or before a line that is too long. */
  #endOfLines(bytes: Buffer, start: number): number {
    let end = start;
    // The last LF in each stretch of the greatest length is enough: no line before it can be longer.
    while (end < bytes.length) {
      const last = bytes.lastIndexOf(LF, end + this.#lineBytesMax);
      if (last < end) break;
      end = last + 1;
    }
    return end;
  }

  /** @returns the start of the line after the one at `from`; the end of the bytes where that is not there yet. */
  #skip(bytes: Buffer, from: number): number {
    const end = bytes.indexOf(LF, from);
    this.isSkipping = end < 0;
    return this.isSkipping ? bytes.length : end + 1;
  }
}
