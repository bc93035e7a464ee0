import { maskedPrefix } from '../domain/address-set.js';
import { addressWords } from '../domain/address-words.js';
import type { Address, Family, RemoteAddress } from '../domain/remote-address.js';
import { detached } from '../text/detached.js';
import { LatestTexts } from './latest-texts.js';
import { LATEST_KEPT, NAME_HALF_LIFE_MS } from './limits.js';
import type { PairIndex } from './pair-index.js';
import { addPoints, newScore, type Score } from './score.js';
import type { Told } from './told.js';

// What is remembered of where requests come from, from the smallest thing to the largest: a socket, one account at a place,
// the place, and the network that it lies in. A score that most of them never need is null until something is added to it; it
// then begins when its record did.

/**
 * What one household, office or host has: an IPv4 address, or a /64 of IPv6, in which a device takes whatever address it
 * likes (RFC 8981).
 */
export interface PlaceRecord {
  /** `203.0.113.9`, `2001:db8:1:2::/64`. */
  readonly key: string;
  readonly family: Family;
  readonly network: NetworkRecord;
  /** The only address of it that ever failed; null once there were two. */
  host: Address | null;
  /** Guesses of strangers, and those of them that a handshake proves to come from here. */
  readonly guesses: Score;
  proven: Score | null;
  /** Guesses no device makes: an account from ever new sockets, a socket with ever other accounts. */
  restless: Score | null;
  /** Distinct accounts that strangers guessed at. */
  readonly accounts: Score;
  /** Distinct names that were asked for without a password. */
  names: Score | null;
  /** Requests without a name or a password in the last minutes, and those of them from ever new sockets for somewhat longer. */
  probes: Score | null;
  strays: Score | null;
  /** Since the place was first seen: guesses of strangers, and all that failed. */
  attempts: number;
  failures: number;
  firstAt: number;
  lastAt: number;
  /** One for each account that failed here, in the order in which they first did. */
  pairs: Pair[];
  /** Of many pairs; null where a look through them is as fast. */
  pairIndex: PairIndex | null;
  /** Accounts that have their home here, and the last login of one of them; 0: never. */
  residents: number;
  residentAt: number;
  /** Sockets that failed; null before the first. */
  sockets: Map<number, SocketRecord> | null;
  /** Source ports from which residents logged in, and when last; null before the first. */
  friendlyPorts: Map<number, number> | null;
  readonly ban: BanRecord;
  /** Bans of its sockets in the last hours. */
  socketBans: Score | null;
  /** An attack of many was seen to include this place. */
  isCounted: boolean;
  told: Told | null;
  isDirty: boolean;
}

/** What the law of bans has to know of whom it banned. */
export interface BanRecord {
  /** Milliseconds since the Unix epoch; 0: never. */
  until: number;
  /** The last one is of what may be a phone. */
  isMild: boolean;
  /** Bans so far: each is longer than the one before. */
  count: number;
}

/** One account that failed at a place. */
export interface Pair {
  account: string;
  /** Guesses at its password, and requests in its name without one. */
  readonly guesses: Score;
  asks: Score | null;
  attempts: number;
  firstAt: number;
  lastAt: number;
  /** Guesses in the window of a few minutes that began at `paceAt`. */
  pace: number;
  paceAt: number;
  /** The latest source ports, the newest last. */
  ports: number[];
  /** Guesses that its own account's home is the cause of are no stranger's. */
  told: Told | null;
}

/** A source address and port: one device behind a NAT, as long as the NAT keeps its mapping. */
export interface SocketRecord {
  readonly address: Address;
  readonly port: number;
  /** Distinct accounts that failed from it, at most one more than a gateway has. */
  accounts: string[];
  readonly guesses: Score;
  lastAt: number;
  readonly ban: BanRecord;
}

/** A /24 of IPv4, a /48 of IPv6: what is handed out to one customer or one hoster at least. */
export interface NetworkRecord {
  /** `203.0.113.0/24`. */
  readonly prefix: string;
  readonly guesses: Score;
  proven: Score | null;
  /** Distinct places of strangers in it that guessed, and those that guessed at an account that another one had guessed at. */
  readonly places: Score;
  sharing: Score | null;
  /** The latest accounts that were guessed from it. */
  readonly accounts: LatestTexts;
  attempts: number;
  /** The last login from it; 0: never. */
  residentAt: number;
  firstAt: number;
  readonly ban: BanRecord;
  /** Of IPv6: parts of it, /56 each, that were banned, and those in which somebody lives; null before the first. */
  partBans: Map<number, BanRecord> | null;
  livedParts: Set<number> | null;
  told: Told | null;
  isDirty: boolean;
}

