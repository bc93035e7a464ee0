import type { Readable, Writable } from 'node:stream';
import type { WriteStream } from 'node:tty';
import type { Environment } from '../config/unknown-variables.js';

/** Where a command reads and writes; `process` has this form. */
export interface Streams {
  readonly stdin: Readable;
  readonly stdout: Output;
  readonly stderr: Output;
}

/** A terminal has a size, a file has none. */
export type Output = Writable & Partial<Pick<WriteStream, 'isTTY' | 'columns' | 'rows'>>;

/** What a command is called with. */
export interface Call {
  /** What stands behind the command's name; where no command is named, all words. */
  readonly args: readonly string[];
  readonly environment: Environment;
  readonly streams: Streams;
  /** The streams by the line. That nobody reads them any more does not matter to it. */
  readonly console: Console;
}

/** @returns the exit code. */
export type Command = (call: Call) => number | Promise<number>;

/** sysexits.h: the command was used wrongly; something is configured wrongly. */
export const EXIT_USAGE = 64;
export const EXIT_CONFIG = 78;
