import { canonicalPrefix } from '../domain/address-set.js';
import { type Address, type Family, parseAddress } from '../domain/remote-address.js';
import { FRIENDLY_PORTS_KEPT, GATEWAY_LINES, PAIRS_KEPT, PORTS_KEPT, SOCKETS_KEPT } from './limits.js';
import { addPair } from './pairs.js';
import {
  type NetworkRecord,
  newPair,
  newPlace,
  newSocket,
  type Pair,
  type PlaceRecord,
  placeKey,
  type SocketRecord,
  socketKey,
} from './places.js';
import {
  type Form,
  type FormOf,
  isCount,
  isFlag,
  isListOf,
  isNullOr,
  isPort,
  isRecordOf,
  isText,
  isTime,
  isTupleOf,
} from './saved-form.js';
import {
  fitting,
  isSavedBan,
  isSavedScore,
  isSavedTold,
  LETTER_LENGTH,
  lazyScore,
  loadBan,
  loadScore,
  type Room,
  savedBan,
  savedLazyScore,
  savedScore,
  savedTold,
  TOLD_LENGTH,
  toldOf,
} from './saved-parts.js';

const SCORES = ['guesses', 'proven', 'restless', 'accounts', 'names', 'probes', 'strays', 'socketBans'] as const;

const isAddress: Form<Address> = (value): value is Address => isText(value) && parseAddress(value) === value;

const isSavedPair = isRecordOf({
  account: isText,
  scores: isTupleOf(isSavedScore, isSavedScore),
  /** First and last. */
  times: isTupleOf(isTime, isTime),
  attempts: isCount,
  pace: isTupleOf(isCount, isTime),
  ports: isListOf(isPort, PORTS_KEPT),
  told: isSavedTold,
});

const isSavedSocket = isRecordOf({
  address: isAddress,
  port: isPort,
  accounts: isListOf(isText, GATEWAY_LINES + 1),
  guesses: isSavedScore,
  lastAt: isTime,
  ban: isSavedBan,
});

const isSavedPlace = isRecordOf({
  host: isNullOr(isAddress),
  /** In the order of SCORES. */
  scores: isTupleOf(...SCORES.map(() => isSavedScore)),
  counts: isTupleOf(isCount, isCount),
  times: isTupleOf(isTime, isTime),
  residents: isTupleOf(isCount, isTime),
  ban: isSavedBan,
  isCounted: isFlag,
  told: isSavedTold,
  /** The newest first. */
  pairs: isListOf(isSavedPair, PAIRS_KEPT),
  sockets: isNullOr(isListOf(isSavedSocket, SOCKETS_KEPT)),
  friendlyPorts: isNullOr(isListOf(isTupleOf(isPort, isTime), FRIENDLY_PORTS_KEPT)),
});

export type SavedPlace = FormOf<typeof isSavedPlace>;
type SavedPair = FormOf<typeof isSavedPair>;
type SavedSocket = FormOf<typeof isSavedSocket>;

// The store takes 65,536 letters a record: 512 ports need 13,000 of them, and what else a place has, with all rules told, 3,000.

const PAIRS_ROOM: Room<SavedPair> = {
  lengthMax: 28_000,
  worth: ({ scores: [[guesses], [asks]] }) => guesses + asks,
  lengthMost: ({ account, told }) => 420 + LETTER_LENGTH * account.length + TOLD_LENGTH * (told?.length ?? 0),
};

/** Those that are banned are worth most, then those that guessed most. */
const SOCKETS_ROOM: Room<SavedSocket> = {
  lengthMax: 21_000,
  worth: ({ ban: [until], guesses: [points] }) => until + points,
  lengthMost: ({ accounts }) => accounts.reduce((sum, { length }) => sum + LETTER_LENGTH * length + '"",'.length, 460),
};