const NETWORK_LENGTH = { IPV4: 24, IPV6: 48 } as const;
const PLACE_LENGTH = 64;

/** @returns the text that names the place of an address. */
export function placeKey({ address, family }: Pick<RemoteAddress, 'address' | 'family'>): string {
  return family === 'IPV4' ? address : maskedPrefix(address, PLACE_LENGTH);
}

export function networkKey({ address, family }: Pick<RemoteAddress, 'address' | 'family'>): string {
  return maskedPrefix(address, NETWORK_LENGTH[family]);
}

/** @returns the network of a place by its key. */
export function networkOfPlace(key: string): string {
  const address = key.replace(/\/\d+$/, '') as Address;
  return maskedPrefix(address, NETWORK_LENGTH[address.includes(':') ? 'IPV6' : 'IPV4']);
}

const PART_LENGTH = 56;

/** @returns which of the 256 parts of its /48 an IPv6 address is in; null for IPv4. */
export function partOf(address: Address, family: Family): number | null {
  return family === 'IPV4' ? null : (addressWords(address)[3] ?? 0) >> 8;
}

export function partPrefix(address: Address): string {
  return maskedPrefix(address, PART_LENGTH);
}

/** The sockets of a /64 are told apart by the address too. */
export function socketKey({ family }: Pick<PlaceRecord, 'family'>, address: Address, port: number): number {
  if (family === 'IPV4') return port;
  let hash = port;
  for (let at = address.length - 1; at >= 0; at--) hash = (Math.imul(hash, 31) + address.charCodeAt(at)) | 0;
  return hash;
}

export function newPlace(
  key: string,
  { address, family }: Pick<RemoteAddress, 'address' | 'family'>,
  network: NetworkRecord,
  at: number,
): PlaceRecord {
  return {
    key,
    family,
    network,
    host: family === 'IPV4' ? (key as Address) : (detached(address) as Address),
    guesses: newScore(at),
    proven: null,
    restless: null,
    accounts: newScore(at),
    names: null,
    probes: null,
    strays: null,
    attempts: 0,
    failures: 0,
    firstAt: at,
    lastAt: at,
    pairs: [],
    pairIndex: null,
    residents: 0,
    residentAt: 0,
    sockets: null,
    friendlyPorts: null,
    socketBans: null,
    ban: newBan(),
    isCounted: false,
    told: null,
    isDirty: false,
  };
}

export function newNetwork(prefix: string, at: number): NetworkRecord {
  return {
    prefix,
    guesses: newScore(at),
    proven: null,
    places: newScore(at),
    sharing: null,
    accounts: new LatestTexts(LATEST_KEPT),
    attempts: 0,
    residentAt: 0,
    firstAt: at,
    ban: newBan(),
    partBans: null,
    livedParts: null,
    told: null,
    isDirty: false,
  };
}

/** @param account kept: it must not share memory with a buffer. */
export function newPair(account: string, at: number): Pair {
  return {
    account,
    guesses: newScore(at),
    asks: null,
    attempts: 0,
    firstAt: at,
    lastAt: at,
    pace: 0,
    paceAt: at,
    ports: [],
    told: null,
  };
}

/** Makes a new pair of one that is forgotten: an attacker brings ever new names, and objects cost more than numbers. */
export function restarted(pair: Pair, account: string, at: number): Pair {
  pair.account = account;
  pair.guesses.points = 0;
  pair.guesses.at = at;
  pair.asks = null;
  pair.attempts = 0;
  pair.firstAt = at;
  pair.lastAt = at;
  pair.pace = 0;
  pair.paceAt = at;
  pair.ports = [];
  pair.told = null;
  return pair;
}

/** @param address kept: it must not share memory with a buffer. */
export function newSocket(address: Address, port: number, at: number): SocketRecord {
  return {
    address,
    port,
    accounts: [],
    guesses: newScore(at),
    lastAt: at,
    ban: newBan(),
  };
}

export function newBan(): BanRecord {
  return { until: 0, isMild: false, count: 0 };
}

/** Whether the network, or the part of it that the address is in, is banned. */
export function isNetworkBanned({ network, family }: PlaceRecord, address: Address, now: number): boolean {
  if (network.ban.until > now) return true;
  const part = network.partBans === null ? null : partOf(address, family);
  return part !== null && (network.partBans?.get(part)?.until ?? 0) > now;
}

export function familyOf(address: Address): Family {
  return address.includes(':') ? 'IPV6' : 'IPV4';
}

/** Counts names that were asked for without a password; fewer, too. */
export function addName(place: PlaceRecord, names: number, now: number): void {
  place.names ??= newScore(place.firstAt);
  addPoints(place.names, names, now, NAME_HALF_LIFE_MS);
}
