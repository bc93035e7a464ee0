import { AddressSet, type Prefix, parsePrefix } from '../domain/address-set.js';
import type { Log } from '../domain/log.js';
import type { Address } from '../domain/remote-address.js';
import { pause } from '../lifecycle/pause.js';
import { NamedHost, type NamedHostOptions } from './named-host.js';
import { neighbours, type ReadStart } from './neighbours.js';
import { NEVER_BANNED } from './never-banned.js';
import { type Interfaces, ownAddresses } from './own-addresses.js';
import { SystemAddresses } from './system-addresses.js';

export interface AllowlistOptions extends Pick<NamedHostOptions, 'resolve' | 'now' | 'wait'> {
  /** Prefixes, addresses (a zone does not count) and host names: what the user trusts, and the hosts that we talk with. */
  readonly entries: readonly string[];
  readonly log: Log;
  readonly interfaces?: Interfaces;
  readonly readStart?: ReadStart;
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
 * Who must never be banned: the entries, this host, its gateways and name servers, and what no ban can be meant for. It is asked
 * for each decision; names, interfaces and routes are read again in the background, every minute, and what was known holds until
 * there is an answer.
 */
export class Allowlist {
  readonly #options: Required<Pick<AllowlistOptions, 'log' | 'wait' | 'random'>>;
  readonly #told: readonly SystemAddresses[];
  readonly #names: readonly NamedHost[];
  readonly #fixed: AddressSet;
  /** What changes: what the system tells, and the addresses of the names. */
  #moving: AddressSet;
  #version = 0;
  #isReady = false;
  readonly #whenReady: (() => void)[] = [];

  constructor({ entries, log, interfaces, readStart, wait = pause, random = Math.random, ...dns }: AllowlistOptions) {
    this.#options = { log, wait, random };
    const prefixes = entries.map(prefixOf).filter((prefix) => prefix !== null);
    const names = new Set(entries.filter((entry) => prefixOf(entry) === null));
    const onChange = () => this.#move();
    this.#names = [...names].map((name) => new NamedHost(name, { log, wait, onChange, ...dns }));
    this.#told = [
      new SystemAddresses({
        log,
        read: () => ownAddresses(interfaces),
        warning: "this host's own addresses cannot be read",
      }),
      new SystemAddresses({
        log,
        read: () => neighbours(readStart),
        warning: "this host's gateways and name servers cannot be read",
      }),
    ];
    for (const addresses of this.#told) addresses.refresh();
    this.#fixed = new AddressSet([...NEVER_BANNED, ...prefixes]);
    this.#moving = this.#movingSet();
  }

  /** Another one after each change, so that whoever was asked about before can be asked about again. */
  get version(): number {
    return this.#version;
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
    const changed = this.#told.map((addresses) => addresses.refresh());
    if (changed.includes(true)) this.#move();
    const names = this.#names.values();
    const lookUp = async () => {
      for (const name of names) if (!signal.aborted) await name.refresh(signal);
    };
    await Promise.all(Array.from({ length: LOOKUPS_AT_A_TIME }, lookUp));
  }

  #move(): void {
    this.#moving = this.#movingSet();
    this.#version += 1;
  }

  #movingSet(): AddressSet {
    const told = this.#told.flatMap(({ addresses }) => addresses);
    const addresses = [...told, ...this.#names.flatMap((name) => [...name.addresses])];
    return new AddressSet(addresses.map(prefixOf).filter((prefix) => prefix !== null));
  }
}

/** Null for what can only be a name. */
function prefixOf(entry: string): Prefix | null {
  return parsePrefix(entry.replace(/%.*/, ''));
}
