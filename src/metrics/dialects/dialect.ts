/** One value on its way to a receiver. */
export interface Sample {
  /** Goes before the name, with a dot at its end; may be empty. */
  readonly prefix: string;
  /** Name and endpoint of the Reading. */
  readonly name: string;
  readonly endpoint: string | undefined;
  readonly value: number;
  /** `m` is the meter of Asterisk's res_statsd; most receivers refuse it. */
  readonly type: 'c' | 'm' | 'g';
  /** Null: no name was given to the PBX. */
  readonly pbx: string | null;
}

/** How a receiver wants to be told: the sample as one line, without its end. Whatever is in the sample, it stays one line. */
export type Dialect = (sample: Sample) => string;
