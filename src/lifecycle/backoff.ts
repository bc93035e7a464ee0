/** How long to wait before the next try: twice as long after each failure, up to a limit, with jitter, for ever. */
export class Backoff {
  readonly #firstMs: number;
  readonly #maxMs: number;
  readonly #random: () => number;
  #nextMs: number;

  /** @param random gives numbers from 0 up to, not including, 1. */
  constructor(firstMs: number, maxMs: number, random: () => number = Math.random) {
    this.#firstMs = Math.min(firstMs, maxMs);
    this.#maxMs = maxMs;
    this.#random = random;
    this.#nextMs = this.#firstMs;
  }

  /** @returns milliseconds, between half of the step and the whole of it, so that fifty clients do not come back at once. */
  next(): number {
    const stepMs = this.#nextMs;
    this.#nextMs = Math.min(stepMs * 2, this.#maxMs);
    return Math.round(stepMs * (0.5 + this.#random() / 2));
  }

  reset(): void {
    this.#nextMs = this.#firstMs;
  }
}
