import { PACE_MS, PAIRS_KEPT } from './limits.js';
import { newPair, type Pair, type PlaceRecord } from './places.js';

/** @returns the account's pair at this place, null where there is none. */
export function findPair(place: PlaceRecord, account: string): Pair | null {
  for (let pair = place.pairs; pair !== null; pair = pair.next) {
    if (pair.account === account) return pair;
  }
  return null;
}

/** The pair of a name at a place, a new one where there is none; beyond the limit the least tried one gives its place. */
export function pairOf(place: PlaceRecord, name: string, now: number): Pair {
  const known = findPair(place, name);
  if (known !== null) return known;
  if (place.pairCount >= PAIRS_KEPT) dropLeast(place);
  place.pairs = newPair(name, now, place.pairs);
  place.pairCount++;
  return place.pairs;
}

/** Counts guesses in the window of some minutes that began with the first of them. */
export function countPace(pair: Pair, guesses: number, now: number): void {
  if (now - pair.paceAt > PACE_MS) {
    pair.pace = 0;
    pair.paceAt = now;
  }
  pair.pace += guesses;
}

export function dropPair(place: PlaceRecord, gone: Pair): void {
  let before: { next: Pair | null } = { next: place.pairs };
  const head = before;
  while (before.next !== null && before.next !== gone) before = before.next;
  if (before.next === null) return;
  before.next = gone.next;
  place.pairs = head.next;
  place.pairCount--;
}

/** Of equals the one that was tried longest ago. */
function dropLeast(place: PlaceRecord): void {
  let least: Pair | null = null;
  for (let pair = place.pairs; pair !== null; pair = pair.next) {
    if (least === null || pair.attempts < least.attempts) least = pair;
    else if (pair.attempts === least.attempts && pair.lastAt < least.lastAt) least = pair;
  }
  if (least !== null) dropPair(place, least);
}
