import { createHash } from 'node:crypto';

/**
 * How far a log file was read, in a form that finds the place again after a rotation or a restart. The bytes before
 * the place are the proof: a name or an inode alone can belong to another file by then.
 */
export interface Bookmark {
  /** The inode, in decimals: some file systems use all 64 bits. Not the device, whose number can change with a restart. */
  readonly ino: string;
  /** In bytes: the end of the last line that was handed out or skipped; inside a line only if `isMidLine`. */
  readonly position: number;
  /** How many bytes right before `position` the hash is of; 0 only at position 0. */
  readonly tailLength: number;
  /** SHA-256, in hex: the text itself may hold what must not be copied. */
  readonly tailHash: string;
  /** Whether the rest of the line at `position` is to be skipped, because it is too long or was begun before the first start. */
  readonly isMidLine: boolean;
  /** When the file was written to last, in nanoseconds since the Unix epoch, in decimals. What was rotated later is newer. */
  readonly mtimeNs: string;
}

/** The most bytes before a place that prove it: some lines of Asterisk's, and each has its time in it. */
export const TAIL_BYTES_MAX = 1_024;

export function tailHash(tail: Buffer): string {
  return createHash('sha256').update(tail).digest('hex');
}
