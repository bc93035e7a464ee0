import { addressWords, wordsText } from './address-words.js';
import { type Address, type Family, parseAddress } from './remote-address.js';

/** All addresses that begin with the same `length` bits. */
export interface Prefix {
  readonly family: Family;
  /** The lowest of them, canonical and without a zone. */
  readonly address: Address;
  /** 0 to 32 of IPv4, 0 to 128 of IPv6. */
  readonly length: number;
}

/** The prefixes of one family that are in no other one, in order: `firsts[n]` to `lasts[n]`, as keys. */
interface Ranges {
  readonly firsts: readonly string[];
  readonly lasts: readonly string[];
}

const BITS: Readonly<Record<Family, number>> = { IPV4: 32, IPV6: 128 };
const WORD_BITS = 16;

/**
 * Reads `203.0.113.9`, `203.0.113.0/24` or `2001:db8::/32`. An address alone is a prefix of its full length; what maps IPv4
 * is IPv4 (`::ffff:203.0.113.0/120` is `203.0.113.0/24`).
 * @returns null for anything else: also with bits set behind the length (`203.0.113.9/24`), because then either the address or
 * the length is a mistake, and with a zone, because a prefix is the same on every link.
 */
export function parsePrefix(text: string): Prefix | null {
  const [host = '', digits, ...more] = text.split('/', 3);
  const address = host.includes('%') || more.length > 0 ? null : parseAddress(host);
  if (address === null) return null;
  const family = familyOf(address);
  const mappingBits = family === 'IPV4' && host.includes(':') ? 96 : 0;
  const length = digits === undefined ? BITS[family] : lengthOf(digits) - mappingBits;
  if (!(length >= 0 && length <= BITS[family])) return null;
  return wordsText(masked(addressWords(address), length)) === address ? { family, address, length } : null;
}

function familyOf(address: Address): Family {
  return address.includes(':') ? 'IPV6' : 'IPV4';
}

/** NaN for what is no decimal number. */
function lengthOf(digits: string): number {
  return /^(0|[1-9]\d{0,2})$/.test(digits) ? Number(digits) : Number.NaN;
}

/** The canonical text, always with the length: `203.0.113.9/32`. */
export function prefixText({ address, length }: Prefix): string {
  return `${address}/${length}`;
}

/** Null for what is not the one text that `prefixText` gives a prefix. */
export function canonicalPrefix(value: unknown): Prefix | null {
  const prefix = typeof value === 'string' ? parsePrefix(value) : null;
  return prefix !== null && prefixText(prefix) === value ? prefix : null;
}

/**
 * The canonical text of the prefix that the address is in: `203.0.113.0/24`. A zone is dropped.
 * @param length from 0 to the bits of the address's family.
 * @throws RangeError for another length.
 */
export function maskedPrefix(address: Address, length: number): string {
  if (!Number.isInteger(length) || length < 0 || length > BITS[familyOf(address)]) {
    throw new RangeError(`no prefix of an address is ${length} bits long`);
  }
  return `${wordsText(masked(addressWords(address), length))}/${length}`;
}

/** The words with every bit behind the first `length` ones set to 0, or to 1 where `ones` is 0xffff. */
function masked(words: readonly number[], length: number, ones: 0 | 0xffff = 0): number[] {
  return words.map((word, index) => {
    const kept = Math.min(Math.max(length - index * WORD_BITS, 0), WORD_BITS);
    const tail = 0xffff >>> kept;
    return (word & ~tail) | (ones & tail);
  });
}

/**
 * A set of prefixes that never changes: who needs another one builds it and puts it in the old one's place.
 *
 * Two prefixes never overlap in part, so without those that lie in another one they are disjoint ranges in order, and every
 * question is one binary search, however many prefixes of however many lengths there are. An address is compared as a
 * text of one letter for each of its words, its key. Zones do not count: `fe80::1%eth0` is in the set that has `fe80::1`.
 */
export class AddressSet {
  readonly #ipv4: Ranges;
  readonly #ipv6: Ranges;

  constructor(prefixes: Iterable<Prefix>) {
    const all = [...prefixes];
    this.#ipv4 = rangesOf(all.filter(({ family }) => family === 'IPV4'));
    this.#ipv6 = rangesOf(all.filter(({ family }) => family === 'IPV6'));
  }

  has(address: Address): boolean {
    const words = addressWords(address);
    const key = keyOf(words);
    return overlapsAny(words.length === 2 ? this.#ipv4 : this.#ipv6, key, key);
  }

  /** Whether any address of the prefix is in the set: the prefix lies in a member, or a member in the prefix. */
  overlaps(prefix: Prefix): boolean {
    return overlapsAny(prefix.family === 'IPV4' ? this.#ipv4 : this.#ipv6, ...rangeOf(prefix));
  }
}

function rangesOf(prefixes: readonly Prefix[]): Ranges {
  const firsts: string[] = [];
  const lasts: string[] = [];
  for (const [first, last] of prefixes.map(rangeOf).sort(widestFirst)) {
    const before = lasts.at(-1);
    if (before !== undefined && first <= before) continue;
    firsts.push(first);
    lasts.push(last);
  }
  return { firsts, lasts };
}

type Range = readonly [first: string, last: string];

function rangeOf({ address, length }: Prefix): Range {
  const words = addressWords(address);
  return [keyOf(words), keyOf(masked(words, length, 0xffff))];
}

/** By where they begin; of those that begin at the same address the longest range comes first. */
function widestFirst(a: Range, b: Range): number {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1;
  return a[1] > b[1] ? -1 : 1;
}

function keyOf(words: readonly number[]): string {
  return String.fromCharCode(...words);
}

/** Whether one of the ranges has an address from `first` to `last`. */
function overlapsAny({ firsts, lasts }: Ranges, first: string, last: string): boolean {
  let low = 0;
  let high = firsts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const begin = firsts[middle];
    if (begin !== undefined && begin <= last) low = middle + 1;
    else high = middle;
  }
  // Of the ranges that begin at `last` or before it, the one nearest to it ends last.
  const end = lasts[low - 1];
  return end !== undefined && end >= first;
}
