import { hashOfText, PROCESS_KEY } from '../text/keyed-hash.js';
import type { Pair } from './places.js';

/** Letters of a name that count: two names with the same hash cost one comparison more. */
const LETTERS_MAX = 64;

/**
 * What is looked at of each pair of a place that has many: side by side, because the pairs themselves lie all over the memory,
 * and an attacker with a longer list of names than is kept has all of them looked at with each guess.
 */
export class PairIndex {
  /** Of each pair, in the order of the pairs: the hash of its account, its attempts, and its last one. */
  readonly #hashes: number[] = [];
  readonly #attempts: number[] = [];
  readonly #lastAt: number[] = [];

  constructor(pairs: readonly Pair[]) {
    for (const pair of pairs) this.add(pair);
  }

  /** @returns where among the pairs the account's is; -1 where there is none. */
  find(pairs: readonly Pair[], account: string): number {
    const hash = hashOfText(account, PROCESS_KEY, LETTERS_MAX);
    let at = this.#hashes.indexOf(hash);
    while (at >= 0 && pairs[at]?.account !== account) at = this.#hashes.indexOf(hash, at + 1);
    return at;
  }

  /** @returns where the pair is that was tried least, of equals longest ago, of equals the newest; -1 where there is none. */
  least(): number {
    let least = this.#attempts.length - 1;
    let attempts = this.#attempts[least] ?? 0;
    let lastAt = this.#lastAt[least] ?? 0;
    for (let at = least - 1; at >= 0; at--) {
      const tries = this.#attempts[at] ?? 0;
      if (tries > attempts || (tries === attempts && (this.#lastAt[at] ?? 0) >= lastAt)) continue;
      least = at;
      attempts = tries;
      lastAt = this.#lastAt[at] ?? 0;
    }
    return least;
  }

  /** The last pair is new. */
  add({ account, attempts, lastAt }: Pair): void {
    this.#hashes.push(hashOfText(account, PROCESS_KEY, LETTERS_MAX));
    this.#attempts.push(attempts);
    this.#lastAt.push(lastAt);
  }

  /** The pair there was tried. */
  update(at: number, { attempts, lastAt }: Pair): void {
    this.#attempts[at] = attempts;
    this.#lastAt[at] = lastAt;
  }

  /** The pair there is gone. */
  remove(at: number): void {
    this.#hashes.splice(at, 1);
    this.#attempts.splice(at, 1);
    this.#lastAt.splice(at, 1);
  }
}
