import {
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { encodeTrustWord, readTrustWords, TRUST_BYTES_MAX, TRUST_FILE, type TrustWord } from '../wire/trust-word.js';

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDWR, O_RDONLY } = constants;
const NEWLINE = 0x0a;

/** The words so far. @throws what node:fs throws, but not where there is no file yet. */
export function trustWordsOf(directory: string): readonly TrustWord[] {
  statSync(directory);
  try {
    const descriptor = openSync(join(directory, TRUST_FILE), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    return closing(descriptor, () => readTrustWords(readAll(descriptor).toString()).words);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/**
 * Adds the words, which are on the disk when it returns. The directory is another user's, perhaps, and this one root: a link
 * is not followed, and what is no file of its own is not written to.
 * @returns false where they find no room; then none is added.
 * @throws what node:fs throws.
 */
export function addTrustWords(directory: string, words: readonly TrustWord[]): boolean {
  const descriptor = opened(directory);
  return closing(descriptor, () => {
    const { size } = plainFile(fstatSync(descriptor));
    const lines = words.map((word) => `${encodeTrustWord(word)}\n`).join('');
    // Whoever was interrupted in a line has not ended it.
    const text = isEnded(descriptor, size) ? lines : `\n${lines}`;
    if (size + text.length > TRUST_BYTES_MAX) return false;
    writeSync(descriptor, text);
    fsyncSync(descriptor);
    return true;
  });
}

/** For reading and adding; made, with the directory's owner and for them alone, where it is missing. */
function opened(directory: string): number {
  const path = join(directory, TRUST_FILE);
  const flags = O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK;
  const { uid, gid } = statSync(directory);
  try {
    const descriptor = openSync(path, flags | O_CREAT | O_EXCL, 0o600);
    if (process.getuid?.() === 0) fchownSync(descriptor, uid, gid);
    return descriptor;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return openSync(path, flags);
  }
}

function plainFile(stats: Stats): Stats {
  if (stats.isFile() && stats.nlink === 1) return stats;
  throw Object.assign(new Error(`${TRUST_FILE} is no plain file`), { code: 'EINVAL' });
}

function isEnded(descriptor: number, size: number): boolean {
  const last = Buffer.alloc(1, NEWLINE);
  if (size > 0) readSync(descriptor, last, 0, 1, size - 1);
  return last[0] === NEWLINE;
}

function readAll(descriptor: number): Buffer {
  const size = Math.min(plainFile(fstatSync(descriptor)).size, TRUST_BYTES_MAX);
  const bytes = Buffer.alloc(size);
  return bytes.subarray(0, readSync(descriptor, bytes, 0, size, 0));
}

function closing<T>(descriptor: number, work: () => T): T {
  try {
    return work();
  } finally {
    closeSync(descriptor);
  }
}
