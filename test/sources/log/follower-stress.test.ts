import { unlinkSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { Bookmark } from '../../../src/sources/log/bookmark.js';
import { RunningFollower, until, WrittenLog } from './log-lab.js';

/** Numbers from 0 up to `below`, the same ones for the same seed (mulberry32). */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

/** A log, an exporter that is stopped, killed and started again, and all that it counted. */
class Life {
  readonly log: WrittenLog;
  readonly done: string[] = [];
  readonly malformed: string[] = [];
  readonly gaps: string[] = [];
  readonly #t: Test;
  readonly #seed: (below: number) => number;
  #bookmarks: readonly Bookmark[] | null = [];
  #run: RunningFollower | null = null;
  /** What was acknowledged while it runs. */
  #marked: { lines: number; bookmarks: readonly Bookmark[] | null } = { lines: 0, bookmarks: [] };
  /** How many lines had been written when the log was last begun. */
  #begunAt = 0;

  constructor(t: Test, seed: (below: number) => number) {
    this.#t = t;
    this.#seed = seed;
    this.log = new WrittenLog(t);
  }

  /** What was rotated before the first start is history. */
  async begin(): Promise<void> {
    this.#start();
    await until('the log is open', () => this.#run?.follower.bookmarks()?.length === 1);
    this.#mark();
  }

  async step(): Promise<string> {
    const few = () => this.log.write(1 + this.#seed(5));
    const operation = this.#seed(12);
    switch (operation) {
      case 0:
        return this.#rename();
      case 1:
        return this.#copyTruncate();
      case 2:
        return this.#deleteAndCreate();
      case 3:
        return this.#part();
      case 4:
        return this.#run === null ? this.#start() : this.#stop();
      case 5:
        return this.#run === null ? this.#start() : this.#kill();
      case 6:
      case 7:
        this.#mark();
        return 'mark';
      default:
        few();
        return 'write';
    }
  }

  async end(): Promise<string[]> {
    if (this.#run === null) this.#start();
    await this.#caughtUp().catch(() => undefined); // What is missing is shown by the comparison.
    await this.#stop();
    return this.done;
  }

  async #rename(): Promise<string> {
    // Two rotations before the first line of a file, and within one look, are more than anybody's logrotate does.
    if (this.log.written.length === this.#begunAt) this.log.write();
    const finish = this.#seed(2) === 0 ? this.log.begin() : () => undefined;
    this.log.rename();
    if (this.#seed(2) === 0) this.log.create();
    await this.#turns();
    finish();
    if (this.#seed(2) === 0) this.log.write(this.#seed(4));
    await this.#turns();
    await this.log.tick();
    this.log.reopen();
    this.#begunAt = this.log.written.length;
    return 'rename';
  }

  async #copyTruncate(): Promise<string> {
    // Nobody can know of a file of which nothing was read what was in it before it was truncated.
    if (this.#run !== null) {
      this.log.write();
      await until('a line of the log is read', () => this.#lines() > this.#begunAt);
    }
    this.log.write(this.#seed(4));
    await this.log.tick();
    this.log.copyTruncate();
    this.#begunAt = this.log.written.length;
    await this.log.tick();
    return 'copytruncate';
  }

  /** A file that was deleted while nobody had it open is lost to everybody. */
  async #deleteAndCreate(): Promise<string> {
    if (this.#run === null) return 'nothing';
    await this.#caughtUp();
    // One line more: that which was read is open, an empty one may not be.
    this.log.write();
    await this.#caughtUp();
    unlinkSync(this.log.path);
    this.log.write(this.#seed(4));
    await this.#turns();
    await this.#caughtUp();
    await this.log.tick();
    this.log.reopen();
    this.#begunAt = this.log.written.length;
    // What was deleted cannot be found again: it must not be needed any more.
    this.log.write();
    await this.#caughtUp();
    await until('done with the deleted file', () => this.#run?.follower.bookmarks()?.length === 1);
    this.#mark();
    return 'delete';
  }

  async #part(): Promise<string> {
    const finish = this.log.begin();
    await this.#turns();
    finish();
    return 'part';
  }

  #start(): string {
    this.#run = new RunningFollower(this.#t, { ...this.log, bookmarks: this.#bookmarks, drainMs: 20, pollMs: 1 });
    this.#marked = { lines: 0, bookmarks: this.#bookmarks };
    return 'start';
  }

  #mark(): void {
    if (this.#run === null) return;
    this.#marked = { lines: this.#run.lines.length, bookmarks: this.#run.follower.bookmarks() };
  }

  async #stop(): Promise<string> {
    this.#bookmarks = (await this.#run?.stop()) ?? null;
    this.#collect(this.#run?.lines.length ?? 0);
    return 'stop';
  }

  /** Goes on where it was marked; what was handed out since was not counted. */
  async #kill(): Promise<string> {
    const { lines, bookmarks } = this.#marked;
    await this.#run?.stop();
    this.#bookmarks = bookmarks;
    this.#collect(lines);
    return 'kill';
  }

  #collect(count: number): void {
    this.done.push(...(this.#run?.lines.slice(0, count) ?? []));
    this.malformed.push(...(this.#run?.malformed ?? []));
    this.gaps.push(...(this.#run?.gaps ?? []));
    this.#run = null;
  }

  #lines(): number {
    return this.done.length + (this.#run?.lines.length ?? 0);
  }

  async #caughtUp(): Promise<void> {
    await until('caught up', () => this.#lines() >= this.log.written.length);
  }

  async #turns(): Promise<void> {
    for (let turns = this.#seed(30); turns > 0; turns--) await turn();
  }
}

await t.test('any sequence of writes, rotations, stops and kills: each line once, and in order', async (t) => {
  for (let seed = 1; seed <= 25; seed++) {
    await t.test(`seed ${seed}`, async (t) => {
      const life = new Life(t, generator(seed));
      const steps: string[] = [];
      await life.begin();
      for (let i = 0; i < 60; i++) steps.push(await life.step());
      t.strictSame(await life.end(), life.log.written, steps.join(' '));
      t.strictSame(life.gaps, []);
      t.strictSame(life.malformed, []);
    });
  }
});
