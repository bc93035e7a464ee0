import type { Success } from '../domain/attempt.js';
import type { Address, RemoteAddress } from '../domain/remote-address.js';
import { type AccountRecord, type Home, homeAt } from './accounts.js';
import { ACCOUNTS_HALF_LIFE_MS, GUESS_HALF_LIFE_MS, HOMES_KEPT } from './limits.js';
import { dropPair, findPair } from './pairs.js';
import { countInPace } from './pbx.js';
import { addName, familyOf, type Pair, type PlaceRecord, partOf, placeKey } from './places.js';
import type { Records } from './records.js';
import type { OldAddress } from './saved-address.js';
import type { SuccessScene } from './scene.js';
import { addPoints, newScore, pointsAt } from './score.js';
import { findSocket, rememberPort } from './sockets.js';

/** Asterisk's own words for what accounts log in to, and those of them that phones do. */
const SERVICES = ['PJSIP', 'SIP', 'IAX2', 'AMI'];
const PHONES = ['PJSIP', 'SIP'];

/** An account, and an address that it is to live at. */
export interface Lodger {
  readonly account: string;
  readonly address: Address;
}

/** Takes in who logged in, and who lives where by an operator's word. */
export class Logins {
  readonly #records: Records;

  constructor(records: Records) {
    this.#records = records;
  }

  /** What is remembered of a login's place and account before `welcome` takes the login in. */
  success(observation: Success, now: number, isKeptOut: boolean): SuccessScene {
    this.#records.now = now;
    countInPace(this.#records.pbx, now, 'logins');
    const place = this.#records.placeOf(observation.remote, now);
    const account = this.#records.accountOf(observation.service, observation.account, now);
    const home = homeAt(account, place.key);
    const pair = findPair(place, observation.account);
    const isBannedAttacker = isKeptOut && !this.#isMildlyBanned(place, observation.remote, now);
    return { observation, now, place, account, home, pair, isBannedAttacker, pbx: this.#records.pbx };
  }

  /**
   * A login makes a home, and forgives what was guessed at this account from this place, and nothing else.
   * @param doubtMs how long the login earns nothing; 0 where nothing is doubtful about it.
   */
  welcome({ place, account, home, pair, now, observation }: SuccessScene, doubtMs: number): void {
    if (account.firstLoginAt === 0) account.firstLoginAt = now;
    account.loginAt = now;
    const at = home ?? this.#newHome(account, place, now, doubtMs);
    at.lastAt = now;
    at.logins++;
    this.#records.changed(account);
    this.#records.changed(place);
    // Whoever may live in a network keeps the rest of it from being banned whole.
    place.network.residentAt = now;
    const part = partOf(observation.remote.address, place.family);
    if (part !== null) place.network.livedParts = (place.network.livedParts ?? new Set()).add(part);
    if (at.doubtedUntil > now) return;
    place.residentAt = now;
    rememberPort(place, observation.remote.port, now);
    if (pair !== null) this.#forgive(place, pair, now);
  }

  /**
   * An operator's word: the account lives at the address, whoever guessed there.
   * @returns the place; null where the word was taken in before.
   */
  trust({ account: name, address }: Lodger, at: number): PlaceRecord | null {
    const remote = { address, family: familyOf(address) } as const;
    let trusted: PlaceRecord | null = null;
    for (const service of this.#servicesOf(name)) {
      const account = this.#records.accountOf(service, name, at);
      const known = homeAt(account, placeKey(remote));
      if (known !== null && known.trustedAt >= at) continue;
      const place = this.#records.placeOf(remote, at);
      const home = known ?? this.#newHome(account, place, at, 0);
      Object.assign(home, { trustedAt: at, doubtedUntil: 0, guessesBefore: 0, lastAt: Math.max(home.lastAt, at) });
      const pair = findPair(place, name);
      if (pair !== null) this.#forgive(place, pair, at);
      this.#settle(place, address, at);
      this.#records.changed(account);
      this.#records.changed(place);
      trusted = place;
    }
    return trusted;
  }

  /**
   * The word is taken back: the account is at home there no more, unless it moved in later.
   * @returns whether it was.
   */
  distrust({ account: name, address }: Lodger, at: number): boolean {
    let wasHome = false;
    const key = placeKey({ address, family: familyOf(address) });
    for (const service of SERVICES) {
      const account = this.#records.account(service, name);
      const home = account === undefined ? null : homeAt(account, key);
      if (account === undefined || home === null || home.since > at) continue;
      account.homes.splice(account.homes.indexOf(home), 1);
      this.#records.changed(account);
      wasHome = true;
      const place = this.#records.places.get(key);
      if (place === undefined) continue;
      place.residents = Math.max(0, place.residents - 1);
      if (place.residents === 0) place.residentAt = 0;
      this.#records.changed(place);
    }
    return wasHome;
  }

  /** Those that have the account; else those of phones. */
  #servicesOf(account: string): readonly string[] {
    const known = SERVICES.filter((service) => this.#records.account(service, account) !== undefined);
    return known.length > 0 ? known : PHONES;
  }

  /** Makes homes of the logins that 0.1.0 saw at an address, and takes over its ban. */
  takeOver({ address, firstAt, logins, ban }: OldAddress): void {
    if (logins.length === 0 && ban.count === 0) return;
    const place = this.#records.placeOf({ address, family: familyOf(address) }, firstAt);
    // Of a /64 one address may be an attacker's and another one a friend's.
    if (place.host !== null && ban.until > place.ban.until) Object.assign(place.ban, ban);
    for (const { service, account: name, since, lastAt } of logins) {
      const account = this.#records.accountOf(service, name, since);
      if (homeAt(account, place.key) !== null) continue;
      const home = this.#newHome(account, place, since, 0);
      home.logins = 1;
      home.lastAt = lastAt;
      account.firstLoginAt = account.firstLoginAt === 0 ? since : Math.min(account.firstLoginAt, since);
      account.loginAt = Math.max(account.loginAt, lastAt);
      this.#settle(place, address, lastAt);
      this.#records.changed(account);
    }
    this.#records.changed(place);
  }

  /** Somebody lives at the place. */
  #settle(place: PlaceRecord, address: Address, at: number): void {
    const { network } = place;
    place.residentAt = Math.max(place.residentAt, at);
    network.residentAt = Math.max(network.residentAt, at);
    const part = partOf(address, place.family);
    if (part !== null) network.livedParts = (network.livedParts ?? new Set()).add(part);
  }

  #isMildlyBanned(place: PlaceRecord, remote: RemoteAddress, now: number): boolean {
    const ban = findSocket(place, remote)?.ban;
    return place.ban.until <= now && ban !== undefined && ban.until > now && ban.isMild;
  }

