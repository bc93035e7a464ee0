export interface RankedTableOptions<Row> {
  /** At least 2. */
  readonly rowsMax: number;
  /** What a row is ranked by, the weightiest first. */
  readonly weight: (row: Row) => number;
}

/** Rows by key, of which the weightiest matter. When there are too many the lighter half goes at once, and is counted. */
export class RankedTable<Row> {
  readonly #options: RankedTableOptions<Row>;
  readonly #rows = new Map<string, Row>();
  #dropped = 0;

  constructor(options: RankedTableOptions<Row>) {
    this.#options = options;
  }

  get size(): number {
    return this.#rows.size;
  }

  /** Rows that had to go since the start. One that comes again begins anew. */
  get dropped(): number {
    return this.#dropped;
  }

  get(key: string): Row | undefined {
    return this.#rows.get(key);
  }

  /** @param key kept: it must not share memory with a buffer. */
  add(key: string, row: Row): void {
    if (this.#rows.size >= this.#options.rowsMax) this.#dropLighterHalf();
    this.#rows.set(key, row);
  }

  /** The weightiest rows; of two that weigh the same, the one that came first. */
  top(count: number): Row[] {
    const { weight } = this.#options;
    return [...this.#rows.values()].sort((a, b) => weight(b) - weight(a)).slice(0, count);
  }

  #dropLighterHalf(): void {
    const { weight, rowsMax } = this.#options;
    const lightest = [...this.#rows].sort(([, a], [, b]) => weight(a) - weight(b)).slice(0, Math.ceil(rowsMax / 2));
    for (const [key] of lightest) this.#rows.delete(key);
    this.#dropped += lightest.length;
  }
}
