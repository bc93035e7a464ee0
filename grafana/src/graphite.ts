// Expressions of Graphite, as text. statsd writes a counter `a.b` as `stats.counters.a.b.count`, the increments of each flush.

/**
 * Where a PBX's series begin: `stats.{counters,gauges}` and STATSD_PREFIX. Only one of the two trees has a series of a given
 * name, so that one variable serves counters and gauges, and is never empty where there is no prefix.
 */
export const ROOT = '$pbx';

/** Addresses begin with their family, so that this is neither `count` nor `other` nor `attempts`. */
export const ADDRESSES = 'IPV{4,6}-*';

/** The increments of the counter, or of all that the pattern fits. */
export function counter(name: string): string {
  return `${ROOT}.${name}.count`;
}

/** The gauge, named for people. */
export function gauge(name: string, label: string): string {
  return alias(`${ROOT}.${name}`, label);
}

/** Each of the gauges under its own last word. */
export function gauges(name: string): string {
  return `aliasByNode(${ROOT}.${name}, -1)`;
}

/** The sum of all counters that the pattern fits, under one name. */
export function total(name: string, label: string): string {
  return alias(summed(`sumSeries(${summed(counter(name))})`), label);
}

/** One sum for each word that stands at the node, counted from the end: -1 is the `count` of statsd, -2 the meter's last word. */
export function totals(name: string, node: number): string {
  return `aliasByNode(${summedBy(counter(name), node)}, 0)`;
}

/** The `most` greatest of `totals`, the greatest first. */
export function greatest(name: string, node: number, most: number): string {
  return `aliasByNode(highest(${summedBy(counter(name), node)}, ${most}, 'sum'), 0)`;
}

/** How many different words stand at the node, of those that were counted in the range. */
export function distinct(name: string, node: number, label: string): string {
  return alias(`countSeries(removeEmptySeries(${summedBy(counter(name), node)}))`, label);
}

/** What has been counted since the beginning of the range. */
export function running(name: string, label: string): string {
  return alias(`consolidateBy(integral(sumSeries(${summed(counter(name))})), 'max')`, label);
}

export function alias(series: string, label: string): string {
  return `alias(${series}, '${label}')`;
}

/**
 * Points that are put together are added, on the way to the pixels and where functions meet series of different steps.
 * Graphite's default is their mean, by which a true 15 reads 5.
 */
export function summed(series: string): string {
  return `consolidateBy(${series}, 'sum')`;
}

export function summedBy(series: string, node: number): string {
  return summed(`groupByNode(${summed(series)}, ${node}, 'sum')`);
}
