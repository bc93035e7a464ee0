import type { Log } from '../../domain/log.js';
import type { PortRange } from '../../domain/port-range.js';
import { type Enforcement, type Firewall, type FirewallChange, FirewallError } from '../firewall.js';
import { CHANGE_ARGUMENTS, changesText, SET_SECONDS_MAX } from './ipset-text.js';
import { type FamilyListing, IptablesFamily, type TablePrograms } from './iptables-family.js';
import { privilegedProgram } from './privileged-program.js';
import type { Program } from './program.js';

export interface IptablesOptions {
  readonly ipset: Program;
  /** An ipset that may have been started already, with CHANGE_ARGUMENTS: each ban waits for it. */
  readonly standby: Program & { close(): Promise<void> };
  readonly ipv4: TablePrograms;
  readonly ipv6: TablePrograms;
  /** Where UDP and TCP of a banned address are dropped; null for all traffic of it. */
  readonly ports: readonly PortRange[] | null;
  readonly log: Log;
}

/**
 * Bans as members of sets of ipset, `asterisk_auth_stats4`, `asterisk_auth_stats6` and one of sockets beside each, that a chain of the
 * table `raw` drops by. The table is asked before connection tracking, so that what flows already stops as well, and what goes on to a container.
 *
 * Where ip6tables does not work (it is missing, or a kernel has no IPv6) bans of IPv4 are in force and those of IPv6 are not: `apply`
 * leaves them out, and so they are not among what `read` tells. `read` and `install` try again; once it worked, a fault of it is one of
 * the firewall.
 *
 * ipset takes changes in parts: where it rejects one, those before it may be in force. So who is told `rejected` installs again and
 * applies all that he wants. It takes no ban that is longer than `secondsMax`: the rest of it has to be added in time.
 */
export class IptablesFirewall implements Firewall {
  readonly name = 'iptables';
  readonly secondsMax = SET_SECONDS_MAX;
  readonly #standby: IptablesOptions['standby'];
  readonly #changer: Program;
  readonly #ipv4: IptablesFamily;
  readonly #ipv6: IptablesFamily;
  readonly #log: Log;
  /** Null before it was tried. */
  #hasIpv6: boolean | null = null;

  constructor({ ipset, standby, ipv4, ipv6, ports, log }: IptablesOptions) {
    this.#standby = standby;
    this.#changer = privilegedProgram(standby);
    const shared = { ipset: privilegedProgram(ipset), ports };
    this.#ipv4 = new IptablesFamily({ ...shared, family: 'IPV4', ...privileged(ipv4) });
    this.#ipv6 = new IptablesFamily({ ...shared, family: 'IPV6', ...privileged(ipv6) });
    this.#log = log;
  }

  async install(): Promise<void> {
    await this.#ipv4.install();
    if (await this.#findIpv6()) await this.#ipv6.install();
  }

  async apply(changes: readonly FirewallChange[]): Promise<void> {
    const text = changesText(changes.filter(({ target }) => target.family === 'IPV4' || this.#hasIpv6 !== false));
    if (text !== '') await this.#changer.run(CHANGE_ARGUMENTS, text);
  }

  async read(): Promise<Enforcement> {
    const listings = [await this.#ipv4.read()];
    if (await this.#findIpv6()) listings.push(await this.#ipv6.read());
    return {
      isInstalled: listings.every((listing) => listing.isInstalled),
      bans: new Map(listings.flatMap(({ bans }) => [...bans])),
      dropped: { packets: sumOf(listings, 'packets'), bytes: sumOf(listings, 'bytes') },
    };
  }

  async uninstall(): Promise<void> {
    await this.#ipv4.uninstall();
    if (await this.#findIpv6()) await this.#ipv6.uninstall();
  }

  close(): Promise<void> {
    return this.#standby.close();
  }

  /** Whether ip6tables works; that it does not is said once. */
  async #findIpv6(): Promise<boolean> {
    if (this.#hasIpv6 === true) return true;
    try {
      await this.#ipv6.probe();
    } catch (error) {
      if (!isMissing(error)) throw error;
      if (this.#hasIpv6 === null)
        this.#log.warn({ error: error.message }, 'IPv6 is not banned: ip6tables does not work');
      this.#hasIpv6 = false;
      return false;
    }
    if (this.#hasIpv6 === false) this.#log.info({}, 'IPv6 is banned again: ip6tables works');
    this.#hasIpv6 = true;
    return true;
  }
}

/** iptables-legacy is rejected by a kernel without IPv6. */
function isMissing(error: unknown): error is FirewallError {
  return error instanceof FirewallError && (error.fault === 'no_program' || error.fault === 'rejected');
}

function sumOf(listings: readonly FamilyListing[], of: 'packets' | 'bytes'): number {
  return listings.reduce((sum, listing) => sum + listing[of], 0);
}

function privileged({ tables, restore }: TablePrograms): TablePrograms {
  return { tables: privilegedProgram(tables), restore: privilegedProgram(restore) };
}
