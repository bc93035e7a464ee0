import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { classicLevels, type Levels } from '../../src/state/level.js';
import { describedFault } from '../../src/state/state-error.js';
import { StateStore, type StateStoreOptions } from '../../src/state/state-store.js';

export const SECTION = 'bans';

/** A directory, and what a store in it tells. */
export function place(t: Test) {
  const directory = t.testdir();
  const notices: string[] = [];
  const texts: string[] = [];
  const refused: string[] = [];
  let time = Date.UTC(2026, 10, 21);
  const open = async (options: Partial<StateStoreOptions> = {}) => {
    const store = await StateStore.open(directory, {
      onNotice: ({ kind, text }) => {
        notices.push(kind);
        texts.push(text);
      },
      onRefused: (reason) => refused.push(reason),
      now: () => time++,
      ...options,
    });
    t.teardown(() => store.close());
    return store;
  };
  const file = (...names: string[]) => join(directory, 'state', ...names);
  /** The one file of LevelDB's whose name matches. */
  const fileLike = (pattern: RegExp) => {
    const [name, ...others] = readdirSync(file()).filter((each) => pattern.test(each));
    if (name === undefined || others.length > 0) throw new Error(`${pattern}: ${name}, ${others}`);
    return file(name);
  };
  return { directory, notices, texts, refused, open, file, fileLike };
}

export type Place = ReturnType<typeof place>;

export const recordOf = (number: number) => ({ number, text: 'some text that a ban is explained with '.repeat(3) });

export const batchOf = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => [`key${from + index}`, recordOf(from + index)] as const);

export async function contentOf(store: StateStore, section = SECTION): Promise<Map<string, unknown>> {
  const content = new Map<string, unknown>();
  for await (const [key, value] of store.load(section)) content.set(key, value);
  return content;
}

/** LevelDB's files: 1,500 records in a table, since it was opened once more, and 500 in the log. */
export async function fill({ open }: Place): Promise<void> {
  const first = await open();
  for (let from = 0; from < 1500; from += 100) await first.save(SECTION, batchOf(from, from + 100));
  await first.close();
  const second = await open();
  for (let from = 1500; from < 2000; from += 100) await second.save(SECTION, batchOf(from, from + 100));
  await second.close();
}

/** LevelDB itself, but for what a test puts in its place; counts what is asked of it. */
export function watchedLevels(faults: { write?: () => Promise<void> | null; repair?: () => Promise<void> } = {}) {
  const counts = { opened: 0, closed: 0, repaired: 0 };
  const levels: Levels = {
    open: async (path) => {
      counts.opened += 1;
      const level = await classicLevels.open(path);
      return {
        ...level,
        write: (changes) => faults.write?.() ?? level.write(changes),
        close: () => {
          counts.closed += 1;
          return level.close();
        },
      };
    },
    repair: (path) => {
      counts.repaired += 1;
      return faults.repair?.() ?? classicLevels.repair(path);
    },
  };
  return { counts, levels };
}

/** A disk that finds no room for so many writes once `fill` was called. */
export function fillingDisk() {
  let left = 0;
  const full = () => Promise.reject(describedFault('full', 'a disk'));
  const write = () => {
    left -= 1;
    return left >= 0 ? full() : null;
  };
  const fill = (writes: number) => {
    left = writes;
  };
  return { levels: watchedLevels({ write }).levels, fill };
}
