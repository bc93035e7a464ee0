import type { Attempt, Observation, Probe, Success } from '../domain/attempt.js';
import type { RemoteAddress } from '../domain/remote-address.js';
import type { AccountRecord } from './accounts.js';
import { Failures } from './failures.js';
import { type Lodger, Logins } from './logins.js';
import type { PbxRecord } from './pbx.js';
import { isNetworkBanned, type PlaceRecord, placeKey, socketKey } from './places.js';
import { type MemoryOptions, Records, type Section } from './records.js';
import { type Loading, SavedRecords } from './saved-records.js';
import type { AttemptScene, ProbeScene, SilenceScene, SuccessScene } from './scene.js';
import type { Suspect } from './suspects.js';

export type { Lodger } from './logins.js';
export { type MemoryOptions, SECTIONS, type Section } from './records.js';
export type { Loading } from './saved-records.js';

/** Remembers who lives where and who guesses at what, and forgets slowly. */
export class Memory {
  readonly #records: Records;
  readonly #failures: Failures;
  readonly #logins: Logins;
  readonly #saved: SavedRecords;

  constructor(options: MemoryOptions) {
    this.#records = new Records(options);
    this.#failures = new Failures(this.#records);
    this.#logins = new Logins(this.#records);
    this.#saved = new SavedRecords(this.#records, this.#logins);
  }

  get pbx(): PbxRecord {
    return this.#records.pbx;
  }

  /** How many places are remembered, and how many were forgotten for want of room. */
  get size(): { readonly places: number; readonly evicted: number } {
    return this.#records.size;
  }

  /** @returns undefined where nothing is remembered of the address. */
  place(remote: Pick<RemoteAddress, 'address' | 'family'>): PlaceRecord | undefined {
    return this.#records.places.get(placeKey(remote));
  }

  account(service: string, account: string): AccountRecord | undefined {
    return this.#records.account(service, account);
  }

  /** Whether residents of the place logged in lately. */
  isLivedIn(place: Pick<PlaceRecord, 'residentAt'>, now: number): boolean {
    return this.#records.isLivedIn(place, now);
  }

  /** Whether whoever sent it is banned now. */
  isKeptOut({ remote }: Observation, now: number): boolean {
    const place = this.#records.places.get(placeKey(remote));
    if (place === undefined) return false;
    if (place.ban.until > now || isNetworkBanned(place, remote.address, now)) return true;
    const socket = place.sockets?.get(socketKey(place, remote.address, remote.port));
    return socket !== undefined && socket.ban.until > now;
  }

  /** Takes in a try that failed. */
  attempt(observation: Attempt, now: number): AttemptScene {
    return this.#failures.attempt(observation, now);
  }

  /** Takes in a challenge that nobody answered. */
  probe(observation: Probe, now: number): ProbeScene {
    return this.#failures.probe(observation, now);
  }

  /** Takes in that a place has been silent since its few guesses. */
  silence(suspect: Suspect, now: number): SilenceScene {
    return this.#failures.silence(suspect, now);
  }

  /** What is remembered of a login's place and account before `welcome` takes the login in. */
  success(observation: Success, now: number, isKeptOut: boolean): SuccessScene {
    return this.#logins.success(observation, now, isKeptOut);
  }

  /** @param doubtMs how long the login earns nothing; 0 where nothing is doubtful about it. */
  welcome(scene: SuccessScene, doubtMs: number): void {
    this.#logins.welcome(scene, doubtMs);
  }

  /** @returns the place; null where the operator's word was taken in before. */
  trust(lodger: Lodger, at: number): PlaceRecord | null {
    return this.#logins.trust(lodger, at);
  }

  /** @returns whether the account was at home there. */
  distrust(lodger: Lodger, at: number): boolean {
    return this.#logins.distrust(lodger, at);
  }

  /** Marks a record as one to save. */
  changed(record: PlaceRecord | AccountRecord): void {
    this.#records.changed(record);
  }

  /** What is to be saved of a record, null if it is gone. From here on it counts as unchanged. */
  saved(section: Section, key: string): ReturnType<SavedRecords['saved']> {
    return this.#saved.saved(section, key);
  }

  /** Takes in what was saved before a restart, section after section. Nothing of it is trusted. */
  load(section: Section, key: string, value: unknown): Loading {
    return this.#saved.load(section, key, value);
  }
}
