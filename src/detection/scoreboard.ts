import { isIP } from 'node:net';
import { maskedPrefix } from '../domain/address-set.js';
import type { Attempt, Observation, Probe, Success } from '../domain/attempt.js';
import type { Address, RemoteAddress } from '../domain/remote-address.js';
import { detached } from '../text/detached.js';
import { BoundedTable } from './bounded-table.js';
import { addPair, befriend, findPair, isCrowded } from './chain.js';
import { countInPace } from './pace.js';
import { PROBE_POINTS, penalty } from './penalties.js';
import {
  type AccountRecord,
  type AddressRecord,
  newAccountRecord,
  newAddressRecord,
  newPace,
  newPrefixRecord,
  type Pair,
  type PrefixRecord,
} from './records.js';
import { beat, isSteady } from './rhythm.js';
import {
  loadAccount,
  loadAddress,
  type SavedAccount,
  type SavedAddress,
  saveAccount,
  saveAddress,
} from './saved-record.js';
import type { AttemptScene, ProbeScene, SuccessScene } from './scene.js';
import { addPoints, COUNT_HALF_LIFE_MS, pointsAt } from './score.js';
import { failingStrangers, isTrusted, trustOf } from './trust.js';

export interface ScoreboardOptions {
  /** Addresses remembered at most; prefixes and accounts as many. */
  readonly addressesMax: number;
  /** Of the score that BAN_THRESHOLD is compared with, and of the one for slow attacks. */
  readonly halfLifeMs: number;
  readonly slowHalfLifeMs: number;
  /** Beyond so many points an attack is not slow, and what comes then does not count as slow either. */
  readonly banThreshold: number;
  /** How long a login makes an account trusted at its address. */
  readonly trustMs: number;
  /** Addresses that guess at one account from which on none of them is a forgotten phone. */
  readonly distributedAddresses: number;
  /** Told when a record has changed or is gone; not again until `saved` says that it was read. */
  readonly onDirty: (section: Section, key: string) => void;
}

/** The tables that outlive a restart. */
export type Section = 'addresses' | 'accounts';

const PREFIX_LENGTH = { IPV4: 24, IPV6: 64 } as const;
/** More steady accounts than this at one address are no forgotten phones, unless more accounts than that log in there. */
const STALE_MAX = 2;
/** Where nobody ever logs in, a phone is forgotten for no longer than this; who guesses can be as steady as a phone. */
const STALE_GUESSES_MAX = 2_000;
/** Addresses that an account knows by name, so that it counts them once. */
const LATEST_MAX = 16;
/** In points: who floods the table must push out neither who is to be spared nor who is banned. */
const TRUST_WORTH = 10_000;
const BAN_WORTH = 1_000;

/** Remembers who guessed what, where and how often, and forgets slowly. */
export class Scoreboard {
  readonly #options: ScoreboardOptions;
  readonly #addresses: BoundedTable<AddressRecord>;
  readonly #prefixes: BoundedTable<PrefixRecord>;
  readonly #accounts: BoundedTable<AccountRecord>;
  readonly #pace = newPace();
  #evicted = 0;
  /** Of the last observation: what a record is worth is measured at that time. */
  #now = 0;

