import { type AccountRecord, type Home, newAccount } from './accounts.js';
import { HOMES_KEPT, LATEST_KEPT } from './limits.js';
import { networkOfPlace } from './places.js';
import {
  type Form,
  type FormOf,
  isCount,
  isListOf,
  isNullOr,
  isRecordOf,
  isText,
  isTime,
  isTupleOf,
} from './saved-form.js';
import { isSavedScore, isSavedTold, loadScore, savedScore, savedTold, toldOf } from './saved-parts.js';
import { familyOfPlace } from './saved-place.js';

const isPlaceKey: Form<string> = (value): value is string => isText(value) && familyOfPlace(value) !== null;

const isSavedHome = isRecordOf({
  place: isPlaceKey,
  /** The first login, the last one, until when it is doubted, and an operator's word. */
  times: isTupleOf(isTime, isTime, isTime, isTime),
  logins: isCount,
  guessesBefore: isCount,
  told: isSavedTold,
});

const isSavedAccount = isRecordOf({
  homes: isListOf(isSavedHome, HOMES_KEPT),
  /** The first and the last login; 0: never. */
  logins: isTupleOf(isTime, isTime),
  guesses: isSavedScore,
  attackers: isSavedScore,
  latest: isListOf(isPlaceKey, LATEST_KEPT),
  attempts: isCount,
  guessedSince: isTime,
  burst: isNullOr(isRecordOf({ place: isPlaceKey, at: isTime, slot: isCount, slots: isCount })),
  told: isSavedTold,
});

export type SavedAccount = FormOf<typeof isSavedAccount>;
type SavedHome = FormOf<typeof isSavedHome>;

export function savedAccount(record: AccountRecord): SavedAccount {
  const { homes, firstLoginAt, loginAt, guesses, attackers, latest, attempts, guessedSince, burst, told } = record;
  return {
    homes: homes.map(savedHome),
    logins: [firstLoginAt, loginAt],
    guesses: savedScore(guesses),
    attackers: savedScore(attackers),
    latest: [...latest],
    attempts,
    guessedSince,
    burst: burst === null ? null : { ...burst },
    told: savedTold(told),
  };
}

function savedHome({ place, since, lastAt, doubtedUntil, trustedAt, logins, guessesBefore, told }: Home): SavedHome {
  return { place, times: [since, lastAt, doubtedUntil, trustedAt], logins, guessesBefore, told: savedTold(told) };
}

/** @returns null for what is no saved account. */
export function loadAccount(service: string, account: string, value: unknown): AccountRecord | null {
  if (!isSavedAccount(value)) return null;
  const { homes, logins, guesses, attackers, latest, attempts, guessedSince, burst, told } = value;
  const [firstLoginAt, loginAt] = logins;
  const record = newAccount(service, account, 0);
  record.homes.push(...homes.map(homeOf));
  for (const place of latest) record.latest.add(place);
  loadScore(record.guesses, guesses);
  loadScore(record.attackers, attackers);
  return Object.assign(record, { firstLoginAt, loginAt, attempts, guessedSince, burst, told: toldOf(told) });
}

function homeOf({ place, times, logins, guessesBefore, told }: SavedHome): Home {
  const [since, lastAt, doubtedUntil, trustedAt] = times;
  const network = networkOfPlace(place);
  return { place, network, since, lastAt, doubtedUntil, trustedAt, logins, guessesBefore, told: toldOf(told) };
}