  #newHome(account: AccountRecord, place: PlaceRecord, now: number, doubtMs: number): Home {
    if (account.homes.length >= HOMES_KEPT) {
      const oldest = account.homes.reduce((least, home) => (home.lastAt < least.lastAt ? home : least));
      account.homes.splice(account.homes.indexOf(oldest), 1);
    }
    const home: Home = {
      place: place.key,
      network: place.network.prefix,
      since: now,
      lastAt: now,
      logins: 0,
      doubtedUntil: doubtMs === 0 ? 0 : now + doubtMs,
      // Guesses fade; that there were any does not.
      guessesBefore: Math.max(
        Math.min(1, account.attempts),
        Math.round(pointsAt(account.guesses, now, GUESS_HALF_LIFE_MS)),
      ),
      trustedAt: 0,
      told: null,
    };
    account.homes.push(home);
    place.residents++;
    return home;
  }

  /** Takes back what an account has added to its place. */
  #forgive(place: PlaceRecord, pair: Pair, now: number): void {
    const guesses = pointsAt(pair.guesses, now, GUESS_HALF_LIFE_MS);
    const share = guesses / Math.max(guesses, pointsAt(place.guesses, now, GUESS_HALF_LIFE_MS), 1);
    place.proven ??= newScore(place.firstAt);
    place.restless ??= newScore(place.firstAt);
    for (const score of [place.guesses, place.proven, place.restless]) {
      addPoints(score, -pointsAt(score, now, GUESS_HALF_LIFE_MS) * share, now, GUESS_HALF_LIFE_MS);
    }
    if (guesses > 0) addPoints(place.accounts, -1, now, ACCOUNTS_HALF_LIFE_MS);
    else addName(place, -1, now);
    dropPair(place, pair);
  }
}
