const MINUTE_MS = 60_000;

/** Counts what happened within the last minute, whichever minute that is, up to a number. */
export class MinuteCap {
  readonly #max: number;
  /** When the last `max` happened; the oldest is at #at and is overwritten next. */
  readonly #times: Float64Array;
  #at = 0;

  /** @param max 0: it is always reached. */
  constructor(max: number) {
    this.#max = max;
    this.#times = new Float64Array(max).fill(Number.NEGATIVE_INFINITY);
  }

  /** @param now a clock that was set back makes room rather than none for a long time. */
  isReached(now: number): boolean {
    const age = now - (this.#times[this.#at] ?? now);
    return age >= 0 && age < MINUTE_MS;
  }

  count(now: number): void {
    this.#times[this.#at] = now;
    this.#at = (this.#at + 1) % this.#max;
  }
}
