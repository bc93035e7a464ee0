/** [unit, milliseconds], the longest first. */
const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

const NUMBER = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });

/** A time as people say it, of two neighbouring units at most and rounded down: `3 days`, `1 hour 30 minutes`. */
export function durationWords(ms: number): string {
  const first = UNITS.findIndex(([, unitMs]) => ms >= unitMs);
  if (first === -1) return 'less than a second';
  let rest = ms;
  const parts: string[] = [];
  for (const [unit, unitMs] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(rest / unitMs);
    rest -= count * unitMs;
    if (count > 0) parts.push(countWords(count, unit));
  }
  return parts.join(' ');
}

/** `1 guess`, `1,000 guesses`. */
export function countWords(count: number, one: string, many = `${one}s`): string {
  return `${NUMBER.format(count)} ${count === 1 ? one : many}`;
}

/** ISO 8601 in UTC, to the second. */
export function timeWords(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}
