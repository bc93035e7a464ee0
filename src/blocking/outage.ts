import type { Log } from '../domain/log.js';

export interface OutageTexts {
  readonly begun: string;
  readonly over: string;
}

/** Something that we cannot do without fails, and is tried for ever: each kind of failure is said once until it is mended. */
export class Outage {
  readonly #log: Log;
  readonly #texts: OutageTexts;
  readonly #said = new Set<string>();

  constructor(log: Log, texts: OutageTexts) {
    this.#log = log;
    this.#texts = texts;
  }

  get isOn(): boolean {
    return this.#said.size > 0;
  }

  /**
   * @param kind one of a closed list.
   * @param reason for people.
   */
  failed(kind: string, reason: string): void {
    if (this.#said.has(kind)) return;
    this.#said.add(kind);
    this.#log.warn({ kind, reason }, this.#texts.begun);
  }

  over(fields: object = {}): void {
    if (!this.isOn) return;
    this.#said.clear();
    this.#log.info(fields, this.#texts.over);
  }
}
