import { detached } from '../../text/detached.js';

/** Asterisk logs the two lines of a login in one go; a log has whole seconds. */
const PAIR_MS_MAX = 2_000;
const PAIRS_MAX = 64;

/**
 * Tells the second line about a failed AMI login from a login of its own. Asterisk logs the cause and then the failure,
 * but with a wrong secret, and before 1.6, only one of them; so the first that comes is counted, and the other is known by
 * its thread, address and name.
 *
 * Over HTTP the second line never comes, and so what waits is forgotten: the oldest of 64, and what is 2 s old.
 */
export class LoginPairs {
  readonly #waiting = new Map<string, number>();

  /** @param at milliseconds since the Unix epoch, as all times here. */
  open(key: string, at: number): void {
    this.#waiting.delete(key);
    this.#waiting.set(detached(key), at);
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > PAIRS_MAX && oldest !== undefined) this.#waiting.delete(oldest);
  }

  /** @returns whether this is the second line of a pair; there is none after it. */
  close(key: string, at: number): boolean {
    const since = this.#waiting.get(key);
    if (since === undefined) return false;
    this.#waiting.delete(key);
    return Math.abs(at - since) <= PAIR_MS_MAX;
  }

  clear(): void {
    this.#waiting.clear();
  }
}
