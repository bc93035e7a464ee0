import { type AddressRecord, newPair, type Pair } from './records.js';

/** Accounts without a login that are chained to an address at most; beyond them the least guessed one gives its place. */
const STRANGERS_MAX = 16;
/** Accounts that have logged in from the address; beyond them the one that logged in longest ago gives its place. */
const FRIENDS_MAX = 64;

/** @returns the account's pair at this address, null where there is none. */
export function findPair(address: AddressRecord, account: string): Pair | null {
  for (let pair = address.pairs; pair !== null; pair = pair.next) {
    if (pair.account === account) return pair;
  }
  return null;
}

/** Whether one more account without a login would push out another. */
export function isCrowded(address: AddressRecord): boolean {
  return address.strangers >= STRANGERS_MAX;
}

/** Chains an account that is not there yet. */
export function addPair(address: AddressRecord, account: string, at: number): Pair {
  if (isCrowded(address)) removeLeast(address, (pair) => (pair.successAt === 0 ? pair.failures : null));
  else address.strangers++;
  const pair = newPair(account, at, address.pairs);
  address.pairs = pair;
  return pair;
}

/** Takes the first login of an account into its pair. */
export function befriend(address: AddressRecord, pair: Pair, at: number): void {
  address.strangers--;
  pair.successAt = at;
  // Guesses before it do not make it an old friend.
  pair.firstAt = at;
  if (address.friends === FRIENDS_MAX) removeLeast(address, ({ successAt }) => (successAt > 0 ? successAt : null));
  else address.friends++;
}

/** Takes out the pair of the least worth; null: it is not meant. Of equals the one that came first goes. */
function removeLeast(address: AddressRecord, worthOf: (pair: Pair) => number | null): void {
  const head: Link = { next: address.pairs };
  let leastWorth = Number.POSITIVE_INFINITY;
  let before = head;
  for (let last = head, pair = head.next; pair !== null; last = pair, pair = pair.next) {
    const worth = worthOf(pair);
    if (worth === null || worth > leastWorth) continue;
    leastWorth = worth;
    before = last;
  }
  before.next = before.next?.next ?? null;
  address.pairs = head.next;
}

/** What a pair hangs on: the one in front of it, or the address. */
interface Link {
  next: Pair | null;
}
