import { detached } from '../text/detached.js';

export interface AddressCapOptions {
  /** How many distinct addresses may have a meter of their own in one window; at least 2. */
  readonly perFlush: number;
  /** How many are remembered over windows, those admitted last; at least twice `perFlush`. */
  readonly remembered: number;
}

/**
 * Decides which addresses have meters of their own in a flush window. Half of the places are kept for addresses that had
 * one before, so that a flood of forged sources cannot push the steady attackers out of their series.
 *
 * One map holds each remembered address with the window that last admitted it, in the order of admission: its first key
 * is the one to forget, and what was forgotten is a newcomer again. Since it holds two windows at least, an address that
 * is admitted in every window is never forgotten. Every operation is O(1).
 */
export class AddressCap {
  readonly #perFlush: number;
  readonly #newcomersMax: number;
  readonly #remembered: number;
  readonly #windowOf = new Map<string, number>();
  /** Kept, because each new iterator would first pass over all that V8 has deleted but not yet cleared away. */
  readonly #oldestFirst = this.#windowOf.keys();
  #window = 0;
  #admitted = 0;
  #newcomers = 0;

  /** @throws RangeError when the limits are below those above. */
  constructor({ perFlush, remembered }: AddressCapOptions) {
    if (!(perFlush >= 2)) throw new RangeError('an address cap needs at least 2 places');
    if (!(remembered >= 2 * perFlush)) throw new RangeError('an address cap must remember twice its places');
    this.#perFlush = perFlush;
    this.#newcomersMax = Math.floor(perFlush / 2);
    this.#remembered = remembered;
  }

  /** Whether the address has a place in this window, taking one for it where that is allowed. */
  admit(address: string): boolean {
    const window = this.#windowOf.get(address);
    if (window === this.#window) return true;
    if (this.#admitted >= this.#perFlush) return false;
    if (window === undefined) {
      if (this.#newcomers >= this.#newcomersMax) return false;
      this.#newcomers += 1;
    }
    this.#admitted += 1;
    this.#remember(address);
    return true;
  }

  nextWindow(): void {
    this.#window += 1;
    this.#admitted = 0;
    this.#newcomers = 0;
  }

  /** How many addresses are held. */
  get size(): number {
    return this.#windowOf.size;
  }

  #remember(address: string): void {
    this.#windowOf.delete(address);
    this.#windowOf.set(detached(address), this.#window);
    const oldest = this.#windowOf.size > this.#remembered ? this.#oldestFirst.next().value : undefined;
    if (oldest !== undefined) this.#windowOf.delete(oldest);
  }
}
