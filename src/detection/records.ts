import type { RuleName, Severity } from '../domain/finding.js';
import type { Address, Family } from '../domain/remote-address.js';
import { detached } from '../text/detached.js';
import { newScore, type Score } from './score.js';

// What is remembered, from the smallest thing to the largest: one account at one address, an address with all its
// accounts, a prefix with all its addresses, an account with all that guessed at it.

/** When a rule was last told of a subject, so that it is told again only when it got worse. */
export type Told = {
  [rule in RuleName]?: { readonly at: number; readonly severity: Severity; readonly attempts: number };
};

/** One account at one address. Part of a chain, because most addresses have one or two. */
export interface Pair {
  readonly account: string;
  /** What all guess at; null while all that is known of the account is that Asterisk does not have it. */
  target: AccountRecord | null;
  /** This account's share of the address' score. */
  readonly score: Score;
  /** Guesses since the last success, or all. */
  failures: number;
  firstAt: number;
  lastAt: number;
  /** When it last logged in; 0: never. Milliseconds since the Unix epoch, as all times here. */
  successAt: number;
  /** The period of its failures and how far they stray from it, both as moving averages, and over how many intervals. */
  periodMs: number;
  strayMs: number;
  intervals: number;
  told: Told | null;
  next: Pair | null;
}

/** What can be banned. */
export interface Bannable {
  bannedUntil: number;
  /** Bans so far: each is longer than the one before. */
  bans: number;
  banAt: number;
}

export interface AddressRecord extends Bannable {
  readonly address: Address;
  readonly family: Family;
  readonly prefix: PrefixRecord;
  /** Points of all guesses; of those whose address is proven; of all with the long half-life. */
  readonly score: Score;
  readonly proven: Score;
  readonly slow: Score;
  /** Challenges to strangers that stayed unanswered. */
  readonly probes: Score;
  /** Distinct accounts that do not exist, and that do, as decaying counts. */
  readonly unknownAccounts: Score;
  readonly knownAccounts: Score;
  attempts: number;
  /** Those of them that no login has forgiven. */
  guesses: number;
  firstAt: number;
  lastAt: number;
  pairs: Pair | null;
  /** Accounts in the chain that have never logged in from here, and that have. */
  strangers: number;
  friends: number;
  told: Told | null;
  isDirty: boolean;
}

export interface PrefixRecord extends Bannable {
  /** `203.0.113.0/24`, `2001:db8::/64`. */
  readonly prefix: string;
  readonly score: Score;
  readonly proven: Score;
  attempts: number;
  /** Addresses of it that were seen. */
  addresses: number;
  /** The last login from any of them; 0: none. */
  friendAt: number;
  firstAt: number;
  told: Told | null;
}

export interface AccountRecord {
  readonly account: string;
  readonly service: string;
  /** Distinct addresses that guessed at it, as a decaying count, and since it began, at least. */
  readonly attackers: Score;
  addresses: number;
  /** The latest of them. */
  readonly latest: Address[];
  attempts: number;
  firstAt: number;
  told: Told | null;
  isDirty: boolean;
  /** It is no longer in the table, only in chains that do not know of it yet. */
  isEvicted: boolean;
}

export function newPair(account: string, at: number, next: Pair | null): Pair {
  return {
    account: detached(account),
    target: null,
    score: newScore(at),
    failures: 0,
    firstAt: at,
    lastAt: at,
    successAt: 0,
    periodMs: 0,
    strayMs: 0,
    intervals: 0,
    told: null,
    next,
  };
}

export function newAddressRecord(address: Address, family: Family, prefix: PrefixRecord, at: number): AddressRecord {
  return {
    address,
    family,
    prefix,
    score: newScore(at),
    proven: newScore(at),
    slow: newScore(at),
    probes: newScore(at),
    unknownAccounts: newScore(at),
    knownAccounts: newScore(at),
    attempts: 0,
    guesses: 0,
    firstAt: at,
    lastAt: at,
    pairs: null,
    strangers: 0,
    friends: 0,
    bannedUntil: 0,
    bans: 0,
    banAt: 0,
    told: null,
    isDirty: false,
  };
}

export function newPrefixRecord(prefix: string, at: number): PrefixRecord {
  return {
    prefix,
    score: newScore(at),
    proven: newScore(at),
    attempts: 0,
    addresses: 0,
    friendAt: 0,
    firstAt: at,
    bannedUntil: 0,
    bans: 0,
    banAt: 0,
    told: null,
  };
}

export function newAccountRecord(account: string, service: string, at: number): AccountRecord {
  return {
    account,
    service,
    attackers: newScore(at),
    addresses: 0,
    latest: [],
    attempts: 0,
    firstAt: at,
    told: null,
    isDirty: false,
    isEvicted: false,
  };
}

/** How busy a PBX is. */
export interface Pace {
  /** The minute that is counted now, since the Unix epoch, and what was observed in it. */
  minute: number;
  count: number;
  /** Observations a minute, as a moving average over about a day. */
  baseline: number;
  told: Told | null;
}

export function newPace(): Pace {
  return { minute: 0, count: 0, baseline: 0, told: null };
}
