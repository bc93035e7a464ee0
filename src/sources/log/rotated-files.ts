import type { BigIntStats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { Bookmark } from './bookmark.js';
import { errnoOf } from './file-fault.js';
import type { FollowedFile } from './followed-file.js';

/** Opens a file; null if another one has its name by now. */
export type OpenFile = (path: string, stats: BigIntStats) => Promise<FollowedFile | null>;

interface Found {
  readonly path: string;
  readonly stats: BigIntStats;
  /** Whether only a number or a date was added to the log's name. */
  readonly isNumbered: boolean;
}

/** As logrotate and Asterisk rotate: full.1, full-20261121, full-20261121-1795227208; not full.1.gz. */
const NUMBER = /^[._-]\d[\d._T:-]*$/;
/** So many files whose names begin as the log's are looked at; a place in one beyond them is not found. */
const FILES_MAX = 1_000;
/** A rotation of all logs in a directory is over before so many looks are. */
const TRIES_MAX = 10;
/** Of two files with fewer bytes in common it cannot be told whether one is the copy of the other. */
const HEAD_BYTES_MIN = 64;

/** The files beside a log that rotations can have left, as they were when they were listed. */
export class RotatedFiles {
  readonly #files: readonly Found[];
  readonly #open: OpenFile;

  constructor(files: readonly Found[], open: OpenFile) {
    this.#files = files;
    this.#open = open;
  }

  /** Opens the file that was read up to the bookmark, at its place: the same file, or else the longest copy of it. */
  async resume(bookmark: Bookmark, known: readonly FollowedFile[]): Promise<FollowedFile[]> {
    const isSameInode = ({ stats }: Found) => Number(String(stats.ino) === bookmark.ino);
    const candidates = this.#files
      .filter((found) => found.stats.size >= bookmark.position && !known.some((file) => file.isSame(found.stats)))
      .sort((a, b) => isSameInode(b) - isSameInode(a) || Number(b.stats.size - a.stats.size));
    for (const found of candidates) {
      const file = await this.#opened(found);
      if (file !== null && (await keptIf(file, file.resume(bookmark)))) return [file];
    }
    return [];
  }

  /**
   * Opens the file of a bookmark at its begin, and what was copied of it, the oldest first. Of a file of which nothing was
   * read only the inode says that it is the one.
   */
  async unread({ ino, mtimeNs }: Bookmark, known: readonly FollowedFile[], filesMax: number): Promise<FollowedFile[]> {
    const found = this.#files.find(
      ({ stats }) => String(stats.ino) === ino && !known.some((file) => file.isSame(stats)),
    );
    const file = found === undefined ? null : await this.#opened(found);
    if (file === null) return [];
    return [...(await this.between(BigInt(mtimeNs), file.mtimeNs, [...known, file], filesMax)), file];
  }

  /**
   * Opens the files that were the log between two times and are not any more, the oldest first. A file that begins as
   * one that is known is a copy of it.
   * @param sinceNs when the file before them was written to last.
   * @param untilNs when the file after them was written to last; null if that does not matter.
   * @param filesMax no more than so many; then the oldest are left out.
   */
  async between(
    sinceNs: bigint,
    untilNs: bigint | null,
    known: readonly FollowedFile[],
    filesMax: number,
  ): Promise<FollowedFile[]> {
    const candidates = this.#files
      .filter(({ stats, isNumbered }) => isNumbered && stats.size > 0n && stats.mtimeNs > sinceNs)
      .filter(({ stats }) => untilNs === null || stats.mtimeNs <= untilNs)
      .filter(({ stats }) => !known.some((file) => file.isSame(stats)))
      .sort((a, b) => Number(a.stats.mtimeNs - b.stats.mtimeNs));
    const files: FollowedFile[] = [];
    for (const found of candidates.slice(-filesMax)) {
      const file = await this.#opened(found);
      if (file !== null && (await keptIf(file, isOriginal(file, [...known, ...files])))) files.push(file);
    }
    return files;
  }

  /** Null for a file that has gone meanwhile, or that may not be read. */
  #opened({ path, stats }: Found): Promise<FollowedFile | null> {
    return orElse(null, this.#open(path, stats));
  }
}

/**
 * Looks for files in the directory of the log, and in that of the file that it is a link to. Looks again if something
 * was renamed there meanwhile, since a file can then have been missed; the last time it takes what it finds.
 */
export async function searchRotated(
  path: string,
  open: OpenFile,
  search: (rotated: RotatedFiles) => Promise<FollowedFile[]>,
  filesMax = FILES_MAX,
): Promise<FollowedFile[]> {
  const target = await orElse(path, realpath(path));
  const paths = target === path ? [path] : [path, target];
  for (let triesLeft = TRIES_MAX - 1; ; triesLeft--) {
    const before = await changeTimes(paths);
    const found = await search(new RotatedFiles(await listed(paths, filesMax), open));
    if (triesLeft === 0 || before === (await changeTimes(paths))) return found;
    await Promise.all(found.map((file) => file.close()));
  }
}

/** When something was last created, renamed or removed beside the paths. */
async function changeTimes(paths: readonly string[]): Promise<string> {
  const times = paths.map(async (path) => (await orElse(null, stat(dirname(path), { bigint: true })))?.mtimeNs);
  return (await Promise.all(times)).join();
}

async function listed(paths: readonly string[], filesMax: number): Promise<Found[]> {
  const names = (await Promise.all(paths.map(filesBeside))).flat();
  const files: Found[] = [];
  for (const { path, isNumbered } of names.slice(0, filesMax)) {
    const stats = await orElse(null, stat(path, { bigint: true }));
    if (stats?.isFile()) files.push({ path, isNumbered, stats });
  }
  return files;
}

async function filesBeside(path: string): Promise<Pick<Found, 'path' | 'isNumbered'>[]> {
  const directory = dirname(path);
  const name = basename(path);
  const extension = extname(name);
  // logrotate's option `extension .log` puts the number before it.
  const stem = name.slice(0, name.length - extension.length);
  return (await orElse([], readdir(directory))).flatMap((other) => {
    const isStem = other.startsWith(stem) && other.endsWith(extension) && extension !== '';
    if (!other.startsWith(name) && !isStem) return [];
    const added = other.startsWith(name)
      ? other.slice(name.length)
      : other.slice(stem.length, other.length - extension.length);
    return [{ path: join(directory, other), isNumbered: NUMBER.test(added) }];
  });
}

/** Closes the file unless the answer is true. */
async function keptIf(file: FollowedFile, answer: Promise<boolean>): Promise<boolean> {
  let isKept = false;
  try {
    isKept = await answer;
  } finally {
    if (!isKept) await file.close();
  }
  return isKept;
}

/** Whether the file does not begin as another one does. */
async function isOriginal(file: FollowedFile, known: readonly FollowedFile[]): Promise<boolean> {
  const head = await file.head();
  for (const other of known) {
    const otherHead = await other.head();
    const length = Math.min(head.length, otherHead.length);
    if (length >= HEAD_BYTES_MIN && head.subarray(0, length).equals(otherHead.subarray(0, length))) return false;
  }
  return true;
}

/** What may not be listed or has gone meanwhile is as if it were not there. */
async function orElse<T>(otherwise: T, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    errnoOf(error);
    return otherwise;
  }
}