  constructor(options: ScoreboardOptions) {
    this.#options = options;
    const { addressesMax: entriesMax, halfLifeMs, onDirty } = options;
    this.#addresses = new BoundedTable({
      entriesMax,
      worth: (record) => this.#worth(record),
      onEvict: (key) => {
        this.#evicted++;
        onDirty('addresses', key);
      },
    });
    this.#prefixes = new BoundedTable({
      entriesMax,
      worth: ({ score }) => pointsAt(score, this.#now, halfLifeMs),
      onEvict: () => undefined,
    });
    this.#accounts = new BoundedTable({
      entriesMax,
      worth: ({ attackers }) => pointsAt(attackers, this.#now, COUNT_HALF_LIFE_MS),
      onEvict: (key, record) => {
        record.isEvicted = true;
        onDirty('accounts', key);
      },
    });
  }

  /** How many addresses are remembered, and how many were forgotten for want of a place. */
  get size(): { readonly addresses: number; readonly evicted: number } {
    return { addresses: this.#addresses.size, evicted: this.#evicted };
  }

  address(text: string): AddressRecord | undefined {
    return this.#addresses.get(text);
  }

  /** Scores a guess. */
  attempt(observation: Attempt, now: number): AttemptScene {
    this.#now = now;
    const address = this.#addressOf(observation.remote, now);
    const pair = this.#guessedPair(address, observation, now);
    const isStale = pair !== null && this.#takeBeat(address, pair, observation, now);
    const points = isStale ? 0 : penalty(observation, pair !== null && isTrusted(pair, now, this.#options.trustMs));
    if (points > 0) this.#charge(address, pair, points, observation, now);
    address.attempts++;
    address.guesses++;
    address.lastAt = now;
    countInPace(this.#pace, now);
    address.prefix.attempts++;
    const account = pair?.target ?? null;
    if (account !== null) {
      account.attempts++;
      this.changed(account);
    }
    this.changed(address);
    return { observation, now, address, pace: this.#pace, pair, account, points, isStale };
  }

  /** Scores a challenge that nobody answered. */
  probe(observation: Probe, now: number): ProbeScene {
    this.#now = now;
    const address = this.#addressOf(observation.remote, now);
    addPoints(address.probes, 1, now, this.#options.halfLifeMs);
    this.#charge(address, null, PROBE_POINTS, observation, now);
    this.changed(address);
    return { observation, now, address, pace: this.#pace, points: PROBE_POINTS };
  }

  /** What is remembered of a login's address and account before `forgive` takes the login in. */
  success(observation: Success, now: number): SuccessScene {
    this.#now = now;
    const address = this.#addressOf(observation.remote, now);
    const pair = findPair(address, observation.account) ?? addPair(address, observation.account, now);
    countInPace(this.#pace, now);
    const account = this.#accounts.get(accountKey(observation.service, observation.account)) ?? null;
    return { observation, now, address, pace: this.#pace, pair, account };
  }

  /** A login forgives what was guessed at this account from this address, and nothing else. */
  forgive({ address, pair, now }: SuccessScene): void {
    this.#discharge(address, pair, now);
    if (pair.successAt === 0) befriend(address, pair, now);
    pair.successAt = now;
    address.prefix.friendAt = now;
    address.guesses = Math.max(0, address.guesses - pair.failures);
    pair.failures = 0;
    pair.intervals = 0;
    pair.told = null;
    this.changed(address);
  }

  /** How many accounts the address is trusted for now. */
  trust(address: AddressRecord, now: number): number {
    return address.friends === 0 ? 0 : trustOf(address, now, this.#options.trustMs);
  }

  /** Marks a record as one to save. */
  changed(record: AddressRecord | AccountRecord): void {
    if (record.isDirty) return;
    record.isDirty = true;
    if ('address' in record) this.#options.onDirty('addresses', record.address);
    else this.#options.onDirty('accounts', accountKey(record.service, record.account));
  }

  /** What is to be saved of a record, null if it is gone; from here on it is no longer changed. */
  saved(section: Section, key: string): SavedAddress | SavedAccount | null {
    const record = section === 'addresses' ? this.#addresses.get(key) : this.#accounts.get(key);
    if (record === undefined) return null;
    record.isDirty = false;
    return 'address' in record ? saveAddress(record) : saveAccount(record);
  }

  /**
   * Takes in what was saved before a restart; accounts first.
   * @returns false for what is no saved record.
   */
  load(section: Section, key: string, value: unknown): boolean {
    return section === 'addresses' ? this.#loadAddress(key, value) : this.#loadAccount(key, value);
  }

  #loadAddress(key: string, value: unknown): boolean {
    const family = isIP(key.replace(/%.*/, ''));
    if (family === 0) return false;
    const prefix = this.#prefixOf(
      maskedPrefix(key as Address, PREFIX_LENGTH[family === 4 ? 'IPV4' : 'IPV6']),
      this.#now,
    );
    const accountOf = (service: string, account: string) => this.#accounts.get(accountKey(service, account)) ?? null;
    const record = loadAddress(key as Address, prefix, value, accountOf);
    if (record === null) return false;
    prefix.addresses++;
    prefix.attempts += record.attempts;
    this.#addresses.add(key, record);
    return true;
  }

  #loadAccount(key: string, value: unknown): boolean {
    const [, service, account] = /^([^\0]*)\0([^\0]*)$/.exec(key) ?? [];
    const record = service === undefined || account === undefined ? null : loadAccount(service, account, value);
    if (record !== null) this.#accounts.add(key, record);
    return record !== null;
  }

  #addressOf({ address, family }: RemoteAddress, now: number): AddressRecord {
    const known = this.#addresses.get(address);
    if (known !== undefined) return known;
    const text = detached(address) as Address;
    const record = newAddressRecord(
      text,
      family,
      this.#prefixOf(maskedPrefix(address, PREFIX_LENGTH[family]), now),
      now,
    );
    record.prefix.addresses++;
    this.#addresses.add(text, record);
    return record;
  }

  #prefixOf(prefix: string, now: number): PrefixRecord {
    const known = this.#prefixes.get(prefix);
    if (known !== undefined) return known;
    const record = newPrefixRecord(prefix, now);
    this.#prefixes.add(prefix, record);
    return record;
  }

  /** The pair that a guess is at, counted if it is a new one. */
  #guessedPair(address: AddressRecord, { account, outcome, service }: Attempt, now: number): Pair | null {
    const isUnknown = outcome === 'unknown_account';
    if (account === null) return null;
    // Nobody can get in through an account that does not exist: among very many they are only counted.
    const known = isUnknown && isCrowded(address) ? null : findPair(address, account);
    if (known === null)
      addPoints(isUnknown ? address.unknownAccounts : address.knownAccounts, 1, now, COUNT_HALF_LIFE_MS);
    if (known === null && isUnknown && isCrowded(address)) return null;
    const pair = known ?? addPair(address, account, now);
    if (!isUnknown && (pair.target === null || pair.target.isEvicted)) {
      pair.target = this.#targetOf(service, pair, address, now);
    }
    return pair;
  }

  /** The account's own record, with one attacker more. */
  #targetOf(service: string, { account }: Pair, { address }: AddressRecord, now: number): AccountRecord {
    const key = accountKey(service, account);
    let record = this.#accounts.get(key);
    if (record === undefined) {
      record = newAccountRecord(account, service, now);
      this.#accounts.add(key, record);
    }
    // Who guesses at more accounts than are remembered of him comes here again and again.
    if (record.latest.includes(address)) return record;
    record.latest.push(address);
    if (record.latest.length > LATEST_MAX) record.latest.shift();
    addPoints(record.attackers, 1, now, COUNT_HALF_LIFE_MS);
    record.addresses++;
    return record;
  }

  /** @returns whether the guess belongs to a device with an old password; then its earlier guesses are taken back. */
  #takeBeat(address: AddressRecord, pair: Pair, { outcome }: Attempt, now: number): boolean {
    beat(pair, now);
    pair.failures++;
    const isStale = isSteady(pair, outcome) && this.#isPardoned(address, pair, now);
    if (isStale) this.#discharge(address, pair, now);
    return isStale;
  }

  /** An account that does not exist is a trunk's keepalive, which nobody gets in by, however long it goes on. */
  #isPardoned(address: AddressRecord, { target, failures }: Pair, now: number): boolean {
    const trust = this.trust(address, now);
    if (failingStrangers(address, now, this.#options.trustMs) > Math.max(STALE_MAX, Math.round(trust))) return false;
    if (target === null || trust > 0) return true;
    const attackers = pointsAt(target.attackers, now, COUNT_HALF_LIFE_MS);
    return failures <= STALE_GUESSES_MAX && attackers < this.#options.distributedAddresses;
  }

  #charge(address: AddressRecord, pair: Pair | null, points: number, { proof }: Observation, now: number): void {
    const { halfLifeMs, slowHalfLifeMs, banThreshold } = this.#options;
    addPoints(address.score, points, now, halfLifeMs);
    if (address.score.points <= banThreshold) addPoints(address.slow, points, now, slowHalfLifeMs);
    addPoints(address.prefix.score, points, now, halfLifeMs);
    if (pair !== null) addPoints(pair.score, points, now, halfLifeMs);
    if (proof === 'none') return;
    addPoints(address.proven, points, now, halfLifeMs);
    addPoints(address.prefix.proven, points, now, halfLifeMs);
  }

  /** Takes back what an account has added to its address' scores. */
  #discharge(address: AddressRecord, pair: Pair, now: number): void {
    const { halfLifeMs, slowHalfLifeMs } = this.#options;
    const points = pointsAt(pair.score, now, halfLifeMs);
    if (points === 0) return;
    for (const score of [address.score, address.proven, address.prefix.score, address.prefix.proven]) {
      addPoints(score, -points, now, halfLifeMs);
    }
    addPoints(address.slow, -points, now, slowHalfLifeMs);
    pair.score.points = 0;
  }

  #worth(record: AddressRecord): number {
    const { halfLifeMs, slowHalfLifeMs } = this.#options;
    const points = pointsAt(record.score, this.#now, halfLifeMs) + pointsAt(record.slow, this.#now, slowHalfLifeMs);
    const trust = this.trust(record, this.#now) > 0 ? TRUST_WORTH : 0;
    return points + trust + (record.bannedUntil > this.#now ? BAN_WORTH : 0);
  }
}

/** A NUL is in neither: Asterisk's strings end with it. */
function accountKey(service: string, account: string): string {
  return `${service}\0${account}`;
}
