import type { Address } from './remote-address.js';

const COLON = 0x3a;
const DOT = 0x2e;
const PERCENT = 0x25;
const ZERO = 0x30;
/** What the letter of a hexadecimal digit is above its value: `a` is 0x61 and means 10. */
const LETTER = 0x61 - 10;

/**
 * The address as 16-bit words, the most significant first: two of IPv4, eight of IPv6. The zone is not part of it.
 * It trusts the brand: a canonical text is not checked again.
 */
export function addressWords(address: Address): number[] {
  return address.includes(':') ? ipv6Words(address) : ipv4Words(address);
}

function ipv4Words(text: string): number[] {
  let value = 0;
  let octet = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === DOT) {
      value = value * 256 + octet;
      octet = 0;
    } else {
      octet = octet * 10 + code - ZERO;
    }
  }
  value = value * 256 + octet;
  return [value >>> 16, value & 0xffff];
}

function ipv6Words(text: string): number[] {
  const words: number[] = [];
  let gapAt = -1;
  let word = 0;
  let hasDigit = false;
  let at = 0;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === PERCENT) break;
    if (code !== COLON) {
      word = word * 16 + code - (code < COLON ? ZERO : LETTER);
      hasDigit = true;
      continue;
    }
    if (hasDigit) words.push(word);
    if (text.charCodeAt(at + 1) === COLON) gapAt = words.length;
    word = 0;
    hasDigit = false;
  }
  if (hasDigit) words.push(word);
  if (gapAt !== -1) words.splice(gapAt, 0, ...new Array<number>(8 - words.length).fill(0));
  return words;
}

/** The canonical text of two or eight words (RFC 5952, section 4; never with a dotted tail, as `Address` has it). */
export function wordsText(words: readonly number[]): Address {
  return (words.length === 2 ? ipv4Text(words) : ipv6Text(words)) as Address;
}

function ipv4Text(words: readonly number[]): string {
  return words.map((word) => `${word >>> 8}.${word & 0xff}`).join('.');
}

function ipv6Text(words: readonly number[]): string {
  const [from, to] = longestZeros(words);
  const hex = (part: readonly number[]) => part.map((word) => word.toString(16)).join(':');
  // A single zero is written out.
  return to - from < 2 ? hex(words) : `${hex(words.slice(0, from))}::${hex(words.slice(to))}`;
}

/** Where the longest run of zeros begins and ends; the first one of several. */
function longestZeros(words: readonly number[]): [from: number, to: number] {
  let longest: [number, number] = [0, 0];
  let from = 0;
  for (const [at, word] of words.entries()) {
    if (word !== 0) from = at + 1;
    else if (at + 1 - from > longest[1] - longest[0]) longest = [from, at + 1];
  }
  return longest;
}
