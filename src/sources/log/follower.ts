import { stat } from 'node:fs/promises';
import { pause } from '../../lifecycle/pause.js';
import { type Bookmark, TAIL_BYTES_MAX } from './bookmark.js';
import { FileChain } from './file-chain.js';
import { errnoOf, fileFault, kindFault } from './file-fault.js';
import { type FollowedFile, openFollowed } from './followed-file.js';
import { type OpenFile, type RotatedFiles, searchRotated } from './rotated-files.js';

export interface FollowerOptions {
  readonly path: string;
  /** How long to wait where there was nothing to read, and how often at least to look whether the path is another file. */
  readonly pollMs: number;
  /** How long a file that was rotated away must be quiet, once there are lines in the new one, until it is closed. */
  readonly drainMs: number;
  /** The longest line that is handed out, in bytes without its LF. */
  readonly lineBytesMax: number;
  /** Milliseconds, never set back. */
  readonly clock: () => number;
  /** Where to go on. Null: at the end of what is there. Empty: at the begin of what comes. */
  readonly bookmarks: readonly Bookmark[] | null;
  readonly openFile?: typeof openFollowed;
}

export interface FollowerOutput {
  /** @param lines one or more whole lines with their LFs, valid until it returns. @param isFirst false if they follow the last ones. */
  readonly onLines: (lines: Buffer, isFirst: boolean) => void;
  /** A line beyond the limit was skipped, or the end of one never came. */
  readonly onMalformed: (reason: 'oversize' | 'truncated') => void;
  /** Lines were lost: says which and why. */
  readonly onGap: (reason: string) => void;
  /** What is wrong with the path, null if nothing; told at each look. Until it is mended, what is open already is read on. */
  readonly onPath: (fault: string | null) => void;
  /** The log was written to. */
  readonly onWritten: () => void;
  /** Bytes not handed out yet, told at each look. */
  readonly onLag: (bytes: number) => void;
}

/** A chunk is parsed in some milliseconds; between two of them everything else has its turn. */
const CHUNK_BYTES = 262_144;

/**
 * Follows a log through rotations, by asking for it again and again: a watcher can die without a word.
 *
 * Asterisk writes to a file that was renamed until `logger reload`, and closes it before it opens the new one. So all
 * files are kept open until they have ended, and their sizes are asked for from the newest to the oldest, before they are
 * read from the oldest to the newest up to these: what was written first is handed out first.
 */
export class Follower {
  readonly #options: FollowerOptions;
  readonly #output: FollowerOutput;
  readonly #chain: FileChain;
  readonly #buffer: Buffer;
  /** What stands for the files until they have been opened. */
  #bookmarks: readonly Bookmark[] | null;
  #isRestored = false;
  /** When the path was last as it should be, or there was something to read although it was not. */
  #soundAt: number;
  /** The file whose lines were handed out last. */
  #lastRead: FollowedFile | null = null;

  constructor(options: FollowerOptions, output: FollowerOutput) {
    this.#options = options;
    this.#output = output;
    this.#bookmarks = options.bookmarks;
    this.#buffer = Buffer.allocUnsafeSlow(TAIL_BYTES_MAX + Math.max(CHUNK_BYTES, options.lineBytesMax + 1));
    this.#chain = new FileChain(options, output);
    this.#soundAt = options.clock();
  }

  /** How far was handed out, the oldest file first, also when it has ended; null if it is not known where to begin. */
  bookmarks(): readonly Bookmark[] | null {
    return this.#isRestored && this.#chain.files.length > 0 ? this.#chain.bookmarks() : this.#bookmarks;
  }

  /**
   * Runs until the signal is aborted.
   * @throws an error of the operating system where what was open cannot be read any more.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { pollMs, clock } = this.#options;
    let lookAt = clock();
    try {
      while (!signal.aborted) {
        if (clock() >= lookAt) {
          this.#tellPath(await this.#lookAtPath());
          lookAt = clock() + pollMs;
        }
        if (!(await this.#readOn())) await pause(pollMs, signal);
      }
    } finally {
      await this.#chain.close();
    }
  }

  #tellPath(fault: string | null): void {
    const { clock, drainMs } = this.#options;
    if (fault === null) this.#soundAt = clock();
    // Between the rename and the new file there is nothing at the path, and nothing is lost by it.
    const isPassing = this.#chain.files.length > 0 && clock() - this.#soundAt < drainMs;
    if (fault === null || !isPassing) this.#output.onPath(fault);
    this.#output.onLag(this.#chain.lag);
  }

  /** Opens what is new at the path. @returns what is wrong with it. */
  async #lookAtPath(): Promise<string | null> {
    const { path } = this.#options;
    let file: FollowedFile | null;
    try {
      const stats = await stat(path, { bigint: true });
      const fault = kindFault(path, stats);
      if (fault !== null || this.#chain.promote(stats)) return fault;
      file = await this.#open(path, stats);
    } catch (error) {
      const fault = fileFault(path, error);
      if (isMissing(error)) {
        await this.#restore([]);
        this.#bookmarks ??= [];
      }
      return fault;
    }
    // Null: replaced while it was opened; the next look sees what is there.
    if (file !== null) await this.#begin(file);
    return null;
  }

