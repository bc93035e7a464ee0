import { Increments } from '../domain/increments.js';
import type { Reading } from '../domain/reading.js';

/** What a process counts of itself, by the meter's name: a closed list. */
export class OwnCounts {
  readonly #totals = new Map<string, number>();
  readonly #increments = new Increments();

  add(name: string, count = 1): void {
    this.#totals.set(name, (this.#totals.get(name) ?? 0) + count);
  }

  /** What a StatsD sink tells, counted. @param program whose meters they are. */
  ofStatsd(program: string) {
    return {
      onError: () => this.add(`${program}.statsd.errors`),
      onDrop: (reason: string, lines: number) => this.add(`${program}.statsd.dropped.${reason}`, lines),
    };
  }

  /** What was added since the last call. */
  readings(): Reading[] {
    return this.#increments.take(this.#totals);
  }
}
