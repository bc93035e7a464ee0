import { targetText } from '../../domain/ban-target.js';
import type { PortRange } from '../../domain/port-range.js';
import { type Enforcement, type Firewall, type FirewallChange, FirewallError } from '../firewall.js';
import { type Listing, readListing } from './nft-listing.js';
import {
  changesText,
  kindOf,
  newSetsText,
  REMOVAL_TEXT,
  rulesetText,
  type SetKind,
  setName,
  TABLE,
  USUAL_KINDS,
} from './nft-ruleset.js';
import { type Program, systemProgram } from './program.js';
import { Standby } from './standby.js';

export interface NftablesOptions {
  /** nft, for listings. */
  readonly program: Program;
  /** nft that reads a batch, `-f -`: the kernel does all of a batch or nothing. */
  readonly standby: Program & { close(): Promise<void> };
  /** Whose packets are dropped; null for all packets. */
  readonly ports: readonly PortRange[] | null;
}

const NFT = { name: 'nft', packageName: 'nftables' };
const BATCH = ['-f', '-'];
const LIST = ['-j', 'list', 'table', ...TABLE.split(' ')];
/** Terse: without the elements, which take most of the time with many of them. */
const LIST_SKELETON = ['-t', ...LIST];

const NOTHING: Enforcement = { isInstalled: false, bans: new Map(), dropped: { packets: 0, bytes: 0 } };

/** The firewall with the nft that is installed on this machine. */
export function openNftables({ ports }: Pick<NftablesOptions, 'ports'>): NftablesFirewall {
  return new NftablesFirewall({ program: systemProgram(NFT), standby: new Standby(NFT, BATCH), ports });
}

/** A table of our own, which no other program has a reason to touch. */
export class NftablesFirewall implements Firewall {
  readonly name = 'nftables';
  readonly secondsMax = Number.POSITIVE_INFINITY;
  readonly #program: Program;
  readonly #standby: NftablesOptions['standby'];
  readonly #ports: readonly PortRange[] | null;
  /** What `install` or a new set left, as nft shows it; null where nothing is known to be installed. */
  #skeleton: string | null = null;
  /** The names of the sets. */
  #sets: ReadonlySet<string> = new Set();
  /** As the last reading found them. */
  #bans: Listing['bans'] = new Map();
  /** The texts of the targets that may be in the sets. Those that have ended are among them until the next reading. */
  #held = new Set<string>();

  constructor({ program, standby, ports }: NftablesOptions) {
    this.#program = program;
    this.#standby = standby;
    this.#ports = ports;
  }

  async install(): Promise<void> {
    this.#skeleton = null;
    const found = await this.#found();
    const kinds = withUsual(found?.kinds ?? []);
    const ruleset = rulesetText(kinds, this.#ports);
    try {
      await this.#batch(ruleset);
    } catch (error) {
      if (!isRejection(error)) throw error;
      // Something of our name is of another shape, which no `add` can change.
      await this.#batch(REMOVAL_TEXT + ruleset + changesText(additionsOf(found?.bans ?? NOTHING.bans), () => false));
    }
    this.#sets = new Set(kinds.map(setName));
    this.#held = new Set(found?.bans.keys());
    await this.#learnSkeleton();
  }

  async apply(changes: readonly FirewallChange[]): Promise<void> {
    if (this.#skeleton === null) throw new FirewallError('rejected', 'the table is not installed');
    // What is in no set needs no set to be taken out of.
    const wanted = changes.filter(({ kind, target }) => kind === 'add' || this.#sets.has(setName(kindOf(target))));
    if (wanted.length === 0) return;
    const missing = kindsOf(wanted).filter((kind) => !this.#sets.has(setName(kind)));
    const sets = newSetsText(missing, this.#ports);
    await this.#batch(sets + changesText(wanted, (text) => this.#held.has(text)));
    for (const { kind, target } of wanted) {
      if (kind === 'add') this.#held.add(targetText(target));
      else this.#held.delete(targetText(target));
    }
    if (missing.length === 0) return;
    this.#sets = new Set([...this.#sets, ...missing.map(setName)]);
    await this.#learnSkeleton();
  }

  async read(): Promise<Enforcement> {
    const listing = await this.#found();
    this.#bans = listing?.bans ?? NOTHING.bans;
    this.#held = new Set(this.#bans.keys());
    if (listing === null) return NOTHING;
    const { skeleton, bans, dropped } = listing;
    return { isInstalled: skeleton === this.#skeleton, bans, dropped };
  }

  async uninstall(): Promise<void> {
    this.#skeleton = null;
    await this.#batch(REMOVAL_TEXT);
    this.#held = new Set();
  }

  async close(): Promise<void> {
    await this.#standby.close();
  }

  /** Each version of nft shows a rule in its own words, so that what to find later on is what is found now. */
  async #learnSkeleton(): Promise<void> {
    this.#skeleton = null;
    const text = await this.#list(LIST_SKELETON);
    const made = text === null ? null : readListing(text);
    if (made?.isComplete !== true) throw new FirewallError('rejected', 'the kernel has another table than was made');
    this.#skeleton = made.skeleton;
  }

  /**
   * @returns null where there is no table, or none that can be understood and so none of ours: nft 1.0.6 writes a piece of its
   * memory for one that is asleep.
   */
  async #found(): Promise<Listing | null> {
    const text = await this.#list(LIST);
    try {
      return text === null ? null : readListing(text, this.#bans);
    } catch {
      // A FirewallError, always that it is not understood.
      return null;
    }
  }

  /** @returns null where there is no table. */
  async #list(args: readonly string[]): Promise<string | null> {
    try {
      return await this.#program.run(args);
    } catch (error) {
      if (isRejection(error) && /No such file or directory/.test(error.message)) return null;
      throw error;
    }
  }

  async #batch(text: string): Promise<void> {
    await this.#standby.run(BATCH, text);
  }
}

function withUsual(kinds: readonly SetKind[]): SetKind[] {
  return distinct([...USUAL_KINDS, ...kinds]);
}

function kindsOf(changes: readonly FirewallChange[]): SetKind[] {
  return distinct(changes.map(({ target }) => kindOf(target)));
}

function distinct(kinds: readonly SetKind[]): SetKind[] {
  return [...new Map(kinds.map((kind) => [setName(kind), kind])).values()];
}

function additionsOf(bans: Listing['bans']): FirewallChange[] {
  return [...bans.values()]
    .filter(({ seconds }) => seconds > 0)
    .map(({ target, seconds }) => ({ kind: 'add', target, seconds }));
}

function isRejection(error: unknown): error is FirewallError {
  return error instanceof FirewallError && error.fault === 'rejected';
}
