import { once } from 'node:events';
import { Backoff } from '../lifecycle/backoff.js';
import { pause } from '../lifecycle/pause.js';
import { StateError } from './state-error.js';
import type { StateStore } from './state-store.js';

export interface JournalOptions<T> {
  readonly store: Pick<StateStore, 'save'>;
  readonly section: string;
  /** The value of a key as it is now; null where its record is gone. */
  readonly read: (key: string) => T | null;
  /** Told when writing begins to fail, once until it works again. */
  readonly onFailing: (error: StateError) => void;
  /** Told when what had failed was written. */
  readonly onMended: () => void;
  /** Between the end of one write and the start of the next. */
  readonly everyMs?: number;
  /** The longest wait between tries while writing fails; it begins at everyMs and doubles. */
  readonly retryMaxMs?: number;
  /** Records a write, so that the event loop is not held up: 5,000 of 300 bytes take some 20 ms of it. */
  readonly recordsMax?: number;
  /** Keys that may wait; more are not taken. */
  readonly keysMax?: number;
  /** How long the last writes may take. */
  readonly graceMs?: number;
  readonly wait?: typeof pause;
  /** From 0 to below 1. */
  readonly random?: () => number;
}

/** What a Journal knows of itself; all but `waiting` since its start. */
export interface JournalCounts {
  /** Marked and not on the disk yet. */
  readonly waiting: number;
  readonly written: number;
  readonly failures: number;
  /** Keys that were not taken because keysMax were waiting. */
  readonly overflowed: number;
}

/**
 * Writes a section of the store behind its owner, who only marks which keys have changed: one write at a time, of the keys that have
 * waited longest, with the values of that moment. A key that is marked again while it waits keeps its place, so none waits for ever.
 */
export class Journal<T> {
  readonly #options: Required<JournalOptions<T>>;
  readonly #backoff: Backoff;
  /** In the order in which they will be written. */
  readonly #waiting = new Set<string>();
  /** Taken by the write that is under way; they wait again if it fails. */
  #taken = 0;
  #written = 0;
  #failures = 0;
  #overflowed = 0;
  #isFailing = false;

  constructor(options: JournalOptions<T>) {
    this.#options = {
      everyMs: 1_000,
      retryMaxMs: 60_000,
      recordsMax: 5_000,
      keysMax: 500_000,
      graceMs: 5_000,
      wait: pause,
      random: Math.random,
      ...options,
    };
    const { everyMs, retryMaxMs, random } = this.#options;
    this.#backoff = new Backoff(everyMs, retryMaxMs, random);
  }

  /** @param key is kept until it is written, so it must not hold on to a larger text. */
  mark(key: string): void {
    if (this.#unwritten() < this.#options.keysMax || this.#waiting.has(key)) this.#waiting.add(key);
    else this.#overflowed += 1;
  }

  counts(): JournalCounts {
    return {
      waiting: this.#unwritten(),
      written: this.#written,
      failures: this.#failures,
      overflowed: this.#overflowed,
    };
  }

  /**
   * Writes until the signal is aborted, and then all that waits, without pauses.
   * @returns false when the grace time ended before all was written.
   */
  async run(signal: AbortSignal): Promise<boolean> {
    const { graceMs, wait } = this.#options;
    const grace = new AbortController();
    const writing = this.#writeUntil(signal, grace.signal);
    try {
      if (!signal.aborted) await Promise.race([writing, once(signal, 'abort')]);
      return await Promise.race([writing, wait(graceMs, grace.signal).then(() => false)]);
    } finally {
      grace.abort();
    }
  }

  async #writeUntil(signal: AbortSignal, grace: AbortSignal): Promise<boolean> {
    const { everyMs, wait } = this.#options;
    let waitMs = everyMs;
    while (!signal.aborted) {
      await wait(waitMs, signal);
      if (signal.aborted) break;
      waitMs = (await this.#write()) ? everyMs : this.#backoff.next();
    }
    this.#backoff.reset();
    while (this.#waiting.size > 0 && !grace.aborted) {
      if (!(await this.#write())) await wait(this.#backoff.next(), grace);
    }
    return this.#waiting.size === 0;
  }

  /** @returns whether it worked. What it did not write waits again, at the end. */
  async #write(): Promise<boolean> {
    const { store, section, read } = this.#options;
    const keys = this.#take();
    if (keys.length === 0) return true;
    try {
      await store.save(
        section,
        keys.map((key) => [key, read(key)] as const),
      );
    } catch (error) {
      // Anything else is no fault of the disk, and would be the same at the next try.
      if (!(error instanceof StateError)) throw error;
      for (const key of keys) this.#waiting.add(key);
      this.#fail(error);
      return false;
    } finally {
      this.#taken = 0;
    }
    this.#written += keys.length;
    this.#succeed();
    return true;
  }

  #unwritten(): number {
    return this.#waiting.size + this.#taken;
  }

  #take(): string[] {
    const keys: string[] = [];
    for (const key of this.#waiting) {
      if (keys.length === this.#options.recordsMax) break;
      keys.push(key);
    }
    for (const key of keys) this.#waiting.delete(key);
    this.#taken = keys.length;
    return keys;
  }

  #fail(error: StateError): void {
    this.#failures += 1;
    if (!this.#isFailing) this.#options.onFailing(error);
    this.#isFailing = true;
  }

  #succeed(): void {
    this.#backoff.reset();
    if (this.#isFailing) this.#options.onMended();
    this.#isFailing = false;
  }
}
