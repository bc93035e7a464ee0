import { maskedPrefix, type Prefix } from '../domain/address-set.js';
import { ExpiryQueue } from './expiry-queue.js';
import type { HeldBan } from './held-ban.js';

/** Stale entries that the queue may hold on top of twice the bans, so that a small table is not built anew all the time. */
const STALE_MAX = 64;

/** The bans that are desired, by their address, and in which order they end. */
export class BanTable {
  readonly #bans = new Map<string, HeldBan>();
  readonly #bansMax: number;
  /** Has an entry for each ban, and stale ones: of bans that are gone, or last longer now. */
  #ends = new ExpiryQueue();

  /** @param bansMax whoever adds one has asked before. */
  constructor(bansMax: number) {
    this.#bansMax = bansMax;
  }

  get size(): number {
    return this.#bans.size;
  }

  get(address: string): HeldBan | undefined {
    return this.#bans.get(address);
  }

  values(): IterableIterator<HeldBan> {
    return this.#bans.values();
  }

  /**
   * Adds a ban, or puts it in the place of the one with the same address.
   * @throws RangeError where the table is full.
   */
  set(held: HeldBan): void {
    const { address, until } = held.ban;
    if (this.#bans.size >= this.#bansMax && !this.#bans.has(address)) throw new RangeError('the table of bans is full');
    this.#bans.set(address, held);
    this.#ends.add({ key: address, until });
    if (this.#ends.size > 2 * this.#bans.size + STALE_MAX) this.#forgetStale();
  }

  delete(address: string): void {
    this.#bans.delete(address);
  }

  /** Takes out the bans that have ended. */
  expired(now: number): HeldBan[] {
    const expired: HeldBan[] = [];
    for (let end = this.#ends.next(now); end !== null; end = this.#ends.next(now)) {
      const held = this.#bans.get(end.key);
      if (held?.ban.until !== end.until) continue;
      this.#bans.delete(end.key);
      expired.push(held);
    }
    return expired;
  }

  /** The bans of the prefix itself and of wider ones that it lies in; the narrowest first. */
  covering({ address, length }: Prefix): HeldBan[] {
    const lengths = Array.from({ length: length + 1 }, (_, index) => length - index);
    return lengths.map((each) => this.#bans.get(maskedPrefix(address, each))).filter((held) => held !== undefined);
  }

  #forgetStale(): void {
    this.#ends = new ExpiryQueue();
    for (const { ban } of this.#bans.values()) this.#ends.add({ key: ban.address, until: ban.until });
  }
}
