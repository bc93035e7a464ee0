import type { RemoteAddress } from '../domain/remote-address.js';
import { detached } from '../text/detached.js';
import { type AccountRecord, newAccount } from './accounts.js';
import { BoundedTable } from './bounded-table.js';
import {
  ATTACKERS_HALF_LIFE_MS,
  DAY_MS,
  GUESS_HALF_LIFE_MS,
  type Limits,
  NAME_HALF_LIFE_MS,
  SPREAD_HALF_LIFE_MS,
} from './limits.js';
import { newPbx, type PbxRecord } from './pbx.js';
import { type NetworkRecord, networkKey, newNetwork, newPlace, type PlaceRecord, placeKey } from './places.js';
import { pointsAt } from './score.js';

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

/** There is one. */
export const PBX_KEY = 'pbx';

/** What is lost with a place: homes are worth most, then bans, then guesses. */
const HOME_WORTH = 10_000;
const BAN_WORTH = 1_000;
/** A residence of so few days ago still counts where nobody has logged in since: offices close over holidays. */
const AWAY_MS = 7 * DAY_MS;

/** All that is remembered, in tables that are bounded: of each kind of record as many as there may be places. */
export class Records {
  readonly pbx: PbxRecord = newPbx();
  readonly places: BoundedTable<PlaceRecord>;
  readonly networks: BoundedTable<NetworkRecord>;
  readonly accounts: BoundedTable<AccountRecord>;
  /** Of the last observation: what a record is worth is measured at that time. */
  now = 0;
  readonly #options: MemoryOptions;
  #evicted = 0;

  constructor(options: MemoryOptions) {
    this.#options = options;
    const { placesMax: entriesMax, onDirty } = options;
    this.places = new BoundedTable({
      entriesMax,
      worth: (place) => this.#worth(place),
      onEvict: (key) => {
        this.#evicted++;
        onDirty('places', key);
      },
    });
    this.networks = new BoundedTable({
      entriesMax,
      worth: ({ guesses }) => pointsAt(guesses, this.now, SPREAD_HALF_LIFE_MS),
      onEvict: (key) => onDirty('networks', key),
    });
    this.accounts = new BoundedTable({
      entriesMax,
      worth: ({ attackers, loginAt }) =>
        pointsAt(attackers, this.now, ATTACKERS_HALF_LIFE_MS) + (loginAt > 0 ? HOME_WORTH : 0),
      onEvict: (key, account) => {
        account.isEvicted = true;
        for (const home of account.homes) this.moveOut(home.place);
        onDirty('accounts', key);
      },
    });
  }

  /** How many places are remembered, and how many were forgotten for want of room. */
  get size(): { readonly places: number; readonly evicted: number } {
    return { places: this.places.size, evicted: this.#evicted };
  }

  /** @returns undefined where nothing is remembered of the address. */
  place(remote: Pick<RemoteAddress, 'address' | 'family'>): PlaceRecord | undefined {
    return this.places.get(placeKey(remote));
  }

  account(service: string, account: string): AccountRecord | undefined {
    return this.accounts.get(accountKey(service, account));
  }

  /** Whether residents of the place logged in lately. */
  isLivedIn(place: Pick<PlaceRecord, 'residentAt'>, now: number): boolean {
    return place.residentAt > 0 && now - place.residentAt < Math.min(AWAY_MS, this.#options.limits.homeMs);
  }

  placeOf(remote: Pick<RemoteAddress, 'address' | 'family'>, now: number): PlaceRecord {
    const key = placeKey(remote);
    let place = this.places.get(key);
    if (place === undefined) {
      const text = detached(key);
      place = newPlace(text, remote, this.networkOf(networkKey(remote), now), now);
      this.places.add(text, place);
    }
    if (place.host !== null && place.host !== remote.address) place.host = null;
    return place;
  }

  networkOf(prefix: string, now: number): NetworkRecord {
    let network = this.networks.get(prefix);
    if (network === undefined) {
      network = newNetwork(prefix, now);
      this.networks.add(prefix, network);
    }
    return network;
  }

  accountOf(service: string, name: string, now: number): AccountRecord {
    const key = accountKey(service, name);
    const known = this.accounts.get(key);
    if (known !== undefined) return known;
    const account = newAccount(detached(service), detached(name), now);
    this.accounts.add(detached(key), account);
    return account;
  }

  /** An account has its home at the place no more; that somebody logged in there is as true as before. */
  moveOut(placeKey: string): PlaceRecord | undefined {
    const place = this.places.get(placeKey);
    if (place === undefined) return undefined;
    place.residents = Math.max(0, place.residents - 1);
    this.changed(place);
    return place;
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

  #worth(place: PlaceRecord): number {
    const home = this.isLivedIn(place, this.now) ? HOME_WORTH : 0;
    const ban = place.ban.until > this.now ? BAN_WORTH : 0;
    return (
      home +
      ban +
      pointsAt(place.guesses, this.now, GUESS_HALF_LIFE_MS) +
      pointsAt(place.names, this.now, NAME_HALF_LIFE_MS)
    );
  }
}

/** A NUL is in neither: Asterisk's strings end with it. */
function accountKey(service: string, account: string): string {
  return `${service}\0${account}`;
}
