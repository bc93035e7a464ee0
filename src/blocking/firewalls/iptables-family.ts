import type { PortRange } from '../../domain/port-range.js';
import type { Family } from '../../domain/remote-address.js';
import { type EnforcedBan, FirewallError } from '../firewall.js';
import { creationText, readNames, readSet, SET_NAMES, type SetListing } from './ipset-text.js';
import {
  CHAIN,
  chainRules,
  emptyingText,
  installText,
  isInstalled,
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

/** The set of one family, and the chain that drops who is in it. */
export class IptablesFamily {
  readonly #ipset: Program;
  readonly #tables: Program;
  readonly #restore: Program;
  readonly #family: Family;
  readonly #set: string;
  readonly #rules: readonly string[];
  /** The rules as this version of iptables prints them: known once they are in place. */
  #printed: readonly string[];

  constructor({ family, ipset, tables, restore, ports }: IptablesFamilyOptions) {
    this.#ipset = ipset;
    this.#tables = tables;
    this.#restore = restore;
    this.#family = family;
    this.#set = SET_NAMES[family];
    this.#rules = chainRules(this.#set, ports);
    this.#printed = this.#rules;
  }

  /** Fails where iptables does not work. Changes nothing. */
  async probe(): Promise<void> {
    await this.#readTable();
  }

  /** The set first, since a rule must find it. */
  async install(): Promise<void> {
    await this.#installSet();
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
    const set = await this.#readSet();
    const table = await this.#readTable();
    return {
      isInstalled: set?.isOurs === true && isInstalled(table, this.#printed),
      bans: set?.isOurs === true ? set.bans : new Map(),
      packets: sumOf(table, 'packets'),
      bytes: sumOf(table, 'bytes'),
    };
  }

  async uninstall(): Promise<void> {
    const text = removalText(await this.#readTable());
    if (text !== null) await this.#change(text);
    if ((await this.#readSet()) !== null) await this.#ipset.run(['destroy', this.#set]);
  }

  /** A set of another kind gives way: it has our name. */
  async #installSet(): Promise<void> {
    const set = await this.#readSet();
    if (set?.isOurs === true) return;
    if (set !== null) await this.#destroyForeignSet();
    await this.#ipset.run(['restore'], creationText(this.#family));
  }

  /** The kernel keeps a set that a rule names. */
  async #destroyForeignSet(): Promise<void> {
    const text = emptyingText(await this.#readTable());
    if (text !== null) await this.#change(text);
    await this.#ipset.run(['destroy', this.#set]);
  }

  /** Null where there is none. */
  async #readSet(): Promise<SetListing | null> {
    const names = readNames(await this.#ipset.run(['list', '-name']));
    return names.has(this.#set) ? readSet(await this.#ipset.run(['save', this.#set]), this.#family) : null;
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
