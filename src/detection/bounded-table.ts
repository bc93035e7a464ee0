/** How many entries are looked at, at most, to find one that can go. */
const CANDIDATES_MAX = 64;
/** An entry that is worth no more can go at once: a single guess, which counts as fast and as slow. */
const CHEAP = 2;

export interface BoundedTableOptions<Value> {
  /** Entries at most. */
  readonly entriesMax: number;
  /** What is lost with an entry: the one with the lowest worth goes first. */
  readonly worth: (value: Value) => number;
  readonly onEvict: (key: string, value: Value) => void;
}

/**
 * A map that never holds more than so many entries. A newcomer takes the place of the least worth among those whose
 * turn it is, so that whoever floods the table with newcomers pushes out newcomers.
 */
export class BoundedTable<Value> {
  readonly #entries = new Map<string, Value>();
  readonly #options: BoundedTableOptions<Value>;
  /** Where the next candidate stands. */
  #hand = this.#entries.entries();

  constructor(options: BoundedTableOptions<Value>) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): Value | undefined {
    return this.#entries.get(key);
  }

  entries(): IterableIterator<[key: string, value: Value]> {
    return this.#entries.entries();
  }

  /** @param key kept: it must not share memory with a buffer. */
  add(key: string, value: Value): void {
    if (this.#entries.size >= this.#options.entriesMax) this.#evict();
    this.#entries.set(key, value);
  }

  #evict(): void {
    const { worth, onEvict } = this.#options;
    let least = this.#nextEntry();
    let leastWorth = worth(least[1]);
    for (let n = 1; n < CANDIDATES_MAX && leastWorth > CHEAP; n++) {
      const entry = this.#nextEntry();
      const entryWorth = worth(entry[1]);
      if (entryWorth < leastWorth) [least, leastWorth] = [entry, entryWorth];
    }
    this.#entries.delete(least[0]);
    onEvict(...least);
  }

  /** Goes round and round. To begin anew each time would have to step over all that was deleted since. */
  #nextEntry(): [key: string, value: Value] {
    const next = this.#hand.next();
    if (next.done !== true) return next.value;
    this.#hand = this.#entries.entries();
    return this.#hand.next().value as [string, Value];
  }
}
