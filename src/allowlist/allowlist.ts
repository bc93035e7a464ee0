import { AddressSet, type Prefix, parsePrefix } from '../domain/address-set.js';
import type { Log } from '../domain/log.js';
import { pause } from '../domain/pause.js';
import type { Address } from '../domain/remote-address.js';
import { NamedHost, type NamedHostOptions } from './named-host.js';
import { NEVER_BANNED } from './never-banned.js';
import { type Interfaces, OwnAddresses } from './own-addresses.js';

export interface AllowlistOptions extends Pick<NamedHostOptions, 'resolve' | 'now' | 'wait'> {
  /** Prefixes, addresses (a zone does not count) and host names: what the user trusts, and the hosts that we talk with. */
  readonly entries: readonly string[];
  readonly log: Log;
  readonly interfaces?: Interfaces;
  /** From 0 to below 1. */
  readonly random?: () => number;
}

/** How long names are taken as they were; how long the system's resolver would let us, it does not say. */
const REFRESH_MS = 60_000;
/** How long the first lookups may keep the start waiting. */
const READY_MS = 5_000;
/** As many as Node's thread pool does at a time, so that other lookups need not queue behind ours. */
const LOOKUPS_AT_A_TIME = 2;

/**
 * Who must never be banned: the entries, this host, and what no ban can be meant for. It is asked for each decision;
 * names and interfaces are read again in the background, every minute, and what was known holds until there is an answer.
 */
export class Allowlist {
  readonly #options: Required<Pick<AllowlistOptions, 'log' | 'wait' | 'random'>>;
  readonly #own: OwnAddresses;
  readonly #names: readonly NamedHost[];
  readonly #fixed: AddressSet;
  /** What changes: this host's addresses, and those of the names. */
  #moving: AddressSet;
  #isReady = false;
  readonly #whenReady: (() => void)[] = [];

  constructor({ entries, log, interfaces, wait = pause, random = Math.random, ...dns }: AllowlistOptions) {
    this.#options = { log, wait, random };
    const prefixes = entries.map(prefixOf).filter((prefix) => prefix !== null);
    const names = new Set(entries.filter((entry) => prefixOf(entry) === null));
    const onChange = () => {
      this.#moving = this.#movingSet();
    };
    this.#names = [...names].map((name) => new NamedHost(name, { log, wait, onChange, ...dns }));
    this.#own = new OwnAddresses(log, interfaces);
    this.#own.refresh();
    this.#fixed = new AddressSet([...NEVER_BANNED, ...prefixes]);
    this.#moving = this.#movingSet();
  }

  has(address: Address): boolean {
    return this.#fixed.has(address) || this.#moving.has(address);
  }

  /** Whether a ban of the prefix would hit anybody on the list. */
  overlaps(prefix: Prefix): boolean {
    return this.#fixed.overlaps(prefix) || this.#moving.overlaps(prefix);
  }

  /** Resolves when `run` has looked every name up once, successfully or not; after five seconds, or a stop, in any case. */
  async ready(): Promise<void> {
    if (!this.#isReady) await new Promise<void>((resolve) => this.#whenReady.push(resolve));
  }

  /** Keeps the list up to date until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { wait, random } = this.#options;
    const first = this.#refresh(signal);
    await Promise.race([first, wait(READY_MS, signal)]);
    this.#isReady = true;
    for (const resolve of this.#whenReady.splice(0)) resolve();
    await first;
    while (!signal.aborted) {
      await wait(Math.round(REFRESH_MS * (0.9 + random() / 5)), signal);
      await this.#refresh(signal);
    }
  }

  async #refresh(signal: AbortSignal): Promise<void> {
    if (this.#own.refresh()) this.#moving = this.#movingSet();
    const names = this.#names.values();
    const lookUp = async () => {
      for (const name of names) if (!signal.aborted) await name.refresh(signal);
    };
    await Promise.all(Array.from({ length: LOOKUPS_AT_A_TIME }, lookUp));
  }

  #movingSet(): AddressSet {
    const addresses = [...this.#own.addresses, ...this.#names.flatMap((name) => [...name.addresses])];
    return new AddressSet(addresses.map(prefixOf).filter((prefix) => prefix !== null));
  }
}

/** Null for what can only be a name. */
function prefixOf(entry: string): Prefix | null {
  return parsePrefix(entry.replace(/%.*/, ''));
}
