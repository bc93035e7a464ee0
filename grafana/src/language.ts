import type { Annotation, DataLink, GraphiteQuestion, PrometheusQuestion, Variable } from './schema.js';

/** What a panel wants of a counter: its sum over the range, or over each bar. `now` is for gauges and what rises. */
export type Span = 'range' | 'bars' | 'now';

/** A question whose wording may depend on the panel that asks it. */
export type Ask = (span: Span) => GraphiteQuestion | PrometheusQuestion;

/**
 * How a receiver is asked, and what differs in the texts. Meters have the plain names of docs/metrics.md, in which
 * `$service` and `$address` are variables, `{a,b}` are alternatives and `*` is any word. A `node` is a word of the name,
 * counted from the end as in Graphite, where each counter ends in `count`: -1 is that, -2 the last word of the meter.
 */
export interface Language {
  readonly name: 'graphite' | 'prometheus';
  /** The gauge, named for people. */
  gauge(meter: string, label: string): Ask;
  /** Each of the gauges under its own last word. */
  gauges(meter: string): readonly Ask[];
  /** The first gauge without the second. */
  lacking(gauge: string, other: string, label: string): Ask;
  /** The sum of all counters that fit, under one name. */
  total(meter: string, label: string): Ask;
  /** One sum for each word that stands at the node; with several nodes, for each of their combinations. */
  totals(meter: string, node: number, ...more: readonly number[]): readonly Ask[];
  /** The `most` greatest of `totals`, the greatest first. */
  greatest(meter: string, node: number, most: number): Ask;
  /** How many different words stand at the node, of those that were counted in the range. */
  distinct(meter: string, node: number, label: string): Ask;
  /** What has been counted since the beginning of the range. */
  running(meter: string, label: string): Ask;
  /** The total of the first counters without that of the second. */
  remainder(meter: string, other: string, label: string): Ask;
  /** The failures of all addresses that fit, by their transport. */
  transports(addresses: string): readonly Ask[];
  /** The failures of each PBX that there is, whatever is chosen. */
  everyPbx(): readonly Ask[];
  readonly variables: Readonly<Record<'dataSource' | 'pbx' | 'service' | 'address', Variable>>;
  readonly annotations: {
    readonly findings: readonly Annotation[];
    readonly gaps: Annotation;
    readonly repairs: Annotation;
  };
  /** From the series of an address to the dashboard of it. */
  toAddress(uid: string): DataLink;
  readonly words: Words;
}

/** What the texts say of the receiver. */
export interface Words {
  readonly name: string;
  /** How long single addresses are kept: within a sentence, and as the beginning of one. */
  readonly forgets: string;
  readonly keeps: string;
  readonly namesOfAddresses: string;
  readonly transportNotSaid: string;
  readonly everyPbx: string;
  readonly exactness: string;
  /** Where the names of accounts are besides the log. */
  readonly accounts: readonly string[];
}
