import type { BoundedTable } from './bounded-table.js';
import type { Logins } from './logins.js';
import { networkOfPlace } from './places.js';
import { PBX_KEY, type Records, type Section } from './records.js';
import { loadAccount, type SavedAccount, savedAccount } from './saved-account.js';
import { isOldAccount, readOldAddress } from './saved-address.js';
import { loadNetwork, type SavedNetwork, savedNetwork } from './saved-network.js';
import { loadPbx, type SavedPbx, savedPbx } from './saved-pbx.js';
import { loadPlace, type SavedPlace, savedPlace } from './saved-place.js';

/** `upgraded`: it was of 0.1.0; what can be used of it is in other records now. */
export type Loading = 'loaded' | 'upgraded' | 'refused';

/** What outlives a restart: records as they are saved, and as they come back. */
export class SavedRecords {
  readonly #records: Records;
  readonly #logins: Logins;

  constructor(records: Records, logins: Logins) {
    this.#records = records;
    this.#logins = logins;
  }

  /** What is to be saved of a record, null if it is gone. From here on it counts as unchanged. */
  saved(section: Section, key: string): SavedPlace | SavedAccount | SavedNetwork | SavedPbx | null {
    switch (section) {
      case 'places':
        return clean(this.#records.places.get(key), savedPlace);
      case 'accounts':
        return clean(this.#records.accounts.get(key), savedAccount);
      case 'networks':
        return clean(this.#records.networks.get(key), savedNetwork);
      case 'pbx':
        return clean(this.#records.pbx, savedPbx);
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
          this.#records.places,
          key,
          loadPlace(key, value, (place, at) => this.#records.networkOf(networkOfPlace(place), at)),
        );
      case 'accounts': {
        const [service, account, ...more] = key.split('\0');
        if (service === undefined || account === undefined || more.length > 0) return 'refused';
        if (isOldAccount(value)) return 'upgraded';
        return added(this.#records.accounts, key, loadAccount(service, account, value));
      }
      case 'networks':
        return added(this.#records.networks, key, loadNetwork(key, value));
      case 'pbx':
        return key === PBX_KEY && loadPbx(this.#records.pbx, value) ? 'loaded' : 'refused';
      case 'addresses': {
        const old = readOldAddress(key, value);
        if (old === null) return 'refused';
        this.#logins.takeOver(old);
        return 'upgraded';
      }
      /* c8 ignore next 2 */ // Never reached: the compiler asks for a case for each section.
      default:
        return section satisfies never;
    }
  }
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
