import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import type { Log } from '../domain/log.js';
import { type Address, parseAddress } from '../domain/remote-address.js';

/** What `os.networkInterfaces` gives; it throws where the system does not let us ask. */
export type Interfaces = () => NodeJS.Dict<Pick<NetworkInterfaceInfo, 'address'>[]>;

/** The addresses of this host's own interfaces, without the networks that they are in. */
export class OwnAddresses {
  readonly #log: Log;
  readonly #interfaces: Interfaces;
  #addresses: readonly Address[] = [];
  #isFailing = false;

  constructor(log: Log, interfaces: Interfaces = networkInterfaces) {
    this.#log = log;
    this.#interfaces = interfaces;
  }

  /** As of the last refresh that succeeded. */
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
    try {
      const infos = Object.values(this.#interfaces()).flatMap((list) => list ?? []);
      this.#isFailing = false;
      return infos.flatMap(({ address }) => parseAddress(address) ?? []).sort();
    } catch (error) {
      // A sandbox without AF_NETLINK, as systemd's RestrictAddressFamilies= makes it.
      if (!this.#isFailing) this.#log.warn({ error: String(error) }, "this host's own addresses cannot be read");
      this.#isFailing = true;
      return null;
    }
  }
}
