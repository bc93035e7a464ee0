import { banFacts } from '../domain/ban.js';
import type { Log } from '../domain/log.js';
import type { pause } from '../lifecycle/pause.js';
import { WriteBehind } from '../lifecycle/write-behind.js';
import type { Tally } from './tally.js';
import type { WantedBan } from './wanted-ban.js';

/** Where bans outlive a restart: a section of the state store. */
export interface BanRecords {
  load(): AsyncIterable<readonly [key: string, value: unknown]>;
  /** All of them or none; resolves when they are on the disk. A value of null deletes. */
  save(changes: Iterable<readonly [key: string, value: unknown]>): Promise<void>;
}

export interface BanSaverOptions {
  readonly records: Pick<BanRecords, 'save'>;
  /** The ban that is wanted now of a key. */
  readonly wantedOf: (key: string) => WantedBan | undefined;
  readonly tally: Pick<Tally, 'add'>;
  readonly log: Log;
  /** Changes that may wait: twice the bans that there may be. */
  readonly keysMax: number;
  readonly graceMs: number;
  readonly wait: typeof pause;
  readonly random: () => number;
}

/**
 * Keeps the store equal to the bans that are wanted. Group commit: what is changed in one tick, or while the disk is busy, goes together.
 * A ban that ended and could not be deleted counts for nothing at the next start.
 */
export function banSaver({ records, wantedOf, tally, ...options }: BanSaverOptions): WriteBehind {
  return new WriteBehind({
    ...options,
    read: (key) => {
      const wanted = wantedOf(key);
      return wanted === undefined ? null : banFacts(wanted.ban);
    },
    write: (changes) => records.save(changes),
    count: (what) => tally.add(`blocker.store.${what}`),
    texts: {
      failing: 'bans cannot be saved, and a restart would forget them; trying again for ever',
      mended: 'bans are saved again',
    },
    // The kernel is told in the same tick, and must not wait for the disk.
    everyMs: 0,
  });
}
