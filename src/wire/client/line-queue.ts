/** Lines that wait, the oldest first. When there are too many the oldest ones go: what is decided now matters more. */
export class LineQueue {
  readonly #lengthMax: number;
  readonly #lines: string[] = [];
  #dropped = 0;

  constructor(lengthMax: number) {
    this.#lengthMax = lengthMax;
  }

  get length(): number {
    return this.#lines.length;
  }

  /** How many had to go, since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  push(line: string): void {
    this.#lines.push(line);
    this.#trim();
  }

  /** Takes the oldest ones out, `count` of them at most. */
  take(count: number): string[] {
    return this.#lines.splice(0, count);
  }

  /** Puts back what was taken last, in front of what came since. */
  giveBack(lines: readonly string[]): void {
    this.#lines.unshift(...lines);
    this.#trim();
  }

  #trim(): void {
    // One at a time: V8 takes the first one off a long array without moving the rest.
    for (; this.#lines.length > this.#lengthMax; this.#dropped += 1) this.#lines.shift();
  }
}
