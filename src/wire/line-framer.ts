const LF = 0x0a;
const NOTHING = Buffer.alloc(0);

export interface LineFramerOutput {
  /** A line without its end; what is not UTF-8 in it is replaced. */
  readonly onLine: (line: string) => void;
  /** Told once for each line that is longer than the limit; it is skipped up to its end. */
  readonly onOversize: () => void;
}

/** Cuts a stream of bytes into lines. What comes after the last line end is no line. */
export class LineFramer {
  readonly #bytesMax: number;
  readonly #output: LineFramerOutput;
  /** The line that has no end yet, as far as it has come. */
  #held = NOTHING;
  #isOversize = false;

  /** @param bytesMax of a line without its end. */
  constructor(bytesMax: number, output: LineFramerOutput) {
    this.#bytesMax = bytesMax;
    this.#output = output;
  }

  push(chunk: Buffer): void {
    let from = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, from)) {
      this.#add(chunk.subarray(from, end));
      this.#end();
      from = end + 1;
    }
    this.#add(chunk.subarray(from));
  }

  #add(part: Buffer): void {
    if (this.#isOversize) return;
    this.#isOversize = this.#held.length + part.length > this.#bytesMax;
    this.#held = this.#isOversize ? NOTHING : Buffer.concat([this.#held, part]);
    if (this.#isOversize) this.#output.onOversize();
  }

  #end(): void {
    if (!this.#isOversize) this.#output.onLine(this.#held.toString());
    this.#held = NOTHING;
    this.#isOversize = false;
  }
}
