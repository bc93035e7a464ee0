import { closeSync, copyFileSync, existsSync, openSync, renameSync, statSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Test } from 'tap';
import type { Bookmark } from '../../../src/sources/log/bookmark.js';
import { Follower, type FollowerOptions } from '../../../src/sources/log/follower.js';

/** Asks every millisecond. @throws where it does not become true within ten seconds. */
export async function until(what: string, isTrue: () => boolean): Promise<void> {
  const end = performance.now() + 10_000;
  while (!isTrue()) {
    if (performance.now() > end) throw new Error(`${what}: not within 10 s`);
    await delay(1);
  }
}

/** The text of a line: long enough for two of them to tell a file from another one. */
export function line(number: number): string {
  return `[2026-11-21 06:33:23.${String(number).padStart(6, '0')}] SECURITY[1]: line ${number}\n`;
}

export function lines(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => line(from + index));
}

/** A log in a directory of its own, written to as Asterisk does: opened for appending, one write a line. */
export class WrittenLog {
  readonly directory: string;
  readonly path: string;
  #descriptor: number;
  #next = 1;

  constructor(t: Test, name = 'full') {
    this.directory = t.testdir({});
    this.path = join(this.directory, name);
    this.#descriptor = openSync(this.path, 'a');
    t.teardown(() => closeSync(this.#descriptor));
  }

  /** All lines that were written, also those that are not finished. */
  get written(): string[] {
    return lines(1, this.#next - 1);
  }

  write(count = 1): void {
    for (let i = 0; i < count; i++) this.text(line(this.#next++));
  }

  text(text: string): void {
    writeSync(this.#descriptor, text);
  }

  /** Writes a part of the next line. @returns what writes the rest of it. */
  begin(): () => void {
    const next = line(this.#next++);
    this.text(next.slice(0, 20));
    return () => this.text(next.slice(20));
  }

  /** As `logger reload` does. */
  reopen(): void {
    closeSync(this.#descriptor);
    this.#descriptor = openSync(this.path, 'a');
  }

  /** Moves full.1 to full.2 and so on, and the log to full.1; what is written still goes there until `reopen`. */
  rename(): void {
    this.#shift();
    renameSync(this.path, `${this.path}.1`);
  }

  create(): void {
    closeSync(openSync(this.path, 'a'));
  }

  copyTruncate(): void {
    this.#shift();
    copyFileSync(this.path, `${this.path}.1`);
    truncateSync(this.path);
  }

  /** Waits until what is written next has a later time than all that was written before. */
  async tick(): Promise<void> {
    const probe = join(this.directory, 'clock');
    const time = () => {
      closeSync(openSync(probe, 'w'));
      return statSync(probe, { bigint: true }).mtimeNs;
    };
    const before = time();
    await until('a tick of the clock', () => time() > before);
  }

  #shift(): void {
    let last = 1;
    while (existsSync(`${this.path}.${last}`)) last += 1;
    for (let number = last - 1; number >= 1; number--) {
      renameSync(`${this.path}.${number}`, `${this.path}.${number + 1}`);
    }
  }
}

const OPTIONS: Omit<FollowerOptions, 'path'> = {
  pollMs: 2,
  drainMs: 60_000,
  lineBytesMax: 65_536,
  clock: () => performance.now(),
  bookmarks: [],
};

/** A follower that runs until the test ends, if not before by `stop`, and all that it tells. */
export class RunningFollower {
  readonly lines: string[] = [];
  /** For each call whether it was said to be the first. */
  readonly firsts: boolean[] = [];
  readonly malformed: string[] = [];
  readonly gaps: string[] = [];
  readonly lags: number[] = [];
  fault: string | null = 'not told yet';
  writes = 0;
  readonly follower: Follower;
  readonly ended: Promise<void>;
  readonly #abort = new AbortController();

  constructor(t: Test, options: Partial<FollowerOptions> & { path: string }) {
    this.follower = new Follower(
      { ...OPTIONS, ...options },
      {
        onLines: (bytes, isFirst) => {
          this.lines.push(...bytes.toString().split(/(?<=\n)/));
          this.firsts.push(isFirst);
        },
        onMalformed: (reason) => this.malformed.push(reason),
        onGap: (reason) => this.gaps.push(reason),
        onPath: (fault) => {
          this.fault = fault;
        },
        onWritten: () => {
          this.writes += 1;
        },
        onLag: (bytes) => this.lags.push(bytes),
      },
    );
    this.ended = this.follower.run(this.#abort.signal);
    this.ended.catch(() => undefined); // Awaited by the tests that want it.
    t.teardown(() => this.#abort.abort());
  }

  async untilLines(count: number): Promise<void> {
    await until(`${count} lines`, () => this.lines.length >= count);
  }

  async untilFollowed(): Promise<void> {
    await until('the log is followed', () => this.fault === null);
  }

  async untilFault(fault: RegExp): Promise<void> {
    await until(String(fault), () => fault.test(this.fault ?? ''));
  }

  /** @returns where to go on. */
  async stop(): Promise<readonly Bookmark[] | null> {
    this.#abort.abort();
    await this.ended;
    return this.follower.bookmarks();
  }
}
