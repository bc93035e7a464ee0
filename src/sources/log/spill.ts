import type { Wording } from './wording.js';

/**
 * How far a client's text reaches beyond the line that it is in. A line feed in it begins a new line of the log, which can
 * look like a whole line of Asterisk's. As long as a line can be such a one it counts only if it names the address that
 * Asterisk wrote before that text: nobody is harmed by that but the client itself.
 */
export class Spill {
  #bytes = 0;
  #address: string | null = null;

  /** @param address null if Asterisk's is not known. */
  open(bytes: number, address: string | null): void {
    if (bytes === 0) return;
    if (this.#bytes === 0) this.#address = address;
    else if (this.#address !== address) this.#address = null;
    this.#bytes = Math.max(this.#bytes, bytes);
  }

  /**
   * Takes a line of the log, with its line feed, off what is left.
   * @returns whether it can begin in the client's text: its end can be Asterisk's.
   */
  covers(lineBytes: number): boolean {
    const isCovered = this.#bytes > 0;
    this.#bytes = Math.max(0, this.#bytes - lineBytes);
    return isCovered;
  }

  allows(address: string): boolean {
    return this.#address === address;
  }

  clear(): void {
    this.#bytes = 0;
  }
}

/** More lines without a prefix are not looked at after one message. */
const STRAYS_MAX = 64;

/**
 * Finds where a message ends whose line looks whole, but only because a client's text has both an imitation of the
 * message's end and a line feed: Asterisk's own end then stands alone, at the end of a line without a prefix.
 * @param strays where the lines without a prefix begin, in order.
 * @param from where the line after the message begins.
 * @returns how many bytes from there are the message's; 0 for a message of one line.
 */
export function spilledBytes(text: string, strays: readonly number[], from: number, wording: Wording): number {
  const limit = from + wording.spillBytesMax;
  let index = lowerBound(strays, limit) - 1;
  for (const last = index - STRAYS_MAX; index >= 0 && index > last; index--) {
    const at = Number(strays[index]);
    if (at < from) return 0;
    const lf = text.indexOf('\n', at);
    const end = lf < 0 ? text.length : lf;
    if (isEndOf(wording, text.slice(at, end).trimEnd())) return end + 1 - from;
  }
  return 0;
}

function isEndOf({ place, tail }: Wording, line: string): boolean {
  if (line === '' || !tail.test(line)) return false;
  if (place === null) return true;
  // Where the address is at the end it belongs to it; where it is amid the message it is already past.
  place.lastIndex = 0;
  return place.source.endsWith('$)') ? place.test(line) : true;
}

function lowerBound(sorted: readonly number[], limit: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (Number(sorted[middle]) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
