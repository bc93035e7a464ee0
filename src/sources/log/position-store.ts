import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Log } from '../../domain/log.js';
import { type Bookmark, TAIL_BYTES_MAX } from './bookmark.js';
import { errnoOf } from './file-fault.js';

export interface PositionStoreOptions {
  /** The file that holds the positions; its directory is there. */
  readonly path: string;
  /** The log that the positions are of. */
  readonly logPath: string;
  readonly log: Log;
}

/** What was remembered; `fault` says why it cannot be used. No bookmarks and no fault: nothing was remembered yet. */
export interface Remembered {
  readonly bookmarks: readonly Bookmark[] | null;
  readonly fault: string | null;
}

const VERSION = 1;
/** As many as can be open at once, and a few. */
const BOOKMARKS_MAX = 64;

/** Remembers in a small file how far a log was read. */
export class PositionStore {
  readonly #options: PositionStoreOptions;
  /** What the file holds, as far as is known. */
  #saved = '';
  #isFailing = false;

  constructor(options: PositionStoreOptions) {
    this.#options = options;
  }

  async load(): Promise<Remembered> {
    const { path, logPath } = this.#options;
    const refused = (what: string) => ({ bookmarks: null, fault: `the positions in ${path} ${what}` });
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      const code = errnoOf(error);
      return code === 'ENOENT' ? { bookmarks: null, fault: null } : refused(`cannot be read (${code})`);
    }
    const state = parsed(text);
    if (state === null) return refused('are damaged');
    if (state.log !== logPath) return refused('are of another log');
    this.#saved = text;
    return { bookmarks: state.files, fault: null };
  }

  /**
   * Replaces what is remembered, whole or not at all, also if the power fails; does nothing where it is the same.
   *
   * Synchronous, because the last one comes when everything else has ended. It costs one fsync each time that StatsD
   * was sent what had been read. Where it fails that is logged, once; a restart then counts again what came since.
   */
  save(bookmarks: readonly Bookmark[]): void {
    const { path, logPath, log } = this.#options;
    const text = `${JSON.stringify({ version: VERSION, log: logPath, files: bookmarks })}\n`;
    if (text === this.#saved) return;
    try {
      write(`${path}.new`, text);
      renameSync(`${path}.new`, path);
    } catch (error) {
      const code = errnoOf(error);
      if (!this.#isFailing) log.warn({ path, code }, 'cannot remember how far the log was read');
      this.#isFailing = true;
      return;
    }
    if (this.#isFailing) log.info({ path }, 'can remember again how far the log was read');
    this.#isFailing = false;
    this.#saved = text;
  }
}

function write(path: string, text: string): void {
  const descriptor = openSync(path, 'w', 0o600);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

interface State {
  readonly log: string;
  readonly files: readonly Bookmark[];
}

/** Null for whatever `save` does not write. */
function parsed(text: string): State | null {
  let state: unknown;
  try {
    state = JSON.parse(text);
  } catch {
    return null; // A SyntaxError: no JSON.
  }
  if (!isRecord(state) || state['version'] !== VERSION || typeof state['log'] !== 'string') return null;
  const files: unknown = state['files'];
  if (!Array.isArray(files) || files.length > BOOKMARKS_MAX || !files.every(isBookmark)) return null;
  return { log: state['log'], files };
}

function isBookmark(value: unknown): value is Bookmark {
  if (!isRecord(value)) return false;
  const { ino, position, tailLength, tailHash, isMidLine, mtimeNs } = value;
  return (
    isDecimal(ino) &&
    isDecimal(mtimeNs) &&
    isLength(position, Number.MAX_SAFE_INTEGER) &&
    // As bookmarks are made: the whole text before a position that is near the start.
    tailLength === Math.min(position, TAIL_BYTES_MAX) &&
    typeof tailHash === 'string' &&
    /^[0-9a-f]{64}$/.test(tailHash) &&
    typeof isMidLine === 'boolean'
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isDecimal(value: unknown): boolean {
  return typeof value === 'string' && /^\d{1,20}$/.test(value);
}

function isLength(value: unknown, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max;
}
