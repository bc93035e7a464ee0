import { detached } from '../text/detached.js';
import { PACE_MS, PAIRS_KEPT } from './limits.js';
import { PairIndex } from './pair-index.js';
import { newPair, type Pair, type PlaceRecord, restarted } from './places.js';

/** So few pairs are looked through faster than an index. */
const FEW = 8;

/** @returns the account's pair at this place, null where there is none. */
export function findPair({ pairs, pairIndex }: PlaceRecord, account: string): Pair | null {
  if (pairIndex !== null) return pairs[pairIndex.find(pairs, account)] ?? null;
  for (const pair of pairs) if (pair.account === account) return pair;
  return null;
}

/**
 * The pair of a name at a place, a new one where there is none; beyond the limit the least tried one gives its place.
 * @param kept the same name where it is kept already.
 */
export function pairOf(place: PlaceRecord, name: string, now: number, kept?: string): Pair {
  const known = findPair(place, name);
  if (known !== null) return known;
  const account = kept ?? detached(name);
  const gone = dropLeast(place);
  const pair = gone === null ? newPair(account, now) : restarted(gone, account, now);
  addPair(place, pair);
  return pair;
}

/** @returns the pair that is gone; null where there is room for one more. */
function dropLeast(place: PlaceRecord): Pair | null {
  const { pairs, pairIndex } = place;
  if (pairIndex === null || pairs.length < PAIRS_KEPT) return null;
  const at = pairIndex.least();
  const gone = pairs[at] ?? null;
  dropAt(place, at);
  return gone;
}

/** @param pair of an account that has none here. */
export function addPair(place: PlaceRecord, pair: Pair): void {
  // Most places have one pair; a list that grows takes room for 17.
  if (place.pairs.length === 0) place.pairs = [pair];
  else place.pairs.push(pair);
  if (place.pairIndex !== null) place.pairIndex.add(pair);
  else if (place.pairs.length > FEW) place.pairIndex = new PairIndex(place.pairs);
}

/** Takes in that the account was tried. */
export function countTry({ pairs, pairIndex }: PlaceRecord, pair: Pair, guesses: number, now: number): void {
  pair.attempts += guesses;
  pair.lastAt = now;
  pairIndex?.update(pairs.indexOf(pair), pair);
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
  const at = place.pairs.indexOf(gone);
  if (at >= 0) dropAt(place, at);
}

function dropAt({ pairs, pairIndex }: PlaceRecord, at: number): void {
  pairs.splice(at, 1);
  pairIndex?.remove(at);
}
