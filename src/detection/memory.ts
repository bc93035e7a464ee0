import type { Attempt, Observation, Probe, Success } from '../domain/attempt.js';
import type { Address, Family, RemoteAddress } from '../domain/remote-address.js';
import { detached } from '../text/detached.js';
import { type AccountRecord, type Home, homeAt, isRoaming, newAccount } from './accounts.js';
import { BoundedTable } from './bounded-table.js';
import {
  ACCOUNTS_HALF_LIFE_MS,
  DAY_MS,
  GUESS_HALF_LIFE_MS,
  HOMES_KEPT,
  HOUR_MS,
  type Limits,
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
import { countPace, countTry, dropPair, findPair, pairOf } from './pairs.js';
import { countInPace, newPbx, type PbxRecord } from './pbx.js';
import {
  type NetworkRecord,
  networkKey,
  networkOfPlace,
  newNetwork,
  newPlace,
  type Pair,
  type PlaceRecord,
  partOf,
  placeKey,
  type SocketRecord,
  socketKey,
} from './places.js';
import { loadAccount, type SavedAccount, savedAccount } from './saved-account.js';
import { isOldAccount, type OldAddress, readOldAddress } from './saved-address.js';
import { loadNetwork, type SavedNetwork, savedNetwork } from './saved-network.js';
import { loadPbx, type SavedPbx, savedPbx } from './saved-pbx.js';
import { loadPlace, type SavedPlace, savedPlace } from './saved-place.js';
import type { AttemptScene, Nature, ProbeScene, SilenceScene, SuccessScene } from './scene.js';
import { addPoints, newScore, pointsAt, reaches } from './score.js';
import { findSocket, isFriendly, rememberPort, socketOf, takePorts } from './sockets.js';
import type { Suspect } from './suspects.js';
import { deedsOf } from './suspicion.js';

export interface MemoryOptions {
  readonly limits: Limits;
  /** Places remembered at most; networks and accounts as many. */
  readonly placesMax: number;
  /** Told when a record has changed or is gone; not again until `saved` says that it was read. */
  readonly onDirty: (section: Section, key: string) => void;
}

/** What outlives a restart, in the order in which it is to be loaded. The addresses are those of 0.1.0: never saved, only loaded. */
export const SECTIONS = ['networks', 'accounts', 'places', 'pbx', 'addresses'] as const;
export type Section = (typeof SECTIONS)[number];

/** `upgraded`: it was of 0.1.0; what can be used of it is in other records now. */
export type Loading = 'loaded' | 'upgraded' | 'refused';

/** There is one. */
const PBX_KEY = 'pbx';

/** What is lost with a place: homes are worth most, then bans, then guesses. */
const HOME_WORTH = 10_000;
const BAN_WORTH = 1_000;
/** A residence of so few days ago still counts where nobody has logged in since: offices close over holidays. */
const AWAY_MS = 7 * DAY_MS;

/** A caller's number: nobody looks for an extension by it. What begins like an international prefix is a toll fraud's. */
const CALLER = /^(?!9*(00|011|810|900))\+?\d{7,15}$/;

/** Remembers who lives where and who guesses at what, and forgets slowly. */
export class Memory {
  readonly pbx: PbxRecord = newPbx();
  readonly #options: MemoryOptions;
  readonly #places: BoundedTable<PlaceRecord>;
  readonly #networks: BoundedTable<NetworkRecord>;
  readonly #accounts: BoundedTable<AccountRecord>;
  #evicted = 0;
  /** Of the last observation: what a record is worth is measured at that time. */
  #now = 0;

  constructor(options: MemoryOptions) {
    this.#options = options;
    const { placesMax: entriesMax, onDirty } = options;
    this.#places = new BoundedTable({
      entriesMax,
      worth: (place) => this.#worth(place),
      onEvict: (key) => {
        this.#evicted++;
        onDirty('places', key);
      },
    });
    this.#networks = new BoundedTable({
      entriesMax,
      worth: ({ guesses }) => pointsAt(guesses, this.#now, SPREAD_HALF_LIFE_MS),
      onEvict: (key) => onDirty('networks', key),
    });
    this.#accounts = new BoundedTable({
      entriesMax,
      worth: ({ attackers, loginAt }) =>
        pointsAt(attackers, this.#now, SPREAD_HALF_LIFE_MS) + (loginAt > 0 ? HOME_WORTH : 0),
      onEvict: (key, account) => {
        account.isEvicted = true;
        onDirty('accounts', key);
      },
    });
  }

  /** How many places are remembered, and how many were forgotten for want of room. */
  get size(): { readonly places: number; readonly evicted: number } {
    return { places: this.#places.size, evicted: this.#evicted };
  }

  /** @returns undefined where nothing is remembered of the address. */
  place(remote: Pick<RemoteAddress, 'address' | 'family'>): PlaceRecord | undefined {
    return this.#places.get(placeKey(remote));
  }

  account(service: string, account: string): AccountRecord | undefined {
    return this.#accounts.get(accountKey(service, account));
  }

  /** Whether residents of the place logged in lately. */
  isLivedIn(place: Pick<PlaceRecord, 'residentAt'>, now: number): boolean {
    return place.residentAt > 0 && now - place.residentAt < Math.min(AWAY_MS, this.#options.limits.homeMs);
  }

  /** Whether whoever sent it is banned now. */
  isKeptOut({ remote }: Observation, now: number): boolean {
    const place = this.#places.get(placeKey(remote));
    if (place === undefined) return false;
    if (place.ban.until > now || isNetworkBanned(place, remote.address, now)) return true;
    const socket = place.sockets?.get(socketKey(place, remote.address, remote.port));
    return socket !== undefined && socket.ban.until > now;
  }

  /** Takes in a try that failed. */
  attempt(observation: Attempt, now: number): AttemptScene {
    this.#now = now;
    countInPace(this.pbx, now, 'failures');
    const place = this.#placeOf(observation.remote, now);
    const name = observation.account ?? '';
    const known = this.#accounts.get(accountKey(observation.service, name));
    const home = known === undefined ? null : homeAt(known, place.key);
    const nature = natureOf(observation, home, now);
    const gapMs = now - place.lastAt;
    place.lastAt = now;
    place.failures++;
    this.changed(place);
    const scene: Writable<AttemptScene> = {
      observation,
      now,
      place,
      pbx: this.pbx,
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
          scene.account ??= this.#accountOf(observation.service, name, now);
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
    this.#now = now;
    const place = this.#placeOf(observation.remote, now);
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
    this.changed(place);
    return { observation, now, place, socket, pbx: this.pbx };
  }

  /** Takes in that a place has been silent since its few guesses. Whose account roams may have been there themselves. */
  silence({ place, guess }: Suspect, now: number): SilenceScene {
    this.#now = now;
    const account = this.#accounts.get(accountKey(guess.service, guess.account ?? '')) ?? null;
    const attackers = account === null ? 0 : pointsAt(account.attackers, now, SPREAD_HALF_LIFE_MS);
    if (account !== null && attackers >= SEVERAL && !isRoaming(account, now)) {
      addPoints(this.pbx.silent, 1, now, SPREAD_HALF_LIFE_MS);
      this.changed(place);
    }
    return { isSilence: true, observation: guess, now, place, account, socket: null, pbx: this.pbx };
  }

  /** What is remembered of a login's place and account before `welcome` takes the login in. */
  success(observation: Success, now: number, isKeptOut: boolean): SuccessScene {
    this.#now = now;
    countInPace(this.pbx, now, 'logins');
    const place = this.#placeOf(observation.remote, now);
    const account = this.#accountOf(observation.service, observation.account, now);
    const home = homeAt(account, place.key);
    const pair = findPair(place, observation.account);
    const isBannedAttacker = isKeptOut && !this.#isMildlyBanned(place, observation.remote, now);
    return { observation, now, place, account, home, pair, isBannedAttacker, pbx: this.pbx };
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
    this.changed(account);
    this.changed(place);
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
      const account = this.#accountOf(service, name, at);
      const known = homeAt(account, placeKey(remote));
      if (known !== null && known.trustedAt >= at) continue;
      const place = this.#placeOf(remote, at);
      const home = known ?? this.#newHome(account, place, at, 0);
      Object.assign(home, { trustedAt: at, doubtedUntil: 0, guessesBefore: 0, lastAt: Math.max(home.lastAt, at) });
      const pair = findPair(place, name);
      if (pair !== null) this.#forgive(place, pair, at);
      this.#settle(place, address, at);
      this.changed(account);
      this.changed(place);
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
      const account = this.#accounts.get(accountKey(service, name));
      const home = account === undefined ? null : homeAt(account, key);
      if (account === undefined || home === null || home.since > at) continue;
      account.homes.splice(account.homes.indexOf(home), 1);
      this.changed(account);
      wasHome = true;
      const place = this.#places.get(key);
      if (place === undefined) continue;
      place.residents = Math.max(0, place.residents - 1);
      if (place.residents === 0) place.residentAt = 0;
      this.changed(place);
    }
    return wasHome;
  }

  /** Those that have the account; else those of phones. */
  #servicesOf(account: string): readonly string[] {
    const known = SERVICES.filter((service) => this.#accounts.get(accountKey(service, account)) !== undefined);
    return known.length > 0 ? known : PHONES;
  }

  /** Marks a record as one to save; a place with its network and the PBX, whose numbers change with it. */
  changed(record: PlaceRecord | AccountRecord): void {
    const { onDirty } = this.#options;
    if (!record.isDirty) {
      record.isDirty = true;
      if ('key' in record) onDirty('places', record.key);
      else onDirty('accounts', accountKey(record.service, record.account));
    }
    if (!('key' in record)) return;
    const { network } = record;
    if (!network.isDirty) {
      network.isDirty = true;
      onDirty('networks', network.prefix);
    }
    if (!this.pbx.isDirty) {
      this.pbx.isDirty = true;
      onDirty('pbx', PBX_KEY);
    }
  }

  /** What is to be saved of a record, null if it is gone. From here on it counts as unchanged. */
  saved(section: Section, key: string): SavedPlace | SavedAccount | SavedNetwork | SavedPbx | null {
    switch (section) {
      case 'places':
        return clean(this.#places.get(key), savedPlace);
      case 'accounts':
        return clean(this.#accounts.get(key), savedAccount);
      case 'networks':
        return clean(this.#networks.get(key), savedNetwork);
      case 'pbx':
        return clean(this.pbx, savedPbx);
      case 'addresses':
        return null;
      /* c8 ignore next 2 */ // Never reached: the compiler asks for a case for each section.
      default:
        return section satisfies never;
    }
  }

  /** Takes in what was saved before a restart, section after section. Nothing of it is trusted. */
  load(section: Section, key: string, value: unknown): Loading {
    switch (section) {
      case 'places':
        return added(
          this.#places,
          key,
          loadPlace(key, value, (place, at) => this.#networkOf(networkOfPlace(place), at)),
        );
      case 'accounts': {
        const [service, account, ...more] = key.split('\0');
        if (service === undefined || account === undefined || more.length > 0) return 'refused';
        if (isOldAccount(value)) return 'upgraded';
        return added(this.#accounts, key, loadAccount(service, account, value));
      }
      case 'networks':
        return added(this.#networks, key, loadNetwork(key, value));
      case 'pbx':
        return key === PBX_KEY && loadPbx(this.pbx, value) ? 'loaded' : 'refused';
      case 'addresses': {
        const old = readOldAddress(key, value);
        if (old === null) return 'refused';
        this.#upgrade(old);
        return 'upgraded';
      }
      /* c8 ignore next 2 */ // Never reached: the compiler asks for a case for each section.
      default:
        return section satisfies never;
    }
  }

  /** Makes homes of the logins that 0.1.0 saw at an address, and takes over its ban. */
  #upgrade({ address, firstAt, logins, ban }: OldAddress): void {
    if (logins.length === 0 && ban.count === 0) return;
    const place = this.#placeOf({ address, family: familyOf(address) }, firstAt);
    // Of a /64 one address may be an attacker's and another one a friend's.
    if (place.host !== null && ban.until > place.ban.until) Object.assign(place.ban, ban);
    for (const { service, account: name, since, lastAt } of logins) {
      const account = this.#accountOf(service, name, since);
      if (homeAt(account, place.key) !== null) continue;
      const home = this.#newHome(account, place, since, 0);
      home.logins = 1;
      home.lastAt = lastAt;
      account.firstLoginAt = account.firstLoginAt === 0 ? since : Math.min(account.firstLoginAt, since);
      account.loginAt = Math.max(account.loginAt, lastAt);
      this.#settle(place, address, lastAt);
      this.changed(account);
    }
    this.changed(place);
  }

  /** Somebody lives at the place. */
  #settle(place: PlaceRecord, address: Address, at: number): void {
    const { network } = place;
    place.residentAt = Math.max(place.residentAt, at);
    network.residentAt = Math.max(network.residentAt, at);
    const part = partOf(address, place.family);
    if (part !== null) network.livedParts = (network.livedParts ?? new Set()).add(part);
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
      addPoints(this.pbx.patient, 1, now, SPREAD_HALF_LIFE_MS);
    }
    return isPatient;
  }

  #isMildlyBanned(place: PlaceRecord, remote: RemoteAddress, now: number): boolean {
    const ban = findSocket(place, remote)?.ban;
    return place.ban.until <= now && ban !== undefined && ban.until > now && ban.isMild;
  }

  #placeOf(remote: Pick<RemoteAddress, 'address' | 'family'>, now: number): PlaceRecord {
    const key = placeKey(remote);
    let place = this.#places.get(key);
    if (place === undefined) {
      const text = detached(key);
      place = newPlace(text, remote, this.#networkOf(networkKey(remote), now), now);
      this.#places.add(text, place);
    }
    if (place.host !== null && place.host !== remote.address) place.host = null;
    return place;
  }

  #networkOf(prefix: string, now: number): NetworkRecord {
    let network = this.#networks.get(prefix);
    if (network === undefined) {
      network = newNetwork(prefix, now);
      this.#networks.add(prefix, network);
    }
    return network;
  }

  #accountOf(service: string, name: string, now: number): AccountRecord {
    const key = accountKey(service, name);
    const known = this.#accounts.get(key);
    if (known !== undefined) return known;
    const account = newAccount(detached(service), detached(name), now);
    this.#accounts.add(detached(key), account);
    return account;
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
      addPoints(account.attackers, 1, now, SPREAD_HALF_LIFE_MS);
    }
    this.changed(account);
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
    const { refused } = this.pbx;
    if (refused.size === 0 || now - refused.at > HOUR_MS) {
      refused.names.clear();
      refused.at = now;
    }
    if (refused.names.size < REFUSED_KEPT) refused.names.add(account);
    refused.size = refused.names.size;
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
      guessesBefore: Math.round(pointsAt(account.guesses, now, GUESS_HALF_LIFE_MS)),
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

  #worth(place: PlaceRecord): number {
    const home = this.isLivedIn(place, this.#now) ? HOME_WORTH : 0;
    const ban = place.ban.until > this.#now ? BAN_WORTH : 0;
    return (
      home +
      ban +
      pointsAt(place.guesses, this.#now, GUESS_HALF_LIFE_MS) +
      pointsAt(place.names, this.#now, NAME_HALF_LIFE_MS)
    );
  }
}

function addName(place: PlaceRecord, names: number, now: number): void {
  place.names ??= newScore(place.firstAt);
  addPoints(place.names, names, now, NAME_HALF_LIFE_MS);
}

const REFUSED_KEPT = 1_000;

/** A scene while it is made. */
type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Asterisk's own words for what accounts log in to, and those of them that phones do. */
const SERVICES = ['PJSIP', 'SIP', 'IAX2', 'AMI'];
const PHONES = ['PJSIP', 'SIP'];

/** An account, and an address that it is to live at. */
export interface Lodger {
  readonly account: string;
  readonly address: Address;
}

/** A NUL is in neither: Asterisk's strings end with it. */
function accountKey(service: string, account: string): string {
  return `${service}\0${account}`;
}

/** Whether the network, or the part of it that the address is in, is banned. */
export function isNetworkBanned({ network, family }: PlaceRecord, address: Address, now: number): boolean {
  if (network.ban.until > now) return true;
  const part = network.partBans === null ? null : partOf(address, family);
  return part !== null && (network.partBans?.get(part)?.until ?? 0) > now;
}

function familyOf(address: Address): Family {
  return address.includes(':') ? 'IPV6' : 'IPV4';
}

function clean<Record extends { isDirty: boolean }, Saved>(
  record: Record | undefined,
  save: (record: Record) => Saved,
): Saved | null {
  if (record === undefined) return null;
  record.isDirty = false;
  return save(record);
}

function added<Value>(table: BoundedTable<Value>, key: string, value: Value | null): Loading {
  if (value === null) return 'refused';
  table.add(key, value);
  return 'loaded';
}

function natureOf({ outcome, hasPassword, account }: Attempt, home: Home | null, now: number): Nature {
  if (home !== null && home.doubtedUntil <= now) return outcome === 'wrong_password' ? 'own' : 'missing';
  if (hasPassword) return 'guess';
  return account !== null && CALLER.test(account) ? 'call' : 'ask';
}
