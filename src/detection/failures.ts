import type { Attempt, Probe } from '../domain/attempt.js';
import { type AccountRecord, type Home, homeAt, isRoaming } from './accounts.js';
import {
  ACCOUNTS_HALF_LIFE_MS,
  ATTACKERS_HALF_LIFE_MS,
  GUESS_HALF_LIFE_MS,
  HOUR_MS,
  NAME_HALF_LIFE_MS,
  PATIENT_GUESSES,
  PATIENT_MS,
  PROBE_HALF_LIFE_MS,
  SEVERAL,
  SLOW_MS,
  SOCKETS_KEPT,
  SPREAD_HALF_LIFE_MS,
  STRAY_HALF_LIFE_MS,
} from './limits.js';
import { countPace, countTry, pairOf } from './pairs.js';
import { countInPace } from './pbx.js';
import { addName, type Pair, type PlaceRecord, type SocketRecord } from './places.js';
import type { Records } from './records.js';
import type { AttemptScene, Nature, ProbeScene, SilenceScene } from './scene.js';
import { addPoints, newScore, pointsAt, reaches } from './score.js';
import { isFriendly, socketOf, takePorts } from './sockets.js';
import type { Suspect } from './suspects.js';
import { deedsOf, isScattered } from './suspicion.js';

/** A caller's number: nobody looks for an extension by it. What begins like an international prefix is a toll fraud's. */
const CALLER = /^(?!9*(00|011|810|900))\+?\d{7,15}$/;

const REFUSED_KEPT = 1_000;

/** Takes in what failed: guesses, questions after names, and requests without either. */
export class Failures {
  readonly #records: Records;

  constructor(records: Records) {
    this.#records = records;
  }

  /** Takes in a try that failed. */
  attempt(observation: Attempt, now: number): AttemptScene {
    this.#records.now = now;
    countInPace(this.#records.pbx, now, 'failures');
    const place = this.#records.placeOf(observation.remote, now);
    const name = observation.account ?? '';
    const known = this.#records.account(observation.service, name);
    const home = known === undefined ? null : homeAt(known, place.key);
    const nature = natureOf(observation, home, now);
    const gapMs = now - place.lastAt;
    place.lastAt = now;
    place.failures++;
    this.#records.changed(place);
    const scene: Writable<AttemptScene> = {
      observation,
      now,
      place,
      pbx: this.#records.pbx,
      nature,
      pair: null,
      socket: null,
      account: known ?? null,
      isRestless: false,
      isPatient: false,
      gapMs,
    };
    if (nature !== 'call') this.#takeTry(scene);
    return scene;
  }

  /** Takes a try at a name into the pair, the socket, the place and the account. */
  #takeTry(scene: Writable<AttemptScene>): void {
    const { observation, now, place, nature, gapMs } = scene;
    const name = observation.account ?? '';
    const pair = pairOf(place, name, now, scene.account?.account);
    const isFirst = pair.attempts === 0;
    const socket = socketOf(place, observation.remote, now);
    const isRestless = takePorts(pair, socket, observation, isFriendly(place, socket, now));
    countTry(place, pair, observation.guesses, now);
    scene.pair = pair;
    scene.socket = socket;
    switch (nature) {
      case 'call':
        return;
      case 'missing':
      case 'own':
        addPoints(pair.guesses, observation.guesses, now, GUESS_HALF_LIFE_MS);
        if (observation.outcome !== 'unanswered') this.#takeRefused(observation.account ?? '', now);
        return;
      case 'ask':
        pair.asks ??= newScore(pair.firstAt);
        addPoints(pair.asks, 1, now, NAME_HALF_LIFE_MS);
        countPace(pair, 1, now);
        if (isFirst) addName(place, 1, now);
        scene.isRestless = isRestless;
        return;
      case 'guess':
        if (observation.outcome === 'wrong_password') {
          scene.account ??= this.#records.accountOf(observation.service, name, now);
          this.#guessed(place, scene.account, observation, { isFirst, now });
        }
        this.#charge(place, pair, socket, observation, { isFirst, isRestless, now });
        scene.isRestless = isRestless;
        scene.isPatient = this.#isPatient(place, gapMs, now);
        return;
      /* c8 ignore next 2 */ // Never reached: the compiler asks for a case for each nature.
      default:
        nature satisfies never;
    }
  }

