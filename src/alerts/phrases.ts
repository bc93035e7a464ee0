import { countWords } from './plain-words.js';
import type { Told } from './told.js';

// The parts that sentences have in common.

/** Addresses that are remembered for one account: beyond them, one that comes back counts as one more. */
const ADDRESSES_MAX = 64;

/** At the start of a sentence: a word of ours is followed by a blank, and an address has more than letters. */
export function capital(words: string): string {
  return words.replace(/^[a-z](?=[a-z]* )/, (letter) => letter.toUpperCase());
}

export function guessWords(count: number): string {
  return countWords(count, 'guess', 'guesses');
}

/** Zero: it is not known how many. */
export function accountWords(count: number): string {
  return count === 0 ? 'some accounts' : countWords(count, 'account');
}

export function timesWords(count: number): string {
  if (count > 2) return countWords(count, 'time');
  return count === 2 ? 'twice' : 'once';
}

/** Counts of addresses fade with time: no more is said than what is so. */
export function addressesWords(count: number): string {
  if (count < 2) return 'other addresses';
  return count > ADDRESSES_MAX ? `more than ${ADDRESSES_MAX} addresses` : `at least ${count} addresses`;
}

export function was(count: number): string {
  return count === 1 ? 'was' : 'were';
}

/** One household has a /64, and whoever is in it takes whatever address of it they like. */
export function around(host: string | null): string {
  if (host === null) return 'there';
  return host.includes(':') && !host.includes('/') ? `the /64 of ${host}` : host;
}

/** Who sent what was found. */
export function sender({ host, isForgeable }: Told): string {
  return `${host ?? 'somebody'}${isForgeable ? ' (an address that may be forged)' : ''}`;
}

export function accountOf({ account }: Told): string {
  return account ?? 'an unknown account';
}

export function addressOf({ address }: Told): string {
  return address ?? 'an unknown address';
}

/** ` at 3 accounts of PJSIP of the PBX office`, where it is known how many. */
export function atAccounts({ accounts, place }: Told): string {
  return accounts > 0 ? ` at ${accountWords(accounts)} of ${place}` : ` at ${place}`;
}
