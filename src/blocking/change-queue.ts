import type { Prefix } from '../domain/address-set.js';
import type { BanTable } from './ban-table.js';
import type { FirewallChange } from './firewall.js';
import { type HeldBan, secondsLeft } from './held-ban.js';

/** What becomes of a change that somebody asked for. */
export interface Settled {
  /** Whether the kernel took it. */
  readonly isDone: boolean;
  /** Bans that ended rather than being put in force, because somebody became a friend. */
  readonly spared: ReadonlySet<string>;
}

export interface Batch {
  readonly changes: readonly FirewallChange[];
  /** Those that the changes put in force. */
  readonly added: readonly HeldBan[];
}

export interface ChangeQueueOptions {
  readonly table: BanTable;
  /** Asked for each ban as it goes to the firewall: a friend's has ended when it returns true. */
  readonly spare: (held: HeldBan) => boolean;
  /** Prefixes that may wait. */
  readonly prefixesMax: number;
}

/**
 * Which prefixes the kernel must be told about. What it is told is read from the table as late as can be, so that one change of
 * a prefix stands for all of them.
 */
export class ChangeQueue {
  readonly #options: ChangeQueueOptions;
  readonly #waiting = new Map<string, Prefix>();
  /** Who waits for what waits, and for what was taken. */
  #asking: ((settled: Settled) => void)[] = [];
  #taken: ((settled: Settled) => void)[] = [];
  #spared = new Set<string>();

  constructor(options: ChangeQueueOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** @returns false where there is no room. */
  add(address: string, prefix: Prefix): boolean {
    if (this.#waiting.size >= this.#options.prefixesMax && !this.#waiting.has(address)) return false;
    this.#waiting.set(address, prefix);
    return true;
  }

  has(address: string): boolean {
    return this.#waiting.has(address);
  }

  /** A ban that has ended because somebody became a friend. */
  addSpared({ ban, prefix }: HeldBan): void {
    this.#spared.add(ban.address);
    this.add(ban.address, prefix);
  }

  /** Resolves when all that waits now was settled. */
  settled(): Promise<Settled> {
    return new Promise((resolve) => this.#asking.push(resolve));
  }

  /** @param now milliseconds since the Unix epoch. */
  take(now: number): Batch {
    const changes: FirewallChange[] = [];
    const added: HeldBan[] = [];
    for (const [address, prefix] of this.#waiting) {
      const held = this.#desired(address);
      if (held !== null) added.push(held);
      changes.push(
        held === null ? { kind: 'remove', prefix } : { kind: 'add', prefix, seconds: secondsLeft(held.ban, now) },
      );
    }
    this.#waiting.clear();
    this.#takeAsking();
    return { changes, added };
  }

  /** Answers whoever waits for what was taken; where it failed, whoever waits at all. */
  settle(isDone: boolean): void {
    if (!isDone) this.#takeAsking();
    const settled = { isDone, spared: this.#spared };
    const taken = this.#taken;
    this.#spared = new Set();
    this.#taken = [];
    for (const answer of taken) answer(settled);
  }

  /** The friends are asked here again, as late as can be. */
  #desired(address: string): HeldBan | null {
    const held = this.#options.table.get(address);
    if (held === undefined) return null;
    if (!this.#options.spare(held)) return held;
    this.#spared.add(address);
    return null;
  }

  #takeAsking(): void {
    this.#taken = [...this.#taken, ...this.#asking];
    this.#asking = [];
  }
}