  /** Takes in a challenge that nobody answered. */
  probe(observation: Probe, now: number): ProbeScene {
    this.#records.now = now;
    const place = this.#records.placeOf(observation.remote, now);
    place.lastAt = now;
    place.failures++;
    place.probes ??= newScore(place.firstAt);
    addPoints(place.probes, 1, now, PROBE_HALF_LIFE_MS);
    const sockets = place.sockets?.size ?? 0;
    const socket = socketOf(place, observation.remote, now);
    const isNew = (place.sockets?.size ?? 0) !== sockets || sockets === SOCKETS_KEPT;
    if (isNew) {
      place.strays ??= newScore(place.firstAt);
      addPoints(place.strays, 1, now, STRAY_HALF_LIFE_MS);
    }
    this.#records.changed(place);
    return { observation, now, place, socket, pbx: this.#records.pbx };
  }

  /**
   * Takes in that a place has been silent since its few guesses; the PBX counts how many such places there are, each once.
   * Whose account roams may have been there themselves.
   */
  silence({ place, guess }: Suspect, now: number): SilenceScene {
    this.#records.now = now;
    const account = this.#records.account(guess.service, guess.account ?? '') ?? null;
    const attackers = account === null ? 0 : pointsAt(account.attackers, now, ATTACKERS_HALF_LIFE_MS);
    if (!place.isSilent && isScattered(place, now)) {
      place.isSilent = true;
      addPoints(this.#records.pbx.scattered, 1, now, SPREAD_HALF_LIFE_MS);
      this.#records.changed(place);
    }
    if (!place.isSilent && account !== null && attackers >= SEVERAL && !isRoaming(account, now)) {
      place.isSilent = true;
      addPoints(this.#records.pbx.silent, 1, now, SPREAD_HALF_LIFE_MS);
      this.#records.changed(place);
    }
    return { isSilence: true, observation: guess, now, place, account, socket: null, pbx: this.#records.pbx };
  }

  /** Whether the place guesses here and there for half a day by now; the PBX counts how many do. */
  #isPatient(place: PlaceRecord, gapMs: number, now: number): boolean {
    const { guesses, accounts } = deedsOf(place, now);
    const isPatient =
      now - place.firstAt >= PATIENT_MS &&
      gapMs >= SLOW_MS / 2 &&
      reaches(guesses, PATIENT_GUESSES - 0.5) &&
      accounts > 1 &&
      guesses < 2 * accounts + 1;
    if (isPatient && !place.isCounted) {
      place.isCounted = true;
      addPoints(this.#records.pbx.patient, 1, now, SPREAD_HALF_LIFE_MS);
    }
    return isPatient;
  }

  /** The account's own record, with this place among those that guess at it. */
  #guessed(
    place: PlaceRecord,
    account: AccountRecord,
    { guesses }: Attempt,
    { isFirst, now }: { isFirst: boolean; now: number },
  ): void {
    if (account.guessedSince === 0) account.guessedSince = now;
    account.attempts += guesses;
    addPoints(account.guesses, guesses, now, GUESS_HALF_LIFE_MS);
    // A place that guesses at more accounts than are remembered of it comes here again and again.
    if (isFirst && !account.latest.has(place.key)) {
      account.latest.add(place.key);
      addPoints(account.attackers, 1, now, ATTACKERS_HALF_LIFE_MS);
    }
    this.#records.changed(account);
  }

  #charge(
    place: PlaceRecord,
    pair: Pair,
    socket: SocketRecord | null,
    { guesses, proof }: Attempt,
    { isFirst, isRestless, now }: { isFirst: boolean; isRestless: boolean; now: number },
  ): void {
    const { network } = place;
    place.attempts += guesses;
    network.attempts += guesses;
    countPace(pair, guesses, now);
    addPoints(pair.guesses, guesses, now, GUESS_HALF_LIFE_MS);
    addPoints(place.guesses, guesses, now, GUESS_HALF_LIFE_MS);
    addPoints(network.guesses, guesses, now, SPREAD_HALF_LIFE_MS);
    if (socket !== null) addPoints(socket.guesses, guesses, now, NAME_HALF_LIFE_MS);
    if (isRestless) {
      place.restless ??= newScore(place.firstAt);
      addPoints(place.restless, guesses, now, GUESS_HALF_LIFE_MS);
    }
    if (proof === 'handshake') {
      place.proven ??= newScore(place.firstAt);
      network.proven ??= newScore(network.firstAt);
      addPoints(place.proven, guesses, now, GUESS_HALF_LIFE_MS);
      addPoints(network.proven, guesses, now, SPREAD_HALF_LIFE_MS);
    }
    if (!isFirst) return;
    if (pointsAt(place.accounts, now, ACCOUNTS_HALF_LIFE_MS) < 0.5)
      addPoints(network.places, 1, now, SPREAD_HALF_LIFE_MS);
    addPoints(place.accounts, 1, now, ACCOUNTS_HALF_LIFE_MS);
    if (network.accounts.has(pair.account)) {
      network.sharing ??= newScore(network.firstAt);
      addPoints(network.sharing, 1, now, SPREAD_HALF_LIFE_MS);
    } else network.accounts.add(pair.account);
  }

  /** Accounts that were refused where they live: a password that was changed for many, or a database that is away. */
  #takeRefused(account: string, now: number): void {
    const { refused } = this.#records.pbx;
    if (refused.size === 0 || now - refused.at > HOUR_MS) {
      refused.names.clear();
      refused.at = now;
    }
    if (refused.names.size < REFUSED_KEPT) refused.names.add(account);
    refused.size = refused.names.size;
  }
}

/** A scene while it is made. */
type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

function natureOf({ outcome, hasPassword, account }: Attempt, home: Home | null, now: number): Nature {
  if (home !== null && home.doubtedUntil <= now) return outcome === 'wrong_password' ? 'own' : 'missing';
  if (hasPassword) return 'guess';
  return account !== null && CALLER.test(account) ? 'call' : 'ask';
}
