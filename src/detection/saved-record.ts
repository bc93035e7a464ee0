import type { Address } from '../domain/remote-address.js';
import type { AccountRecord, AddressRecord, Pair, PrefixRecord } from './records.js';
import { newAccountRecord, newAddressRecord, newPair } from './records.js';
import type { Score } from './score.js';

// Records as JSON, to outlive a restart. What was told is not among it, except of pairs: after a restart a finding that
// still holds is told once more.

type SavedScore = readonly [points: number, at: number];

/** One account at one address. `service` is null where the account does not exist. */
interface SavedPair {
  readonly account: string;
  readonly service: string | null;
  readonly score: SavedScore;
  readonly times: readonly [firstAt: number, lastAt: number, successAt: number];
  readonly rhythm: readonly [failures: number, periodMs: number, strayMs: number, intervals: number];
}

export interface SavedAddress {
  readonly scores: Readonly<Record<(typeof ADDRESS_SCORES)[number], SavedScore>>;
  readonly counts: readonly [attempts: number, guesses: number, firstAt: number, lastAt: number];
  readonly ban: readonly [until: number, bans: number, at: number];
  readonly pairs: readonly SavedPair[];
}

export interface SavedAccount {
  readonly attackers: SavedScore;
  readonly counts: readonly [attempts: number, addresses: number, firstAt: number];
  readonly latest: readonly Address[];
}

const ADDRESS_SCORES = ['score', 'proven', 'slow', 'probes', 'unknownAccounts', 'knownAccounts'] as const;

export function saveAddress(record: AddressRecord): SavedAddress {
  const pairs: SavedPair[] = [];
  for (let pair = record.pairs; pair !== null; pair = pair.next) pairs.push(savePair(pair));
  return {
    scores: {
      score: saveScore(record.score),
      proven: saveScore(record.proven),
      slow: saveScore(record.slow),
      probes: saveScore(record.probes),
      unknownAccounts: saveScore(record.unknownAccounts),
      knownAccounts: saveScore(record.knownAccounts),
    },
    counts: [record.attempts, record.guesses, record.firstAt, record.lastAt],
    ban: [record.bannedUntil, record.bans, record.banAt],
    pairs,
  };
}

export function saveAccount(record: AccountRecord): SavedAccount {
  return {
    attackers: saveScore(record.attackers),
    counts: [record.attempts, record.addresses, record.firstAt],
    latest: [...record.latest],
  };
}

function savePair(pair: Pair): SavedPair {
  return {
    account: pair.account,
    service: pair.target?.service ?? null,
    score: saveScore(pair.score),
    times: [pair.firstAt, pair.lastAt, pair.successAt],
    rhythm: [pair.failures, pair.periodMs, pair.strayMs, pair.intervals],
  };
}

function saveScore({ points, at }: Score): SavedScore {
  return [points, at];
}

/**
 * @param accountOf the account's record, if it was loaded.
 * @returns null for what is no saved address.
 */
export function loadAddress(
  address: Address,
  prefix: PrefixRecord,
  value: unknown,
  accountOf: (service: string, account: string) => AccountRecord | null,
): AddressRecord | null {
  if (!isSavedAddress(value)) return null;
  const [attempts, guesses, firstAt, lastAt] = value.counts;
  const [bannedUntil, bans, banAt] = value.ban;
  const record = newAddressRecord(address, address.includes(':') ? 'IPV6' : 'IPV4', prefix, firstAt);
  Object.assign(record, { attempts, guesses, lastAt, bannedUntil, bans, banAt });
  for (const name of ADDRESS_SCORES) Object.assign(record[name], scoreOf(value.scores[name]));
  for (const saved of [...value.pairs].reverse()) {
    record.pairs = loadPair(saved, record.pairs, accountOf);
    if (record.pairs.successAt > 0) record.friends++;
    else record.strangers++;
  }
  return record;
}

function loadPair(
  { account, service, score, times, rhythm }: SavedPair,
  next: Pair | null,
  accountOf: (service: string, account: string) => AccountRecord | null,
): Pair {
  const [firstAt, lastAt, successAt] = times;
  const [failures, periodMs, strayMs, intervals] = rhythm;
  const pair = newPair(account, firstAt, next);
  Object.assign(pair.score, scoreOf(score));
  const target = service === null ? null : accountOf(service, account);
  return Object.assign(pair, { lastAt, successAt, failures, periodMs, strayMs, intervals, target });
}

/** @returns null for what is no saved account. */
export function loadAccount(service: string, account: string, value: unknown): AccountRecord | null {
  if (!isSavedAccount(value)) return null;
  const [attempts, addresses, firstAt] = value.counts;
  const record = newAccountRecord(account, service, firstAt);
  Object.assign(record.attackers, scoreOf(value.attackers));
  record.latest.push(...value.latest);
  return Object.assign(record, { attempts, addresses });
}

function scoreOf([points, at]: SavedScore): Score {
  return { points, at };
}

function isSavedAddress(value: unknown): value is SavedAddress {
  if (!isObject(value)) return false;
  const { scores, counts, ban, pairs } = value;
  return (
    isObject(scores) &&
    ADDRESS_SCORES.every((name) => isNumbers(scores[name], 2)) &&
    isNumbers(counts, 4) &&
    isNumbers(ban, 3) &&
    Array.isArray(pairs) &&
    pairs.every(isSavedPair)
  );
}

function isSavedPair(value: unknown): value is SavedPair {
  if (!isObject(value)) return false;
  const { account, service, score, times, rhythm } = value;
  const isNamed = typeof account === 'string' && (service === null || typeof service === 'string');
  return isNamed && isNumbers(score, 2) && isNumbers(times, 3) && isNumbers(rhythm, 4);
}

function isSavedAccount(value: unknown): value is SavedAccount {
  if (!isObject(value)) return false;
  const { attackers, counts, latest } = value;
  const isNamed = Array.isArray(latest) && latest.every((address) => typeof address === 'string');
  return isNamed && isNumbers(attackers, 2) && isNumbers(counts, 3);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** JSON has no infinity and no NaN: they come back as null. */
function isNumbers(value: unknown, length: number): boolean {
  return Array.isArray(value) && value.length === length && value.every((item) => typeof item === 'number');
}
