import type { Reading } from './reading.js';

/** Makes readings of totals that only grow: each time what was added since the last, without zeros. */
export class Increments {
  /** The totals that the last `take` saw, by meter name. */
  readonly #taken = new Map<string, number>();

  take(totals: Iterable<readonly [name: string, total: number]>): Reading[] {
    const readings: Reading[] = [];
    for (const [name, total] of totals) {
      const value = total - (this.#taken.get(name) ?? 0);
      if (value === 0) continue;
      this.#taken.set(name, total);
      readings.push({ kind: 'counter', name, value });
    }
    return readings;
  }
}
