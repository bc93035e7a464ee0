import { canonicalPrefix } from '../domain/address-set.js';
import { LATEST_KEPT } from './limits.js';
import { type NetworkRecord, networkKey, newBan, newNetwork } from './places.js';
import { type FormOf, isCount, isListOf, isNullOr, isRecordOf, isTime, isTupleOf, isWhole } from './saved-form.js';
import {
  fittingNames,
  isSavedBan,
  isSavedScore,
  isSavedTold,
  isTexts,
  lazyScore,
  loadBan,
  loadScore,
  savedBan,
  savedLazyScore,
  savedScore,
  savedTold,
  toldOf,
} from './saved-parts.js';

/** The store takes 65,536 letters a record, and the bans of 256 parts need 10,000 of them. */
const ACCOUNTS_LENGTH_MAX = 48_000;
/** A /48 has as many parts. */
const PARTS = 256;

const isPart = isWhole(PARTS - 1);

const isSavedNetwork = isRecordOf({
  /** Guesses, proven ones, places and those that share accounts. */
  scores: isTupleOf(isSavedScore, isSavedScore, isSavedScore, isSavedScore),
  accounts: isTexts(LATEST_KEPT),
  attempts: isCount,
  /** First seen, and the last login. */
  times: isTupleOf(isTime, isTime),
  ban: isSavedBan,
  partBans: isNullOr(isListOf(isTupleOf(isPart, isSavedBan), PARTS)),
  livedParts: isNullOr(isListOf(isPart, PARTS)),
  told: isSavedTold,
});

export type SavedNetwork = FormOf<typeof isSavedNetwork>;

export function savedNetwork(network: NetworkRecord): SavedNetwork {
  const { guesses, proven, places, sharing, accounts, attempts, firstAt, residentAt, partBans, livedParts } = network;
  return {
    scores: [
      savedScore(guesses),
      savedLazyScore(proven, firstAt),
      savedScore(places),
      savedLazyScore(sharing, firstAt),
    ],
    accounts: fittingNames(accounts, ACCOUNTS_LENGTH_MAX),
    attempts,
    times: [firstAt, residentAt],
    ban: savedBan(network.ban),
    partBans: partBans === null ? null : [...partBans].map(([part, ban]) => [part, savedBan(ban)]),
    livedParts: livedParts === null ? null : [...livedParts],
    told: savedTold(network.told),
  };
}

/** @returns null for what is no saved network. */
export function loadNetwork(key: string, value: unknown): NetworkRecord | null {
  const prefix = canonicalPrefix(key);
  if (prefix === null || networkKey(prefix) !== key || !isSavedNetwork(value)) return null;
  const { scores, accounts, attempts, times, ban, partBans, livedParts, told } = value;
  const [firstAt, residentAt] = times;
  const network = newNetwork(key, firstAt);
  const [guesses, proven, places, sharing] = scores;
  loadScore(network.guesses, guesses);
  network.proven = lazyScore(proven, firstAt);
  loadScore(network.places, places);
  network.sharing = lazyScore(sharing, firstAt);
  for (const account of accounts) network.accounts.add(account);
  loadBan(network.ban, ban);
  if (partBans !== null) {
    network.partBans = new Map(
      partBans.map(([part, saved]) => {
        const ban = newBan();
        loadBan(ban, saved);
        return [part, ban];
      }),
    );
  }
  if (livedParts !== null) network.livedParts = new Set(livedParts);
  return Object.assign(network, { attempts, residentAt, told: toldOf(told) });
}
