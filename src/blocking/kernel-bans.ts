import type { Log } from '../domain/log.js';
import type { BanTable } from './ban-table.js';
import type { ChangeQueue } from './change-queue.js';
import { type Differences, differences } from './differences.js';
import { DropGain } from './drop-gain.js';
import { type Enforcement, type Firewall, FirewallError } from './firewall.js';
import type { HeldBan } from './held-ban.js';
import type { Tally } from './tally.js';

export interface KernelBansOptions {
  readonly firewall: Firewall;
  readonly table: BanTable;
  readonly queue: ChangeQueue;
  readonly tally: Tally;
  readonly log: Log;
  /** Ends the bans of whoever became a friend since the last call, and returns them. */
  readonly spareAll: () => readonly HeldBan[];
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number;
}

/** A ban of the kernel's that nobody desires ends by itself so soon that it is no news: it was one of ours, rounded up. */
const ENDING_SECONDS = 1;

/** The bans in the kernel beside those in the table, and what is known of the former. Calls come one at a time. */
export class KernelBans {
  readonly #options: KernelBansOptions;
  readonly #gain = new DropGain();
  #verifiedAt: number;
  #verifyMs = 0;

  constructor(options: KernelBansOptions) {
    this.#options = options;
    this.#verifiedAt = options.clock();
  }

  /** When the kernel was last seen to do what it should, by the clock that never goes back. */
  get verifiedAt(): number {
    return this.#verifiedAt;
  }

  /** How long that took, in milliseconds. */
  get verifyMs(): number {
    return this.#verifyMs;
  }

  /**
   * Tells the kernel what waits, in one batch.
   * @throws FirewallError
   */
  async apply(): Promise<void> {
    const { firewall, queue, now } = this.#options;
    const { changes, added } = queue.take(now());
    if (changes.length === 0) return;
    await firewall.apply(changes);
    for (const held of added) held.isEnforced = true;
  }

  /**
   * Looks what the kernel does, and mends what differs.
   * @returns false where what `install` made is not there.
   * @throws FirewallError
   */
  async verify(): Promise<boolean> {
    const from = this.#options.clock();
    this.#spareAll();
    const found = await this.#look();
    if (!found.isInstalled) return false;
    this.#report(this.#queueDifferences(found));
    await this.apply();
    this.#verified(from);
    return true;
  }

  /**
   * Puts everything in place, whatever is there now.
   * @param adopt told what was found, before anything is changed: what it adds to the table stays.
   * @throws FirewallError
   */
  async restore(adopt: (found: Enforcement) => void = () => undefined): Promise<void> {
    const from = this.#options.clock();
    this.#spareAll();
    await this.#options.firewall.install();
    const found = await this.#look();
    if (!found.isInstalled) throw new FirewallError('rejected', 'what was just put into the firewall is not there');
    adopt(found);
    this.#queueDifferences(found);
    await this.apply();
    this.#verified(from);
  }

  #spareAll(): void {
    for (const held of this.#options.spareAll()) this.#options.queue.addSpared(held);
  }

  #verified(from: number): void {
    this.#verifiedAt = this.#options.clock();
    this.#verifyMs = this.#verifiedAt - from;
  }

  /** Writes down which bans the kernel has, and what it dropped. */
  async #look(): Promise<Enforcement> {
    const { firewall, table, tally } = this.#options;
    const found = await firewall.read();
    for (const held of table.values()) {
      const enforced = found.bans.get(held.ban.address);
      held.isEnforced = found.isInstalled && enforced !== undefined;
      held.packets = enforced?.packets ?? null;
    }
    const { packets, bytes } = this.#gain.of(found.dropped);
    tally.add('security.bans.dropped_packets', packets);
    tally.add('security.bans.dropped_bytes', bytes);
    return found;
  }

  /** What waits already is known to differ. What finds no room in the queue is found again by the next look. */
  #queueDifferences(found: Enforcement): Differences {
    const { table, queue, now, firewall } = this.#options;
    const times = { now: now(), secondsMax: firewall.secondsMax };
    const differing = differences(table, found, times, (address) => queue.has(address));
    for (const { ban, prefix } of [...differing.missing, ...differing.mistimed]) queue.add(ban.address, prefix);
    for (const [address, { prefix }] of differing.foreign) queue.add(address, prefix);
    return differing;
  }

  #report({ missing, mistimed, foreign }: Differences): void {
    const { tally, log } = this.#options;
    const strangers = foreign.filter(([, { seconds }]) => seconds > ENDING_SECONDS);
    if (missing.length + mistimed.length + strangers.length === 0) return;
    tally.add('blocker.differences.missing', missing.length);
    tally.add('blocker.differences.time', mistimed.length);
    tally.add('blocker.differences.foreign', strangers.length);
    const counts = { missing: missing.length, mistimed: mistimed.length, foreign: strangers.length };
    log.warn(counts, 'the bans in the firewall were not those that we had put there; they are again');
  }
}
