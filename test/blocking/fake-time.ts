import { setImmediate as turn } from 'node:timers/promises';

interface Wait {
  readonly at: number;
  readonly end: () => void;
}

/** A clock that stands until it is told to go on, and the waits that it ends. */
export class FakeTime {
  #now = Date.UTC(2026, 10, 21);
  readonly #waits = new Set<Wait>();

  readonly now = () => this.#now;

  readonly wait = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const wait = {
        at: this.#now + ms,
        end: () => {
          this.#waits.delete(wait);
          signal.removeEventListener('abort', wait.end);
          resolve();
        },
      };
      if (signal.aborted) return resolve();
      this.#waits.add(wait);
      signal.addEventListener('abort', wait.end, { once: true });
    });

  /** The waits that have not ended, in milliseconds from now, the shortest first. */
  get waits(): number[] {
    return [...this.#waits].map(({ at }) => at - this.#now).sort((a, b) => a - b);
  }

  /** Lets everything happen that waits for nothing. */
  async settle(): Promise<void> {
    await turn();
    await turn();
  }

  /** Time passes; whoever waits goes on when its time has come. */
  async advance(ms: number): Promise<void> {
    const to = this.#now + ms;
    await this.settle();
    for (let next = this.#next(to); next !== undefined; next = this.#next(to)) {
      this.#now = Math.max(this.#now, next.at);
      next.end();
      await this.settle();
    }
    this.#now = to;
  }

  #next(to: number): Wait | undefined {
    return [...this.#waits].filter(({ at }) => at <= to).sort((a, b) => a.at - b.at)[0];
  }
}