  async #begin(file: FollowedFile): Promise<void> {
    try {
      await this.#restore([file]);
      if (this.#chain.promote(file)) await file.close();
      else await this.#append(file);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Opens the files of the bookmarks, whatever they are called by now. */
  async #restore(opened: readonly FollowedFile[]): Promise<void> {
    if (this.#isRestored) return;
    for (const bookmark of this.#bookmarks ?? []) {
      const known = [...this.#chain.files, ...opened];
      const found = await this.#search((rotated) =>
        bookmark.tailLength > 0
          ? rotated.resume(bookmark, this.#chain.files)
          : rotated.unread(bookmark, known, this.#chain.filesMax),
      );
      if (found.length === 0 && bookmark.tailLength > 0) this.#output.onGap(goneText(this.#options.path));
      await this.#chain.append(found);
    }
    this.#isRestored = true;
  }

  /** Makes the file the newest one. */
  async #append(file: FollowedFile): Promise<void> {
    const last = this.#chain.files.at(-1);
    await last?.look();
    const sinceNs = last?.mtimeNs ?? this.#bookmarks?.at(-1)?.mtimeNs;
    if (sinceNs !== undefined) return this.#appendSince(BigInt(sinceNs), file);
    if (this.#bookmarks === null) await file.skipToEnd();
    return this.#chain.append([file]);
  }

  /** Puts in front of the file those that were the log since the time: rotated faster than we looked, or while we were away. */
  async #appendSince(sinceNs: bigint, file: FollowedFile): Promise<void> {
    const { path } = this.#options;
    const known = [...this.#chain.files, file];
    const between = await this.#search((rotated) => rotated.between(sinceNs, null, known, this.#chain.filesMax));
    // All at once: a bookmark that knows of the new file only would leave out those in between.
    const files = [...between, file];
    if (await isAt(path, file)) await this.#chain.append(files);
    // Rotated away meanwhile: what was found can be newer. The next look finds them all.
    else await Promise.all(files.map((file) => file.close()));
  }

  /** @returns whether there was something to read. */
  async #readOn(): Promise<boolean> {
    await this.#chain.look();
    for (const file of this.#chain.files) {
      if (file.isBehind && (await this.#read(file))) return true;
    }
    await this.#chain.retire();
    return false;
  }

  async #read(file: FollowedFile): Promise<boolean> {
    const bytes = await file.read(this.#buffer, (lines) => {
      this.#output.onLines(lines, this.#lastRead !== file);
      this.#lastRead = file;
    });
    if (bytes === null) await this.#replay(file);
    if (bytes === 0) return false;
    this.#soundAt = this.#options.clock();
    this.#output.onWritten();
    return true;
  }

  /** The file was truncated: what was not read before is in the copy that was made of it, if one was made. */
  async #replay(file: FollowedFile): Promise<void> {
    const bookmark = file.bookmark();
    const [copy] = await this.#search((rotated) => rotated.resume(bookmark, this.#chain.files));
    if (copy === undefined && file.isMidLine) this.#output.onMalformed('truncated');
    file.rewind();
    // The copy goes on where the file was left.
    if (this.#lastRead === file) this.#lastRead = copy ?? null;
    if (copy === undefined) {
      this.#output.onGap(truncatedText(this.#options.path));
      return;
    }
    await this.#chain.insertBefore(file, [copy]);
    // It may have been truncated more than once; what is newer than the file itself comes when the path is looked at.
    await file.look();
    const { files, filesMax } = this.#chain;
    const more = await this.#search((rotated) => rotated.between(copy.mtimeNs, file.mtimeNs, files, filesMax));
    await this.#chain.insertBefore(file, more);
  }

  #search(search: (rotated: RotatedFiles) => Promise<FollowedFile[]>): Promise<FollowedFile[]> {
    return searchRotated(this.#options.path, this.#open, search);
  }

  readonly #open: OpenFile = (path, stats) => {
    const { lineBytesMax, openFile = openFollowed } = this.#options;
    return openFile(path, stats, { lineBytesMax, onOversize: () => this.#output.onMalformed('oversize') });
  };
}

async function isAt(path: string, file: FollowedFile): Promise<boolean> {
  try {
    return file.isSame(await stat(path, { bigint: true }));
  } catch (error) {
    errnoOf(error);
    return false;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function goneText(path: string): string {
  return `the rest of a file that was ${path} could not be found: it was rotated and then compressed, removed or altered before all of it was read ("delaycompress" in logrotate's configuration leaves a day for it)`;
}

function truncatedText(path: string): string {
  return `${path} was truncated, and no copy of it is in its directory: what was written to it right before is lost`;
}
