import type { Log } from '../domain/log.js';
import { type Differences, differences } from './differences.js';
import { type Enforcement, type Firewall, FirewallError } from './firewall.js';
import type { PendingChanges } from './pending-changes.js';
import type { Tally } from './tally.js';
import type { WantedBans } from './wanted-bans.js';

export interface KernelBansOptions {
  readonly firewall: Firewall;
  readonly wanted: WantedBans;
  readonly pending: PendingChanges;
  readonly tally: Tally;
  readonly log: Log;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number;
}

type Dropped = Enforcement['dropped'];

const MENDED = 'the bans in the firewall were not those that we had put there; they are again';

/** A ban of the kernel's that nobody wants ends by itself so soon that it is no news: it was one of ours, rounded up. */
const ENDING_SECONDS = 1;

/**
 * What the kernel has, as far as the last batch or the last look tells, and how it is told what it should have. Calls that change it
 * come one at a time.
 */
export class KernelBans {
  readonly #options: KernelBansOptions;
  /** Of the wanted bans those that it has: packets dropped by the last look, by the ban's key; null where nobody counted. */
  #packets = new Map<string, number | null>();
  /** Null before the first look: what was dropped until then was counted by whoever ran before us. */
  #dropped: Dropped | null = null;
  #verifiedAt: number;
  #lookMs = 0;

  constructor(options: KernelBansOptions) {
    this.#options = options;
    this.#verifiedAt = options.clock();
  }

  has(key: string): boolean {
    return this.#packets.has(key);
  }

  /** Dropped of the ban; null where nobody counted. */
  packetsOf(key: string): number | null {
    return this.#packets.get(key) ?? null;
  }

  /** Nobody wants this ban any more, though the kernel may have yet to be told. */
  forget(key: string): void {
    this.#packets.delete(key);
  }

  /** How long the last look at the kernel took, in milliseconds. */
  get lookMs(): number {
    return this.#lookMs;
  }

  /** Since the kernel was last seen to do what it should, in seconds. */
  get verifiedSeconds(): number {
    return (this.#options.clock() - this.#verifiedAt) / 1000;
  }

  /** Tells the kernel what waits, in one batch. @throws FirewallError */
  async apply(): Promise<void> {
    const { firewall, wanted, pending, now } = this.#options;
    const { changes, added } = pending.take(now());
    if (changes.length === 0) return;
    await firewall.apply(changes);
    // By now another ban may be wanted of the target, or none.
    for (const [key, ban] of added) if (wanted.get(key) === ban) this.#packets.set(key, this.packetsOf(key));
  }

  /**
   * Looks what the kernel does, and mends what differs.
   * @returns false where what `install` made is not there.
   * @throws FirewallError
   */
  async verify(): Promise<boolean> {
    const from = this.#options.clock();
    this.#spareAll();
    const found = await this.#read();
    this.#note(found);
    if (!found.isInstalled) return false;
    this.#report(this.#addDifferences(found));
    await this.apply();
    this.#verified(from);
    return true;
  }

  /**
   * Puts everything in place, whatever is there now.
   * @param adopt told what was found, before anything is changed: what it adds to what is wanted stays.
   * @returns how many bans there are.
   * @throws FirewallError
   */
  async restore(adopt: (found: Enforcement) => void = () => undefined): Promise<number> {
    const { firewall, wanted, clock } = this.#options;
    const from = clock();
    this.#spareAll();
    await firewall.install();
    const found = await this.#read();
    if (!found.isInstalled) throw new FirewallError('rejected', 'what was just put into the firewall is not there');
    adopt(found);
    this.#note(found);
    this.#addDifferences(found);
    await this.apply();
    this.#verified(from);
    return wanted.size;
  }

  #verified(from: number): void {
    this.#verifiedAt = this.#options.clock();
    this.#lookMs = this.#verifiedAt - from;
  }

  /** Bans of who became a friend leave the kernel, and who waits for one is told. */
  #spareAll(): void {
    for (const wanted of this.#options.wanted.spareAll()) this.#options.pending.addSpared(wanted);
  }

  async #read(): Promise<Enforcement> {
    const found = await this.#options.firewall.read();
    this.#countDropped(found.dropped);
    return found;
  }

  /** Writes down which of the wanted bans the kernel has. */
  #note({ isInstalled, bans }: Enforcement): void {
    const { wanted } = this.#options;
    const inForce = isInstalled ? [...bans].filter(([key]) => wanted.get(key) !== undefined) : [];
    this.#packets = new Map(inForce.map(([key, { packets }]) => [key, packets]));
  }

  /** The firewall's totals begin anew when somebody takes its table away. */
  #countDropped(dropped: Dropped): void {
    const last = this.#dropped ?? dropped;
    this.#dropped = dropped;
    const isNew = dropped.packets < last.packets || dropped.bytes < last.bytes;
    const { tally } = this.#options;
    tally.add('security.bans.dropped_packets', dropped.packets - (isNew ? 0 : last.packets));
    tally.add('security.bans.dropped_bytes', dropped.bytes - (isNew ? 0 : last.bytes));
  }

  /** What waits already is known to differ. What finds no room is found again by the next look. */
  #addDifferences(found: Enforcement): Differences {
    const { wanted, pending, firewall, now } = this.#options;
    const times = { now: now(), secondsMax: firewall.secondsMax };
    const differing = differences(wanted, found, times, (key) => pending.has(key));
    for (const { key, target } of [...differing.missing, ...differing.mistimed]) pending.add(key, target);
    for (const [key, { target }] of differing.foreign) pending.add(key, target);
    return differing;
  }

  #report({ missing, mistimed, foreign }: Differences): void {
    const { tally, log } = this.#options;
    const strangers = foreign.filter(([, { seconds }]) => seconds > ENDING_SECONDS);
    if (missing.length + mistimed.length + strangers.length === 0) return;
    tally.add('blocker.differences.missing', missing.length);
    tally.add('blocker.differences.time', mistimed.length);
    tally.add('blocker.differences.foreign', strangers.length);
    log.warn({ missing: missing.length, mistimed: mistimed.length, foreign: strangers.length }, MENDED);
  }
}
