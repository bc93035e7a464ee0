import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import type { Log } from '../domain/log.js';
import { type Address, parseAddress } from '../domain/remote-address.js';
import { pause } from '../lifecycle/pause.js';

export interface NamedHostOptions {
  readonly log: Log;
  /** Told whenever `addresses` are others than before. */
  readonly onChange: () => void;
  /** The system's resolver, so that /etc/hosts counts, as it does for whoever connects to the name. */
  readonly resolve?: (name: string) => Promise<readonly Pick<LookupAddress, 'address'>[]>;
  /** How long a lookup may take before it is said to have failed. It cannot be ended, and its late answer counts. */
  readonly lookupMs?: number;
  /** How long an address counts after the last answer with it. Names with many addresses give some of them at a time. */
  readonly keepMs?: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
  readonly wait?: typeof pause;
}

/** How many addresses a name may have; more are no one's phone or trunk. The newest count. */
const ADDRESSES_MAX = 64;

/**
 * All addresses of a name. When it cannot be resolved, those that were known stay for as long as it takes:
 * a name server that is down must not get a friend banned.
 */
export class NamedHost {
  readonly #name: string;
  readonly #options: Required<NamedHostOptions>;
  /** When each address was last in an answer, the oldest first. */
  readonly #seenAt = new Map<Address, number>();
  /** The lookup that has not ended; there is never a second one. */
  #lookup: Promise<void> | null = null;
  #isFailing = false;
  #isOverfull = false;

  constructor(name: string, options: NamedHostOptions) {
    this.#name = name;
    this.#options = {
      resolve: (host) => lookup(host, { all: true }),
      lookupMs: 5_000,
      keepMs: 600_000,
      now: () => performance.now(),
      wait: pause,
      ...options,
    };
  }

  get addresses(): Iterable<Address> {
    return this.#seenAt.keys();
  }

  /** Looks the name up, and waits for the answer as long as it may take. Never rejects. */
  async refresh(signal: AbortSignal): Promise<void> {
    const { lookupMs, wait } = this.#options;
    this.#lookup ??= this.#look();
    const ended = new AbortController();
    const end = () => ended.abort();
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
    const isLate = await Promise.race([this.#lookup.then(() => false), wait(lookupMs, ended.signal).then(() => true)]);
    if (isLate && !ended.signal.aborted) this.#failed(`no answer within ${lookupMs / 1000} s`);
    signal.removeEventListener('abort', end);
    end();
  }

  async #look(): Promise<void> {
    try {
      const found = await this.#options.resolve(this.#name);
      const addresses = found.flatMap(({ address }) => parseAddress(address.replace(/%.*/, '')) ?? []);
      if (addresses.length === 0) this.#failed('it has no address');
      else this.#answered(addresses);
    } catch (error) {
      // The resolver's: no such name, or no name server that answers.
      this.#failed(String(error));
    } finally {
      this.#lookup = null;
    }
  }

  #answered(addresses: readonly Address[]): void {
    const { log, onChange } = this.#options;
    const before = [...this.#seenAt.keys()].sort().join();
    this.#remember(addresses);
    if ([...this.#seenAt.keys()].sort().join() !== before) onChange();
    if (this.#isFailing) log.info({ name: this.#name }, 'a name on the allowlist can be resolved again');
    this.#isFailing = false;
  }

  #remember(addresses: readonly Address[]): void {
    const now = this.#options.now();
    for (const address of addresses) {
      this.#seenAt.delete(address);
      this.#seenAt.set(address, now);
    }
    const isOverfull = this.#seenAt.size > ADDRESSES_MAX;
    for (const [address, seenAt] of this.#seenAt) {
      if (this.#seenAt.size <= ADDRESSES_MAX && now - seenAt < this.#options.keepMs) break;
      this.#seenAt.delete(address);
    }
    if (isOverfull && !this.#isOverfull) {
      const fields = { name: this.#name, addressesMax: ADDRESSES_MAX };
      this.#options.log.warn(fields, 'a name on the allowlist has too many addresses: the rest can be banned');
    }
    this.#isOverfull = isOverfull;
  }

  /** Said once, until the name is resolved again. */
  #failed(error: string): void {
    if (this.#isFailing) return;
    this.#isFailing = true;
    const known = this.#seenAt.size;
    const fields = { name: this.#name, error, known };
    this.#options.log.warn(
      fields,
      known === 0
        ? 'a name on the allowlist cannot be resolved: its addresses can be banned'
        : 'a name on the allowlist cannot be resolved: the addresses that it had stay on the list',
    );
  }
}
