import type { Log } from '../domain/log.js';
import { Backoff } from './backoff.js';
import type { pause } from './pause.js';

type Change = readonly [key: string, value: unknown];

export interface WriteBehindOptions {
  /** The record of a key as it is now; null where it is gone, which deletes it on the disk too. */
  readonly read: (key: string) => unknown;
  /** Writes all of the changes or none, and resolves when they are on the disk. */
  readonly write: (changes: readonly Change[]) => Promise<void>;
  readonly log: Log;
  /** Logged once when writes begin to fail, and once when they work again. */
  readonly texts: { readonly failing: string; readonly mended: string };
  /** Counts writes that failed or hung, and keys that were given up for want of room. */
  readonly count: (what: 'failures' | 'overflowed') => void;
  /** Keys that may wait; at least twice as many as the owner can have records, see `mark`. */
  readonly keysMax: number;
  /** From the mark to its write, and between two writes. 0: a write takes what was marked in one tick. */
  readonly everyMs: number;
  /** How long the last writes may take. */
  readonly graceMs: number;
  /** Records in one write, so that the event loop is not held up: 5,000 of 300 bytes take some 20 ms of it. */
  readonly recordsMax?: number;
  /** A write that takes longer counts as failed for those who wait for it. */
  readonly slowMs?: number;
  /** The first and the longest wait after a failure. */
  readonly retryMinMs?: number;
  readonly retryMaxMs?: number;
  readonly wait: typeof pause;
  /** From 0 to below 1. */
  readonly random: () => number;
}

type Answer = (isKept: boolean) => void;

/**
 * Keeps a store equal to what its owner has in memory. The owner marks the keys that have changed; they are written one batch at a time,
 * the longest waiting first, each with its record of that moment. So a write that is late or tried again never brings back an old record.
 *
 * A write that fails is tried again for ever, with growing pauses. Nobody has to wait for that: a `save` is answered as soon as it is
 * certain to be late.
 */
export class WriteBehind {
  readonly #options: Required<WriteBehindOptions>;
  readonly #backoff: Backoff;
  /** In the order in which they will be written; a key that is marked again keeps its place, so none waits for ever. */
  readonly #waiting = new Set<string>();
  readonly #asking = new Map<string, Answer[]>();
  /** How many keys are being written. They wait again if that fails. */
  #inFlight = 0;
  #isFailing = false;
  #working: Promise<void> | null = null;
  readonly #stop = new AbortController();
  readonly #grace = new AbortController();

  constructor(options: WriteBehindOptions) {
    this.#options = { recordsMax: 5_000, slowMs: 5_000, retryMinMs: 1_000, retryMaxMs: 60_000, ...options };
    const { retryMinMs, retryMaxMs, random } = this.#options;
    this.#backoff = new Backoff(retryMinMs, retryMaxMs, random);
  }

  get isFailing(): boolean {
    return this.#isFailing;
  }

  /** Keys that are marked and not on the disk yet. */
  get waiting(): number {
    return this.#waiting.size + this.#inFlight;
  }

  /**
   * Notes that the record of the key has changed. When keysMax wait, deletions are given up to make room: their records stay on the
   * disk, out of date. At most half of the keys that wait have a record, so there is always room for one.
   * @param key is kept until it is written, so it must not hold on to a larger text.
   * @returns whether it will be written.
   */
  mark(key: string): boolean {
    if (!this.#waiting.has(key) && !this.#hasRoom(key)) {
      this.#options.count('overflowed');
      return false;
    }
    this.#waiting.add(key);
    this.#working ??= this.#work();
    return true;
  }

  /** Marks the key. @returns whether its record is on the disk; false as soon as that is late. */
  save(key: string): Promise<boolean> {
    if (!this.mark(key) || this.#isFailing || this.#stop.signal.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const asking = this.#asking.get(key);
      if (asking === undefined) this.#asking.set(key, [resolve]);
      else asking.push(resolve);
    });
  }

  /** Writes what waits, without pauses unless it fails. @returns false when the grace time ended before all was written. */
  async stop(): Promise<boolean> {
    const { graceMs, wait } = this.#options;
    this.#backoff.reset();
    this.#stop.abort();
    const isOver = new AbortController();
    const grace = wait(graceMs, isOver.signal).then(() => this.#grace.abort());
    await Promise.race([this.#working, grace]);
    isOver.abort();
    return this.waiting === 0;
  }

  #hasRoom(key: string): boolean {
    const { keysMax, read } = this.#options;
    if (this.waiting < keysMax) return true;
    if (read(key) === null) return false;
    for (const waiting of this.#waiting) if (read(waiting) === null) this.#giveUp(waiting);
    return this.waiting < keysMax;
  }

  #giveUp(key: string): void {
    this.#waiting.delete(key);
    this.#options.count('overflowed');
    for (const answer of this.#answersOf(key)) answer(false);
  }

  async #work(): Promise<void> {
    await this.#rest(true);
    while (this.#waiting.size > 0 && !this.#grace.signal.aborted) await this.#rest(await this.#writeNext());
    this.#working = null;
  }

  /** The pause before a write. A stop cuts it short, and its own writes wait only after a failure. */
  async #rest(isDone: boolean): Promise<void> {
    const { everyMs, wait } = this.#options;
    const isStopping = this.#stop.signal.aborted;
    const ms = isDone ? everyMs : this.#backoff.next();
    if (!isStopping && ms > 0) await wait(ms, this.#stop.signal);
    else if (isStopping && !isDone) await wait(ms, this.#grace.signal);
  }

  async #writeNext(): Promise<boolean> {
    const { read, write, slowMs, wait } = this.#options;
    const { keys, answers } = this.#take();
    const done = new AbortController();
    void wait(slowMs, done.signal).then(() => done.signal.aborted || this.#fail(answers, 'the disk does not answer'));
    try {
      await write(keys.map((key) => [key, read(key)]));
    } catch (error) {
      // The disk's fault or the store's own: either way the records are safe only here, and must not die with it.
      for (const key of keys) this.#waiting.add(key);
      this.#fail(answers, error instanceof Error ? error.message : String(error));
      return false;
    } finally {
      done.abort();
      this.#inFlight = 0;
    }
    this.#succeed(answers);
    return true;
  }

  #take(): { readonly keys: readonly string[]; readonly answers: Answer[] } {
    const keys: string[] = [];
    for (const key of this.#waiting) {
      if (keys.length === this.#options.recordsMax) break;
      keys.push(key);
    }
    for (const key of keys) this.#waiting.delete(key);
    this.#inFlight = keys.length;
    return { keys, answers: keys.flatMap((key) => this.#answersOf(key)) };
  }

  /** Takes out who waits for the key. */
  #answersOf(key: string): readonly Answer[] {
    const answers = this.#asking.get(key) ?? [];
    this.#asking.delete(key);
    return answers;
  }

  #succeed(answers: readonly Answer[]): void {
    this.#backoff.reset();
    if (this.#isFailing) this.#options.log.info({}, this.#options.texts.mended);
    this.#isFailing = false;
    for (const answer of answers) answer(true);
  }

  /** Nobody waits for a store that fails: not those of this write, nor those of the next. */
  #fail(answers: Answer[], reason: string): void {
    const { count, log, texts } = this.#options;
    count('failures');
    if (!this.#isFailing) log.warn({ reason }, texts.failing);
    this.#isFailing = true;
    for (const answer of answers.splice(0)) answer(false);
    for (const key of [...this.#asking.keys()]) for (const answer of this.#answersOf(key)) answer(false);
  }
}
