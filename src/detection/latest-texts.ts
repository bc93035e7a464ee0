import { hashOfText, PROCESS_KEY } from '../text/keyed-hash.js';

/** So few texts are compared faster than hashed. */
const FEW = 8;
/** Letters that count for a hash: two texts with the same one cost one comparison more. */
const LETTERS_MAX = 64;

/** Distinct texts, the latest so many of them. Each new one of many is looked for among all of them, so by their hashes. */
export class LatestTexts {
  /** The newest last. */
  #texts: string[] = [];
  /** Of many texts: their hashes, in the same order; null where there are few. */
  #hashes: number[] | null = null;
  readonly #kept: number;

  /** @param kept texts at most. */
  constructor(kept: number) {
    this.#kept = kept;
  }

  get length(): number {
    return this.#texts.length;
  }

  [Symbol.iterator](): IterableIterator<string> {
    return this.#texts.values();
  }

  has(text: string): boolean {
    if (this.#hashes === null) return this.#texts.includes(text);
    const hash = hashOf(text);
    let at = this.#hashes.indexOf(hash);
    while (at >= 0 && this.#texts[at] !== text) at = this.#hashes.indexOf(hash, at + 1);
    return at >= 0;
  }

  /** @param text kept: it must not share memory with a buffer. It is not there yet. */
  add(text: string): void {
    // Most have one; a list that grows takes room for 17.
    if (this.#texts.length === 0) this.#texts = [text];
    else this.#texts.push(text);
    if (this.#hashes !== null) this.#hashes.push(hashOf(text));
    else if (this.#texts.length > FEW) this.#hashes = this.#texts.map(hashOf);
    if (this.#texts.length <= this.#kept) return;
    this.#texts.shift();
    this.#hashes?.shift();
  }
}

function hashOf(text: string): number {
  return hashOfText(text, PROCESS_KEY, LETTERS_MAX);
}
