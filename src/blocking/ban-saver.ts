import type { Log } from '../domain/log.js';
import { Backoff } from '../lifecycle/backoff.js';
import type { pause } from '../lifecycle/pause.js';
import { Outage } from './outage.js';
import type { Tally } from './tally.js';

/** Where bans outlive a restart: a section of the state store. */
export interface BanRecords {
  load(): AsyncIterable<readonly [key: string, value: unknown]>;
  /** All of them or none; resolves when they are on the disk. A value of null deletes. */
  save(changes: Iterable<readonly [key: string, value: unknown]>): Promise<void>;
}

export interface BanSaverOptions {
  readonly records: Pick<BanRecords, 'save'>;
  readonly tally: Tally;
  readonly log: Log;
  /** Changes that may wait. More are taken only if they are bans, so that there are never more than this and all bans. */
  readonly keysMax: number;
  /** Records a save, so that the event loop is not held up: 5,000 take some 20 ms of it. */
  readonly recordsMax?: number;
  /** How long whoever asked may be kept waiting by a disk that hangs. */
  readonly slowMs?: number;
  readonly retryMinMs?: number;
  readonly retryMaxMs?: number;
  readonly wait: typeof pause;
  readonly random: () => number;
}

const OUTAGE_TEXTS = {
  begun: 'bans cannot be saved, and a restart would forget them; trying again for ever',
  over: 'bans are saved again',
};

interface Change {
  readonly value: unknown;
  /** Who waits for it. */
  readonly asking: ((isKept: boolean) => void)[];
}

/**
 * Group commit: one save at a time, and what comes meanwhile goes together in the next one. What could not be saved is tried again
 * for ever, with the value that the key has by then; nobody waits for that.
 */
export class BanSaver {
  readonly #options: Required<BanSaverOptions>;
  readonly #outage: Outage;
  readonly #backoff: Backoff;
  #waiting = new Map<string, Change>();
  #working: Promise<void> | null = null;
  readonly #life = new AbortController();

  constructor(options: BanSaverOptions) {
    this.#options = { recordsMax: 5_000, slowMs: 5_000, retryMinMs: 1_000, retryMaxMs: 60_000, ...options };
    const { log, retryMinMs, retryMaxMs, random } = this.#options;
    this.#outage = new Outage(log, OUTAGE_TEXTS);
    this.#backoff = new Backoff(retryMinMs, retryMaxMs, random);
  }

  get isFailing(): boolean {
    return this.#outage.isOn;
  }

  /**
   * @param value null: the record is deleted. One that finds no room stays, and counts for nothing once its ban has ended.
   * @returns whether it is on the disk; false as soon as that cannot be said.
   */
  save(key: string, value: unknown): Promise<boolean> {
    const before = this.#waiting.get(key);
    if (value === null && before === undefined && this.#waiting.size >= this.#options.keysMax) {
      this.#options.tally.add('blocker.store.overflowed');
      return Promise.resolve(false);
    }
    const asking = before?.asking ?? [];
    this.#waiting.set(key, { value, asking });
    this.#working ??= this.#work();
    if (this.isFailing || this.#life.signal.aborted) return Promise.resolve(false);
    return new Promise((resolve) => asking.push(resolve));
  }

  /** Saves what waits, and tries what failed once more. @returns whether all is on the disk. */
  async stop(): Promise<boolean> {
    this.#life.abort();
    await this.#working;
    return this.#waiting.size === 0;
  }

  async #work(): Promise<void> {
    // What is changed in the same tick goes together, and the kernel is told before the disk.
    await Promise.resolve();
    while (this.#waiting.size > 0) {
      const isLast = this.#life.signal.aborted;
      const isSaved = await this.#save();
      if (isSaved) continue;
      if (isLast) break;
      await this.#options.wait(this.#backoff.next(), this.#life.signal);
    }
    this.#working = null;
  }

  async #save(): Promise<boolean> {
    const batch = this.#take();
    const done = new AbortController();
    void this.#answerSlow(batch, done.signal);
    try {
      await this.#options.records.save([...batch].map(([key, { value }]) => [key, value] as const));
    } catch (error) {
      // The disk's fault or the store's own: either way the bans are in the kernel, and only here is there nothing to be lost.
      this.#fail(batch, error instanceof Error ? error.message : String(error));
      for (const [key, { value }] of batch) {
        if (!this.#waiting.has(key)) this.#waiting.set(key, { value, asking: [] });
      }
      return false;
    } finally {
      done.abort();
    }
    this.#backoff.reset();
    this.#outage.over();
    tell(batch, true);
    return true;
  }

  #take(): ReadonlyMap<string, Change> {
    const taken = [...this.#waiting].slice(0, this.#options.recordsMax);
    for (const [key] of taken) this.#waiting.delete(key);
    return new Map(taken);
  }

  async #answerSlow(batch: ReadonlyMap<string, Change>, done: AbortSignal): Promise<void> {
    await this.#options.wait(this.#options.slowMs, done);
    if (!done.aborted) this.#fail(batch, 'the disk does not answer');
  }

  /** Nobody waits for a store that fails. */
  #fail(batch: ReadonlyMap<string, Change>, reason: string): void {
    this.#options.tally.add('blocker.store.failures');
    this.#outage.failed('store', reason);
    tell(batch, false);
    tell(this.#waiting, false);
  }
}

function tell(changes: ReadonlyMap<string, Change>, isKept: boolean): void {
  for (const { asking } of changes.values()) for (const answer of asking.splice(0)) answer(isKept);
}
