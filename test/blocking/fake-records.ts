import type { BanRecords } from '../../src/blocking/ban-saver.js';

/** A disk that writes when it may. */
export class FakeRecords implements BanRecords {
  readonly content = new Map<string, unknown>();
  /** The keys of each save. */
  saves: string[][] = [];
  /** Saves fail with it. */
  fault: unknown = null;
  #isBusy = false;
  #held: Promise<void> | null = null;
  #release: () => void = () => undefined;

  async *load(): AsyncGenerator<readonly [string, unknown]> {
    yield* [...this.content];
  }

  async save(changes: Iterable<readonly [key: string, value: unknown]>): Promise<void> {
    if (this.#isBusy) throw new Error('two saves at once');
    this.#isBusy = true;
    const batch = [...changes];
    this.saves.push(batch.map(([key]) => key));
    await (this.#held ?? Promise.resolve());
    this.#isBusy = false;
    if (this.fault !== null) throw this.fault;
    for (const [key, value] of batch) {
      if (value === null) this.content.delete(key);
      else this.content.set(key, value);
    }
  }

  hold(): void {
    this.#held = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  release(): void {
    this.#held = null;
    this.#release();
  }
}
