import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Level, LevelChange, Levels } from './level.js';
import { setAside } from './set-aside.js';
import { describedFault, StateError, stateError } from './state-error.js';
import { isIntact, readRecord, sectionRange, writtenKey, writtenValue } from './state-record.js';

/**
 * What was lost or mended. A closed list of kinds, to count by; the text is for people.
 * - `repaired`: LevelDB made of the damaged files what it could; records may be lost, and deleted ones may be back.
 * - `set_aside`: it could not, and an empty store was begun.
 * - `records_dropped`: of records, or of the end of the log, what was there was not what had been written.
 * - `older_version`: a store of an older format was emptied.
 */
export interface StateNotice {
  readonly kind: 'repaired' | 'set_aside' | 'records_dropped' | 'older_version';
  readonly text: string;
}

export interface MendingOptions {
  readonly levels: Levels;
  readonly onNotice: (notice: StateNotice) => void;
  /** Milliseconds since the Unix epoch; names what is set aside. */
  readonly now: () => number;
}

/** Of the sections, keys and values. Raise it when a section's values change so that older ones cannot be read. */
const FORMAT_VERSION = 1;

/** Ours: no section of anybody else's. How its records are written never changes. */
export const META_SECTION = 'meta';
const VERSION_KEY = writtenKey(META_SECTION, 'version');

/**
 * Opens LevelDB's files in a directory, which is made, for this user alone, where it is missing. Damaged files never keep it from
 * being opened: they are repaired, or set aside beside the directory. Every record was read, and is intact, when it resolves.
 * @throws StateError for what is not damage: somebody else's lock, rights, a full disk, a newer format.
 */
export async function openMended(path: string, options: MendingOptions): Promise<Level> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    return await openOrRepair(path, options);
  } catch (error) {
    if (!(error instanceof StateError)) throw stateError(error, path); // Of node:fs.
    if (error.fault !== 'damaged') throw error;
    const aside = await setAside(path, path, options.now());
    options.onNotice({ kind: 'set_aside', text: `begun anew; the damaged files are in ${aside}: ${error.message}` });
    await mkdir(path, { mode: 0o700 });
    return openChecked(path, options);
  }
}

async function openOrRepair(path: string, options: MendingOptions): Promise<Level> {
  let damage = 'CURRENT is missing';
  if (!(await isHeadless(path))) {
    try {
      return await openChecked(path, options);
    } catch (error) {
      if (!(error instanceof StateError) || error.fault !== 'damaged') throw error;
      damage = error.message;
    }
  }
  await options.levels.repair(path);
  const level = await openChecked(path, options);
  options.onNotice({ kind: 'repaired', text: `repaired, records may be lost: ${damage}` });
  const lost = join(path, 'lost');
  if (existsSync(lost)) await setAside(lost, path, options.now());
  return level;
}

/** Without CURRENT LevelDB takes a directory for a new one, and removes the records that it finds there. */
async function isHeadless(path: string): Promise<boolean> {
  const names = await readdir(path);
  return !names.includes('CURRENT') && names.some((name) => /^\d+\.(ldb|sst|log)$/.test(name));
}

async function openChecked(path: string, options: MendingOptions): Promise<Level> {
  const level = await options.levels.open(path);
  try {
    await check(level, path, options);
    return level;
  } catch (error) {
    await level.close();
    throw error;
  }
}

async function check(level: Level, path: string, { onNotice }: MendingOptions): Promise<void> {
  const version = await versionOf(level);
  if (version !== null && version > FORMAT_VERSION) throw describedFault('newer_version', path);
  if (version !== null && version < FORMAT_VERSION) {
    await level.clear();
    onNotice({ kind: 'older_version', text: `emptied: it was of the older format ${version}` });
  }
  const records = await dropDamaged(level);
  if (records > 0) onNotice({ kind: 'records_dropped', text: `${records} records were damaged and are dropped` });
  const bytes = await bytesDropped(path);
  if (bytes > 0) onNotice({ kind: 'records_dropped', text: `${bytes} bytes of the log were damaged and are dropped` });
  if (version !== FORMAT_VERSION) await level.write([versionRecord()]);
}

/** Null in a new store, and where the record is damaged: then the others are judged by their own sums. */
async function versionOf(level: Level): Promise<number | null> {
  for await (const entries of level.entries(sectionRange(META_SECTION))) {
    const entry = entries.find(([key, value]) => key.toString() === VERSION_KEY && isIntact(key, value));
    if (entry === undefined) continue;
    const [, version] = readRecord(...entry);
    return typeof version === 'number' ? version : null;
  }
  return null;
}

function versionRecord(): LevelChange {
  return { key: VERSION_KEY, value: String(writtenValue(VERSION_KEY, FORMAT_VERSION)) };
}

/** @returns how many records were not as they had been written, and are gone now. */
async function dropDamaged(level: Level): Promise<number> {
  let dropped = 0;
  for await (const entries of level.entries(null)) {
    const damaged = entries.filter(([key, value]) => !isIntact(key, value));
    if (damaged.length > 0) await level.write(damaged.map(([key]) => ({ key, value: null })));
    dropped += damaged.length;
  }
  return dropped;
}

/**
 * LevelDB leaves out what is damaged in its log of the last writes and tells nobody but its own file LOG, which it begins anew
 * each time that it is opened. An end that was not wholly written, as after a crash, is none of it.
 */
async function bytesDropped(path: string): Promise<number> {
  const text = await readFile(join(path, 'LOG'), 'utf8').catch(() => ''); // It is LevelDB's to write it or not.
  return [...text.matchAll(/dropping (\d+) bytes/g)].reduce((sum, [, bytes]) => sum + Number(bytes), 0);
}
