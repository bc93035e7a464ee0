import type { Log } from '../domain/log.js';
import type { Address } from '../domain/remote-address.js';

export interface SystemAddressesOptions {
  readonly log: Log;
  /** May throw where the system does not let us ask. */
  readonly read: () => readonly Address[];
  /** What cannot be read, said once until it can be read again. */
  readonly warning: string;
}

/** Addresses that the system tells, as of the last refresh that succeeded. */
export class SystemAddresses {
  readonly #options: SystemAddressesOptions;
  #addresses: readonly Address[] = [];
  #isFailing = false;

  constructor(options: SystemAddressesOptions) {
    this.#options = options;
  }

  get addresses(): readonly Address[] {
    return this.#addresses;
  }

  /** @returns whether anything changed. */
  refresh(): boolean {
    const before = this.#addresses;
    this.#addresses = this.#read() ?? before;
    return this.#addresses.join() !== before.join();
  }

  /** Null where the system does not tell. */
  #read(): Address[] | null {
    const { log, read, warning } = this.#options;
    try {
      const addresses = [...new Set(read())].sort();
      this.#isFailing = false;
      return addresses;
    } catch (error) {
      // The system's: a sandbox or a right that is missing.
      if (!this.#isFailing) log.warn({ error: String(error) }, warning);
      this.#isFailing = true;
      return null;
    }
  }
}
