import { Increments } from './increments.js';
import type { Reading } from './reading.js';

/** Totals by meter name, which only grow. The names are a closed list. */
export class Counts<Name extends string = string> {
  readonly #totals = new Map<Name, number>();
  readonly #increments = new Increments();

  add(name: Name, count = 1): void {
    this.#totals.set(name, this.total(name) + count);
  }

  total(name: Name): number {
    return this.#totals.get(name) ?? 0;
  }

  /** What was added since the last call. */
  readings(): Reading[] {
    return this.#increments.take(this.#totals);
  }
}
