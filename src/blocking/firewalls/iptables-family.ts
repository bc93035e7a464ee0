import type { PortRange } from '../../domain/port-range.js';
import type { Family } from '../../domain/remote-address.js';
import { type EnforcedBan, FirewallError } from '../firewall.js';
import { creationText, type IpSet, readNames, readSet, type SetListing, setName } from './ipset-text.js';
import {
  CHAIN,
  chainRules,
  emptyingText,
  installText,
  isInstalled,
  type MatchedSet,
  readTable,
  removalText,
  TABLE,
  type TableListing,
} from './iptables-text.js';
import type { Program } from './program.js';

/** One of the two `iptables`. */
export interface TablePrograms {
  /** `iptables` or `ip6tables`. */
  readonly tables: Program;
  /** `iptables-restore` or `ip6tables-restore`. */
  readonly restore: Program;
}

export interface IptablesFamilyOptions extends TablePrograms {
  readonly family: Family;
  readonly ipset: Program;
  /** Null for all traffic. */
  readonly ports: readonly PortRange[] | null;
}

/** What the kernel does of one family. */
export interface FamilyListing {
  readonly isInstalled: boolean;
  readonly bans: ReadonlyMap<string, EnforcedBan>;
  readonly packets: number;
  readonly bytes: number;
}

/** iptables-legacy fails where another program holds the lock of all tables for longer; iptables-nft knows no lock. */
const LOCK_SECONDS = '5';

/** The sets of one family, and the chain that drops who is in them. */
export class IptablesFamily {
  readonly #ipset: Program;
  readonly #tables: Program;
  readonly #restore: Program;
  readonly #sets: readonly IpSet[];
  readonly #rules: readonly string[];
  /** The rules as this version of iptables prints them: known once they are in place. */
  #printed: readonly string[];

  constructor({ family, ipset, tables, restore, ports }: IptablesFamilyOptions) {
    this.#ipset = ipset;
    this.#tables = tables;
    this.#restore = restore;
    this.#sets = [false, true].map((isOfSockets) => ({ family, isOfSockets }));
    this.#rules = chainRules(this.#sets.map(matched), ports);
    this.#printed = this.#rules;
  }

  /** Fails where iptables does not work. Changes nothing. */
  async probe(): Promise<void> {
    await this.#readTable();
  }

  /** The sets first, since a rule must find them. */
  async install(): Promise<void> {
    await this.#installSets();
    const before = await this.#readTable();
    const text = installText(before, this.#rules, this.#printed);
    if (text === null) return;
    await this.#change(text);
    const after = await this.#readTable();
    if (after.jumps === 0 || after.rules.length !== this.#rules.length) {
      throw new FirewallError('rejected', `iptables took the rules of ${CHAIN}, and does not have them`);
    }
    this.#printed = after.rules.map((rule) => rule.text);
  }

  async read(): Promise<FamilyListing> {
    const listings = [...(await this.#readSets()).values()].filter(({ isOurs }) => isOurs);
    const table = await this.#readTable();
    return {
      isInstalled: listings.length === this.#sets.length && isInstalled(table, this.#printed),
      bans: new Map(listings.flatMap(({ bans }) => [...bans])),
      packets: sumOf(table, 'packets'),
      bytes: sumOf(table, 'bytes'),
    };
  }

  async uninstall(): Promise<void> {
    const text = removalText(await this.#readTable());
    if (text !== null) await this.#change(text);
    for (const name of await this.#existing()) await this.#ipset.run(['destroy', name]);
  }

  /** A set of another kind gives way: it has our name. */
  async #installSets(): Promise<void> {
    const listings = await this.#readSets();
    for (const set of this.#sets) {
      const listing = listings.get(setName(set));
      if (listing?.isOurs === true) continue;
      if (listing !== undefined) await this.#destroyForeignSet(setName(set));
      await this.#ipset.run(['restore'], creationText(set));
    }
  }

  /** The kernel keeps a set that a rule names. */
  async #destroyForeignSet(name: string): Promise<void> {
    const text = emptyingText(await this.#readTable());
    if (text !== null) await this.#change(text);
    await this.#ipset.run(['destroy', name]);
  }

  /** Those that there are, by their names. */
  async #readSets(): Promise<Map<string, SetListing>> {
    const existing = await this.#existing();
    const listings = new Map<string, SetListing>();
    for (const set of this.#sets.filter((each) => existing.includes(setName(each)))) {
      listings.set(setName(set), readSet(await this.#ipset.run(['save', setName(set)]), set));
    }
    return listings;
  }

  /** The names of our sets that there are. */
  async #existing(): Promise<string[]> {
    const names = readNames(await this.#ipset.run(['list', '-name']));
    return this.#sets.map(setName).filter((name) => names.has(name));
  }

  async #readTable(): Promise<TableListing> {
    return readTable(await this.#tables.run(['-w', LOCK_SECONDS, '-t', TABLE, '-v', '-S']));
  }

  async #change(text: string): Promise<void> {
    await this.#restore.run(['-w', LOCK_SECONDS, '--noflush'], text);
  }
}

function sumOf({ rules }: TableListing, of: 'packets' | 'bytes'): number {
  return rules.reduce((sum, rule) => sum + rule[of], 0);
}

function matched(set: IpSet): MatchedSet {
  return { name: setName(set), what: set.isOfSockets ? 'src,src' : 'src' };
}
