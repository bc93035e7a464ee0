import {
  ACCOUNTS_HALF_LIFE_MS,
  DEVICE,
  EVER,
  FEW_TRIES,
  FLEET_MS,
  GATEWAY,
  GUESS_HALF_LIFE_MS,
  type Limits,
  NAME_HALF_LIFE_MS,
  ONE_ACCOUNT,
  PACE_MAX,
  RESTLESS_SHARE,
  SCATTERED,
  SEVERAL,
} from './limits.js';
import type { PlaceRecord } from './places.js';
import type { AttemptScene } from './scene.js';
import { pointsAt, reaches } from './score.js';

/** Hardly more than one try an account. */
const ONCE = 1.5;

/** What a place has done so far, as numbers of now. */
export interface Deeds {
  readonly guesses: number;
  readonly restless: number;
  readonly accounts: number;
  readonly isProven: boolean;
}

export function deedsOf(place: PlaceRecord, now: number): Deeds {
  const guesses = pointsAt(place.guesses, now, GUESS_HALF_LIFE_MS);
  return {
    guesses,
    restless: pointsAt(place.restless, now, GUESS_HALF_LIFE_MS),
    accounts: Math.round(pointsAt(place.accounts, now, ACCOUNTS_HALF_LIFE_MS)),
    isProven: pointsAt(place.proven, now, GUESS_HALF_LIFE_MS) * 2 > guesses,
  };
}

/**
 * Whether a place guesses as no set of devices does: sockets and accounts in ever new pairs.
 * @param share of the limit; below 1 it is too early for a ban.
 */
export function isRestless({ guesses, restless, accounts }: Deeds, limits: Limits, share = 1): boolean {
  const limit = (accounts >= SEVERAL ? 1 : share < 1 ? ONE_ACCOUNT : DEVICE) * limits.guesses;
  return reaches(restless, limit * share) && restless >= RESTLESS_SHARE * guesses;
}

/** Whether a place tries a few passwords at each of many accounts; a fleet of phones gets time to repeat itself. */
export function isSpray({ guesses, accounts }: Deeds, place: PlaceRecord, now: number, limits: Limits): boolean {
  if (guesses >= FEW_TRIES * accounts) return false;
  return accounts >= 2 * limits.sprayAccounts || (accounts >= limits.sprayAccounts && now - place.firstAt >= FLEET_MS);
}

/** Whether a place tried many accounts, each hardly more than once, as one of several that share a list does. */
export function isScattered(place: PlaceRecord, now: number): boolean {
  const accounts = Math.round(pointsAt(place.accounts, now, ACCOUNTS_HALF_LIFE_MS));
  return accounts >= SCATTERED && place.attempts < ONCE * accounts;
}

/** Whether a socket made more guesses than a gateway does before somebody mends it. */
export function isTireless({ socket, now }: AttemptScene, limits: Limits): boolean {
  return socket !== null && reaches(pointsAt(socket.guesses, now, NAME_HALF_LIFE_MS), GATEWAY * limits.guesses);
}

function isUnknown({ outcome }: AttemptScene['observation']): boolean {
  return outcome === 'unknown_account';
}

/** Whether one account was tried faster than any device retries; a name that does not exist may be that of many devices. */
export function isFast({ pair, place, observation }: AttemptScene): boolean {
  // An attempt that stands for more guesses than one had more responses in its dialog than any device sends.
  if (observation.guesses > 1) return true;
  const devices = isUnknown(observation) ? Math.max(1, place.sockets?.size ?? 0) : 1;
  return pair !== null && pair.pace >= PACE_MAX * devices;
}

/** Whether one account was tried more often than a customer lets a device fail that never logged in here. */
export function isPersistent({ pair, socket, observation, now }: AttemptScene, limits: Limits): boolean {
  if (pair === null) return false;
  // No password opens an account that does not exist: a template was filled in wrongly, and each device has its own socket.
  if (isUnknown(observation))
    return socket !== null && reaches(pointsAt(socket.guesses, now, NAME_HALF_LIFE_MS), EVER * DEVICE * limits.guesses);
  const isOld = pair.attempts >= EVER * DEVICE * limits.guesses;
  return isOld || reaches(pointsAt(pair.guesses, now, GUESS_HALF_LIFE_MS), DEVICE * limits.guesses);
}