export function savedPlace(place: PlaceRecord): SavedPlace {
  const { attempts, failures, firstAt, lastAt, residents, residentAt, sockets, friendlyPorts } = place;
  return {
    host: place.host,
    scores: SCORES.map((name) => savedLazyScore(place[name], firstAt)),
    counts: [attempts, failures],
    times: [firstAt, lastAt],
    residents: [residents, residentAt],
    ban: savedBan(place.ban),
    isCounted: place.isCounted,
    told: savedTold(place.told),
    pairs: fitting(place.pairs.map(savedPair).reverse(), PAIRS_ROOM),
    sockets: sockets === null ? null : fitting([...sockets.values()].map(savedSocket), SOCKETS_ROOM),
    friendlyPorts: friendlyPorts === null ? null : [...friendlyPorts],
  };
}

function savedPair({ account, guesses, asks, firstAt, lastAt, attempts, pace, paceAt, ports, told }: Pair): SavedPair {
  return {
    account,
    scores: [savedScore(guesses), savedLazyScore(asks, firstAt)],
    times: [firstAt, lastAt],
    attempts,
    pace: [pace, paceAt],
    ports: [...ports],
    told: savedTold(told),
  };
}

function savedSocket({ address, port, accounts, guesses, lastAt, ban }: SocketRecord): SavedSocket {
  return {
    address,
    port,
    accounts: [...accounts],
    guesses: savedScore(guesses),
    lastAt,
    ban: savedBan(ban),
  };
}

/** @returns what kind of address a place with this key has; null for what is no place's key. */
export function familyOfPlace(key: string): Family | null {
  if (!key.includes('/')) return isAddress(key) && !key.includes(':') ? 'IPV4' : null;
  const prefix = canonicalPrefix(key);
  return prefix?.family === 'IPV6' && placeKey(prefix) === key ? 'IPV6' : null;
}

/**
 * @param networkOf the network of a place that was first seen then.
 * @returns null for what is no saved place.
 */
export function loadPlace(
  key: string,
  value: unknown,
  networkOf: (key: string, at: number) => NetworkRecord,
): PlaceRecord | null {
  const family = familyOfPlace(key);
  if (family === null || !isSavedPlace(value)) return null;
  const { host, sockets, friendlyPorts } = value;
  const isInside = (address: Address) => placeKey({ address, family }) === key;
  if (host !== null && !isInside(host)) return null;
  if (sockets?.some(({ address, port }) => port === 0 || !isInside(address)) === true) return null;
  const [firstAt, lastAt] = value.times;
  const [attempts, failures] = value.counts;
  const [residents, residentAt] = value.residents;
  const address = host ?? (key.replace(/\/\d+$/, '') as Address);
  const place = newPlace(key, { family, address }, networkOf(key, firstAt), firstAt);
  const { isCounted, told } = value;
  Object.assign(place, { host, attempts, failures, lastAt, residents, residentAt, isCounted, told: toldOf(told) });
  loadBan(place.ban, value.ban);
  for (const [index, saved] of value.scores.entries()) {
    const name = SCORES[index] ?? 'guesses';
    if (name === 'guesses' || name === 'accounts') loadScore(place[name], saved);
    else place[name] = lazyScore(saved, firstAt);
  }
  for (const saved of value.pairs.toReversed()) addPair(place, loadPair(saved));
  if (friendlyPorts !== null) place.friendlyPorts = new Map(friendlyPorts);
  if (sockets === null) return place;
  place.sockets = new Map();
  for (const saved of sockets) place.sockets.set(socketKey(place, saved.address, saved.port), loadSocket(saved));
  return place;
}

function loadPair({ account, scores, times, attempts, pace, ports, told }: SavedPair): Pair {
  const [firstAt, lastAt] = times;
  const pair = newPair(account, firstAt);
  loadScore(pair.guesses, scores[0]);
  pair.asks = lazyScore(scores[1], firstAt);
  pair.ports.push(...ports);
  return Object.assign(pair, { lastAt, attempts, pace: pace[0], paceAt: pace[1], told: toldOf(told) });
}

function loadSocket({ address, port, accounts, guesses, lastAt, ban }: SavedSocket): SocketRecord {
  const socket = newSocket(address, port, lastAt);
  loadScore(socket.guesses, guesses);
  loadBan(socket.ban, ban);
  socket.accounts.push(...accounts);
  return socket;
}
