/** What tells one series from another. */
export interface Sample {
  /** Name and endpoint of the Reading. */
  readonly name: string;
  readonly endpoint: string | undefined;
  /** Null: no name was given to the PBX. */
  readonly pbx: string | null;
}

export type Tag = readonly [key: string, value: string];

/** A series as hot-shots is told of it: it puts prefix, value and type to the name, and the tags where its flavour wants them. */
export interface Series {
  readonly name: string;
  readonly tags: readonly Tag[];
}

/** How a receiver wants a series to be called. Whatever is in the sample, name and tags hold nothing that means something in its grammar. */
export type Dialect = (sample: Sample) => Series;
