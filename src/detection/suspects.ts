import type { Attempt } from '../domain/attempt.js';
import type { Address } from '../domain/remote-address.js';
import { detached } from '../text/detached.js';
import type { PlaceRecord } from './places.js';
import type { AttemptScene } from './scene.js';
import { isScattered } from './suspicion.js';

/** A place whose few guesses may have been its only ones, and the last of them. */
export interface Suspect {
  readonly place: PlaceRecord;
  /** Its strings share memory with nothing. */
  readonly guess: Attempt;
  readonly at: number;
}

/** Who mistypes tries again, or calls somebody for help, within a quarter of an hour; a device within minutes. */
const SILENCE_MS = 900_000;
const GUESSES_MAX = 5;
const SUSPECTS_MAX = 10_000;

/**
 * Places that guessed a few times and then fell silent: people who gave up, and bots, which come back a day later. They are
 * looked at once they have been silent for long enough. Beyond so many the one that has been silent longest is let go.
 */
export class Suspects {
  readonly #waiting = new Map<string, Suspect>();
  /** Goes on where it was: one that begins anew has to step over all that was deleted before. */
  readonly #byAge = this.#waiting.keys();

  /** A guess: its place is looked at later, if this was all. */
  take({ place, pair, observation, now }: AttemptScene): void {
    this.#waiting.delete(place.key);
    if (pair === null || place.host === null || !isOfBotnet(place, now) || place.residents > 0) return;
    if (this.#waiting.size >= SUSPECTS_MAX) this.#dropOldest();
    this.#waiting.set(place.key, { place, guess: kept(observation, pair.account, place.host), at: now });
  }

  /** @returns those that fell silent, each once, without those where somebody has logged in since. */
  *fallenSilent(now: number): Iterable<Suspect> {
    for (const [key, suspect] of this.#waiting) {
      if (now - suspect.at < SILENCE_MS) return;
      this.#waiting.delete(key);
      if (suspect.place.residents === 0) yield suspect;
    }
  }

  #dropOldest(): void {
    this.#waiting.delete(this.#byAge.next().value as string);
  }
}

/** Few guesses, or a few more at ever other accounts. */
function isOfBotnet(place: PlaceRecord, now: number): boolean {
  return place.attempts <= GUESSES_MAX || isScattered(place, now);
}

function kept(guess: Attempt, account: string, address: Address): Attempt {
  const { family, transport, port, endpoint } = guess.remote;
  return {
    ...guess,
    account,
    pbx: detached(guess.pbx),
    service: detached(guess.service),
    remote: { family, transport, address, port, endpoint: detached(endpoint) },
  };
}
