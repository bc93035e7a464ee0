/** `21,055,537`, of a whole number. By hand, because Intl takes as long to load as Node takes to start. */
export function numberWords(value: number): string {
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** UTC, to the second: `2026-11-21 01:43:40`. */
export function timeWords(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}

/** [letter, seconds], the longest first. */
const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** Of the two largest units: `186 d`, `1 h 30 min`, `0 s`. */
export function durationWords(seconds: number): string {
  const whole = Math.round(seconds);
  const first = UNITS.findIndex(([, length]) => whole >= length);
  if (first < 0) return '0 s';
  let rest = whole;
  const parts: string[] = [];
  for (const [unit, length] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.join(' ');
}
