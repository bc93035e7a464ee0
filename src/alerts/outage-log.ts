import type { Log } from '../domain/log.js';

/** A failure that stays the same is said again after this time, so that a log that was rotated still shows it. */
const REPEAT_MS = 600_000;

/** Writes for the operator that a receiver fails and that it is well again: each outage once, not each of its failures. */
export class OutageLog {
  readonly #log: Log;
  readonly #fields: object;
  readonly #now: () => number;
  /** Null: no outage. */
  #said: { readonly reason: string; readonly at: number } | null = null;

  /**
   * @param fields say which receiver
   * @param now milliseconds of a clock that never goes back
   */
  constructor(log: Log, fields: object, now: () => number) {
    this.#log = log;
    this.#fields = fields;
    this.#now = now;
  }

  failed(reason: string): void {
    const at = this.#now();
    if (this.#said?.reason === reason && at - this.#said.at < REPEAT_MS) return;
    this.#said = { reason, at };
    this.#log.warn({ ...this.#fields, reason }, 'alerts are not delivered');
  }

  over(): void {
    if (this.#said === null) return;
    this.#said = null;
    this.#log.info(this.#fields, 'alerts are delivered again');
  }
}
