import { NAME_HALF_LIFE_MS, PROBE_HALF_LIFE_MS } from '../detection/limits.js';
import type { PlaceRecord } from '../detection/places.js';
import { pointsAt } from '../detection/score.js';
import { deedsOf } from '../detection/suspicion.js';

/** What the detector remembers of a place, as the numbers that its rules look at. All but the last decay. */
export interface PlaceNumbers {
  /** Guesses of strangers. */
  readonly guesses: number;
  /** Those of them that no device makes: an account from ever new sockets, a socket with ever other accounts. */
  readonly restless: number;
  /** Different accounts that were guessed at. */
  readonly accounts: number;
  /** Different names that were asked for without a password. */
  readonly names: number;
  /** Challenges to nobody in particular that were not answered. */
  readonly probes: number;
  /** Accounts that live there. */
  readonly residents: number;
}

/** @param now milliseconds since the Unix epoch. */
export function placeNumbers(place: PlaceRecord, now: number): PlaceNumbers {
  const { guesses, restless, accounts } = deedsOf(place, now);
  return {
    guesses,
    restless,
    accounts,
    names: Math.round(pointsAt(place.names, now, NAME_HALF_LIFE_MS)),
    probes: Math.round(pointsAt(place.probes, now, PROBE_HALF_LIFE_MS)),
    residents: place.residents,
  };
}

/** `guesses 4.00, restless 3.00, accounts 2, residents 1`: whatever is not 0. */
export function placeWords(numbers: PlaceNumbers): string {
  const words = Object.entries(numbers)
    .filter(([, value]: [string, number]) => value >= 0.005)
    .map(([name, value]: [string, number]) => `${name} ${DECIMALS.has(name) ? value.toFixed(2) : value}`);
  return words.length === 0 ? 'nothing against it' : words.join(', ');
}

const DECIMALS: ReadonlySet<string> = new Set(['guesses', 'restless'] satisfies (keyof PlaceNumbers)[]);
