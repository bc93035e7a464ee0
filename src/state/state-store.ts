import { join } from 'node:path';
import { classicLevels, type KeyRange, type Level, type LevelChange, type Levels } from './level.js';
import { META_SECTION, openMended, type StateNotice } from './open-mended.js';
import {
  isIntact,
  KEY_LENGTH_MAX,
  type RefusedReason,
  readRecord,
  sectionRange,
  writtenKey,
  writtenValue,
} from './state-record.js';

export interface StateStoreOptions {
  /** Told what was lost or mended: while the store is opened, and later where a failed write made it open its files anew. */
  readonly onNotice: (notice: StateNotice) => void;
  /** Told of each record that is not kept, and why. */
  readonly onRefused: (reason: RefusedReason) => void;
  readonly levels?: Levels;
  /** Milliseconds since the Unix epoch. */
  readonly now?: () => number;
}

/**
 * What outlives a restart: records by section and key, in LevelDB's files in `state` below a directory of its own.
 * What `save` has resolved for is on the disk, whatever happens to the process or the machine afterwards.
 *
 * One process at a time can have it open. Damage never keeps it from being opened.
 */
export class StateStore {
  readonly #path: string;
  readonly #options: Required<StateStoreOptions>;
  /** Null after a write that failed: LevelDB's log may end in the middle of a record then, and only opening anew gives it a new one. */
  #level: Promise<Level> | null = null;
  /** The last write; the next one waits for it. Never rejects. */
  #turn: Promise<void> = Promise.resolve();
  #closed: Promise<void> | null = null;

  private constructor(directory: string, options: StateStoreOptions) {
    this.#path = join(directory, 'state');
    this.#options = { levels: classicLevels, now: Date.now, ...options };
  }

  /**
   * @param directory is made, for this user alone, where it is missing.
   * @throws StateError for what only people can mend; its message says how.
   */
  static async open(directory: string, options: StateStoreOptions): Promise<StateStore> {
    const store = new StateStore(directory, options);
    await store.#opened();
    return store;
  }

  /**
   * The records of a section, in no order that means anything. Made for the start: what is saved meanwhile is not among them,
   * and a write that fails meanwhile ends it.
   * @throws StateError
   */
  async *load(section: string): AsyncGenerator<[key: string, value: unknown], void, undefined> {
    const range = this.#range(section);
    const level = await this.#opened();
    for await (const entries of level.entries(range)) {
      for (const [key, value] of entries) {
        // All were intact when the files were opened; a disk can change its mind.
        if (isIntact(key, value)) yield readRecord(key, value);
        else this.#options.onNotice({ kind: 'records_dropped', text: 'a record was damaged and is dropped' });
      }
    }
  }

  /**
   * Writes all of the changes or none, and resolves when they are on the disk. The changes are read before it returns.
   * @param changes values must have a JSON text; null deletes. A record whose value is refused is deleted too, rather than left old.
   * @throws StateError; the same changes can be tried again.
   */
  async save(section: string, changes: Iterable<readonly [key: string, value: unknown]>): Promise<void> {
    this.#range(section);
    const written = this.#written(section, changes);
    if (written.length === 0) return;
    const turn = this.#turn.then(() => this.#write(written));
    this.#turn = turn.catch(() => undefined); // Whoever saved is told.
    return turn;
  }

  /** Waits for the writes that were begun. Can be called again. */
  async close(): Promise<void> {
    this.#closed ??= this.#turn.then(async () => {
      const level = await this.#level?.catch(() => null); // Who waits for it is told why it does not open.
      await level?.close();
    });
    return this.#closed;
  }

  /** @throws for what would be a fault of ours: a closed store, a section that nobody may have. */
  #range(section: string): KeyRange {
    if (this.#closed !== null) throw new Error('the state store is closed');
    if (section === META_SECTION) throw new TypeError(`the section ${META_SECTION} is the store's own`);
    return sectionRange(section);
  }

  #written(section: string, changes: Iterable<readonly [key: string, value: unknown]>): LevelChange[] {
    const written: LevelChange[] = [];
    for (const [key, value] of changes) {
      if (key.length > KEY_LENGTH_MAX) this.#options.onRefused('key_too_long');
      else written.push(this.#change(writtenKey(section, key), value));
    }
    return written;
  }

  #change(key: string, value: unknown): LevelChange {
    if (value === null) return { key, value };
    const written = writtenValue(key, value);
    if (typeof written === 'string') return { key, value: written };
    this.#options.onRefused(written.refused);
    return { key, value: null };
  }

  async #write(changes: readonly LevelChange[]): Promise<void> {
    const level = await this.#opened();
    try {
      await level.write(changes);
    } catch (error) {
      this.#level = null;
      await level.close();
      throw error;
    }
  }

  async #opened(): Promise<Level> {
    this.#level ??= openMended(this.#path, this.#options);
    try {
      return await this.#level;
    } catch (error) {
      this.#level = null;
      throw error;
    }
  }
}
