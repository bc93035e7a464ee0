import { ClassicLevel } from 'classic-level';
import { stateError } from './state-error.js';

/** From `gte` on, up to and without `lt`. */
export interface KeyRange {
  readonly gte: string;
  readonly lt: string;
}

export type Entry = readonly [key: Buffer, value: string];

/** `value` null: the key is deleted, which can be bytes, since a damaged one has no text. */
export type LevelChange =
  | { readonly key: string; readonly value: string | null }
  | { readonly key: Buffer; readonly value: null };

/** What is used of an open LevelDB. All of it fails with a StateError. */
export interface Level {
  /** Everything in a range (null: everything), as it is when the first is asked for; some at a time, since each wait costs. */
  entries(range: KeyRange | null): AsyncIterable<readonly Entry[]>;
  /** All of the changes or none; resolves when they are on the disk. */
  write(changes: readonly LevelChange[]): Promise<void>;
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** Where Levels come from: LevelDB's files, or a test's own. */
export interface Levels {
  /** @param path a directory that is there. */
  open(path: string): Promise<Level>;
  /** Makes of a damaged one what can be opened, and moves what it cannot use into `lost`. */
  repair(path: string): Promise<void>;
}

/**
 * Read at a time: with LevelDB's own 16 KB 200,000 records take twice as long, and with this the event loop is held up
 * for less than a millisecond.
 */
const READ_BYTES = 256 * 1024;
const READ_RECORDS = 1000;

export const classicLevels: Levels = {
  open: async (path) => {
    const database = new ClassicLevel<string, string>(path);
    await telling(path, database.open());
    return opened(database, path);
  },
  repair: (path) => telling(path, ClassicLevel.repair(path)),
};

type Database = ClassicLevel<string, string>;

function opened(database: Database, path: string): Level {
  return {
    entries: (range) => entriesOf(database, path, range),
    write: (changes) => telling(path, write(database, changes)),
    clear: () => telling(path, database.clear()),
    close: () => telling(path, database.close()),
  };
}

/** A chained batch holds up the event loop for a sixth of the time that a list of operations does. */
async function write(database: Database, changes: readonly LevelChange[]): Promise<void> {
  const batch = database.batch();
  for (const { key, value } of changes) {
    if (Buffer.isBuffer(key)) batch.del(key, { keyEncoding: 'buffer' });
    else if (value === null) batch.del(key);
    else batch.put(key, value);
  }
  await batch.write({ sync: true });
}

async function* entriesOf(database: Database, path: string, range: KeyRange | null): AsyncGenerator<Entry[]> {
  const iterator = await telling(path, iteratorOf(database, range));
  try {
    for (;;) {
      const entries = await telling(path, iterator.nextv(READ_RECORDS));
      if (entries.length === 0) return;
      yield entries;
    }
  } finally {
    await iterator.close();
  }
}

/** A promise, since it fails at once where the database was closed meanwhile. */
async function iteratorOf(database: Database, range: KeyRange | null) {
  return database.iterator<Buffer, string>({
    // The types want an end to be of the iterator's kind of key.
    ...(range === null ? {} : { gte: Buffer.from(range.gte), lt: Buffer.from(range.lt) }),
    keyEncoding: 'buffer',
    valueEncoding: 'utf8',
    highWaterMarkBytes: READ_BYTES,
    fillCache: false,
  });
}

async function telling<T>(path: string, done: Promise<T>): Promise<T> {
  try {
    return await done;
  } catch (cause) {
    // Whatever LevelDB, the system or abstract-level has to say.
    throw stateError(cause, path);
  }
}
