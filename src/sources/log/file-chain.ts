import type { BigIntStats } from 'node:fs';
import type { Bookmark } from './bookmark.js';
import type { FollowedFile } from './followed-file.js';

export interface FileChainOptions {
  readonly path: string;
  readonly drainMs: number;
  /** Milliseconds, never set back. */
  readonly clock: () => number;
}

export interface FileChainOutput {
  readonly onMalformed: (reason: 'truncated') => void;
  readonly onGap: (reason: string) => void;
}

/** A month of daily rotations while the exporter was away. */
const FILES_MAX = 32;

/** The open files that are or were the log, in the order in which they were written; the last one is the newest. */
export class FileChain {
  readonly filesMax = FILES_MAX;
  readonly #options: FileChainOptions;
  readonly #output: FileChainOutput;
  #files: readonly FollowedFile[] = [];
  /** Since when a file that was rotated away seems to have ended, in the clock's milliseconds. */
  readonly #quietSince = new WeakMap<FollowedFile, number>();

  constructor(options: FileChainOptions, output: FileChainOutput) {
    this.#options = options;
    this.#output = output;
  }

  get files(): readonly FollowedFile[] {
    return this.#files;
  }

  /** Bytes that were not handed out, as of the last look. */
  get lag(): number {
    return this.#files.reduce((sum, { lag }) => sum + lag, 0);
  }

  /** A file that was read to its end needs no bookmark once the newer one has lines: Asterisk closes the old one first. */
  bookmarks(): readonly Bookmark[] {
    return this.#files.filter((file) => !this.#quietSince.has(file)).map((file) => file.bookmark());
  }

  /** Makes the file with these stats the newest one. @returns false if it is not there. */
  promote(stats: Pick<BigIntStats, 'dev' | 'ino'>): boolean {
    const file = this.#files.find((file) => file.isSame(stats));
    if (file === undefined) return false;
    if (file !== this.#files.at(-1)) this.#files = [...this.#files.filter((other) => other !== file), file];
    this.#quietSince.delete(file);
    return true;
  }

  async append(files: readonly FollowedFile[]): Promise<void> {
    await this.#set([...this.#files, ...files]);
  }

  async insertBefore(next: FollowedFile, files: readonly FollowedFile[]): Promise<void> {
    await this.#set(this.#files.toSpliced(this.#files.indexOf(next), 0, ...files));
  }

  /** Looks at each file, the newest first. */
  async look(): Promise<void> {
    for (const file of this.#files.toReversed()) {
      if (await file.look()) this.#quietSince.delete(file);
    }
  }

  /** Closes the files that have ended: read to the end, and quiet for long since there are lines in a newer one. */
  async retire(): Promise<void> {
    const now = this.#options.clock();
    for (const file of this.#files) {
      if (file.isBehind || !this.#isFollowed(file)) continue;
      const since = this.#quietSince.get(file) ?? now;
      this.#quietSince.set(file, since);
      if (now - since >= this.#options.drainMs) await this.#giveUp(file);
    }
  }

  /** Closes all files; where they were read to can still be asked for. */
  async close(): Promise<void> {
    await Promise.all(this.#files.map((file) => file.close()));
  }

  /** Beyond the limit the oldest files are given up. */
  async #set(files: readonly FollowedFile[]): Promise<void> {
    this.#files = files;
    for (const file of files.slice(0, -FILES_MAX)) {
      if (file.isBehind) this.#output.onGap(tooManyText(this.#options.path));
      await this.#giveUp(file);
    }
  }

  async #giveUp(file: FollowedFile): Promise<void> {
    if (file.isMidLine) this.#output.onMalformed('truncated');
    this.#files = this.#files.filter((other) => other !== file);
    await file.close();
  }

  /** Whether there are lines in a file that is newer. */
  #isFollowed(file: FollowedFile): boolean {
    return this.#files.slice(this.#files.indexOf(file) + 1).some(({ size }) => size > 0);
  }
}

function tooManyText(path: string): string {
  return `${path} was rotated more than ${FILES_MAX} times before it was read: the oldest files are left out`;
}
