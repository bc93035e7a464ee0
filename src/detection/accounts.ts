import { LatestTexts } from './latest-texts.js';
import { LATEST_KEPT } from './limits.js';
import { newScore, type Score } from './score.js';
import type { Told } from './told.js';

/** Where an account logs in. */
export interface Home {
  /** The place's key and its network. */
  readonly place: string;
  readonly network: string;
  readonly since: number;
  lastAt: number;
  /** Logins there so far. */
  logins: number;
  /** The first login there was doubtful: it earns nothing before this time. */
  doubtedUntil: number;
  /** What strangers had guessed at the account, wherever they were, when it first logged in here: faded, but at least 1 if they ever did. */
  guessesBefore: number;
  /** When an operator said that the account lives here; 0: never. */
  trustedAt: number;
  told: Told | null;
}

/** An account of the PBX: where it lives, and who guesses at it. */
export interface AccountRecord {
  readonly service: string;
  readonly account: string;
  readonly homes: Home[];
  /** The first and the last login anywhere; 0: never. */
  firstLoginAt: number;
  loginAt: number;
  /** Guesses of strangers at its password, wherever they came from. */
  readonly guesses: Score;
  /** Distinct networks of strangers that guessed. */
  readonly attackers: Score;
  /** The latest places of them. */
  readonly latest: LatestTexts;
  attempts: number;
  /** When strangers began to guess; 0: never. */
  guessedSince: number;
  /** Logins at a new home, counted in slots of ten seconds, for an hour from `burstAt`. */
  burst: { place: string; at: number; slot: number; slots: number } | null;
  told: Told | null;
  isDirty: boolean;
  /** It is no longer in the table. */
  isEvicted: boolean;
}

export function newAccount(service: string, account: string, at: number): AccountRecord {
  return {
    service,
    account,
    homes: [],
    firstLoginAt: 0,
    loginAt: 0,
    guesses: newScore(at),
    attackers: newScore(at),
    latest: new LatestTexts(LATEST_KEPT),
    attempts: 0,
    guessedSince: 0,
    burst: null,
    told: null,
    isDirty: false,
    isEvicted: false,
  };
}

/** An account with homes in so many networks within a week is carried about. */
const ROAMING = 3;
const WEEK_MS = 7 * 86_400_000;

export function isRoaming({ homes }: AccountRecord, now: number): boolean {
  if (homes.length < ROAMING) return false;
  return new Set(homes.filter(({ lastAt }) => now - lastAt < WEEK_MS).map(({ network }) => network)).size >= ROAMING;
}

/** @returns the home of the account at this place; null where there is none. */
export function homeAt(account: AccountRecord, place: string): Home | null {
  for (const home of account.homes) if (home.place === place) return home;
  return null;
}
