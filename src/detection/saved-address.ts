import { type Address, parseAddress } from '../domain/remote-address.js';
import { isCount, isListOf, isRecordOf, isText, isTime, isTupleOf } from './saved-form.js';

// Version 0.1.0 kept addresses and accounts, by other rules. Of its points nothing can be used; of its addresses, who logged in
// there, and its bans.

/** An account that logged in at an address, first and last. */
interface OldLogin {
  readonly service: string;
  readonly account: string;
  readonly since: number;
  readonly lastAt: number;
}

export interface OldAddress {
  readonly address: Address;
  readonly firstAt: number;
  readonly logins: readonly OldLogin[];
  readonly ban: { readonly until: number; readonly count: number };
}

/** chan_sip raises SuccessfulAuth for an account that anybody can name, and 0.1.0 took it for a login. */
const UNSURE = 'SIP';

/** It kept as many of an address. */
const PAIRS_MAX = 1_000;

const isAnything = (value: unknown): value is unknown => value !== undefined;
const isSavedPair = isRecordOf({
  account: isText,
  service: (value: unknown): value is string | null => value === null || isText(value),
  score: isAnything,
  /** The first and the last failure, and the last login; 0: never. */
  times: isTupleOf(isTime, isTime, isTime),
  rhythm: isAnything,
});
const isSavedAddress = isRecordOf({
  scores: isAnything,
  /** Attempts, guesses, and when it was first and last seen. */
  counts: isTupleOf(isCount, isCount, isTime, isTime),
  /** Until when, how many, and when the last one began. */
  ban: isTupleOf(isTime, isCount, isTime),
  pairs: isListOf(isSavedPair, PAIRS_MAX),
});
const isSavedAccount = isRecordOf({ attackers: isAnything, counts: isAnything, latest: isAnything });

/** @returns null for what is no address that 0.1.0 has saved. */
export function readOldAddress(key: string, value: unknown): OldAddress | null {
  const address = parseAddress(key);
  if (address === null || address !== key || !isSavedAddress(value)) return null;
  const { counts, ban, pairs } = value;
  const [until, count] = ban;
  const logins = pairs.flatMap(({ service, account, times: [since, , lastAt] }) =>
    service === null || service === UNSURE || lastAt === 0 ? [] : [{ service, account, since, lastAt }],
  );
  // Whoever was banned may have logged in with a password that they had guessed.
  return { address, firstAt: counts[2], logins: count === 0 ? logins : [], ban: { until, count } };
}

/** Whether it is an account that 0.1.0 has saved. */
export function isOldAccount(value: unknown): boolean {
  return isSavedAccount(value);
}
