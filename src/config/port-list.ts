import { PortRange } from '../domain/port-range.js';
import { format } from './formats.js';

/** An iptables rule takes 15 (xt_multiport), and a dozen is more than a PBX has. */
const RANGES_MAX = 64;

/** In order, and those that touch or overlap as one: a firewall takes no two that overlap. */
export const portList = format(
  `ports and ranges (5060,10000-20000) with commas or blanks between them, at most ${RANGES_MAX}`,
  (text) => {
    const ranges = text
      .trim()
      .split(/\s*,\s*|\s+/)
      .map(rangeOf);
    const read = ranges.filter((range) => range !== undefined);
    return read.length === ranges.length && read.length <= RANGES_MAX ? united(read) : undefined;
  },
);

function rangeOf(text: string): PortRange | undefined {
  const [, low = '', high = low] = /^([1-9]\d{0,4})(?:-([1-9]\d{0,4}))?$/.exec(text) ?? [];
  const [first, last] = [Number(low), Number(high)];
  return low !== '' && first <= last && last <= 65_535 ? new PortRange(first, last) : undefined;
}

function united(ranges: readonly PortRange[]): readonly PortRange[] {
  const merged: PortRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.first - b.first)) {
    const before = merged.at(-1);
    if (before === undefined || range.first > before.last + 1) merged.push(range);
    else merged.splice(-1, 1, new PortRange(before.first, Math.max(before.last, range.last)));
  }
  return merged;
}
