import { secondsLeft } from '../domain/ban.js';
import type { BanTarget } from '../domain/ban-target.js';
import type { FirewallChange } from './firewall.js';
import type { WantedBan } from './wanted-ban.js';
import type { WantedBans } from './wanted-bans.js';

/** What became of a change that somebody asked for. */
export interface Settled {
  /** Whether the kernel took it. */
  readonly isDone: boolean;
  /** The keys of bans that ended rather than being put in force, because somebody became a friend. */
  readonly spared: ReadonlySet<string>;
}

export interface Batch {
  readonly changes: readonly FirewallChange[];
  /** Those that the changes put in force, by their keys. */
  readonly added: ReadonlyMap<string, WantedBan>;
}

export interface PendingChangesOptions {
  /** A friend's ban ends when `spare` returns true. */
  readonly wanted: Pick<WantedBans, 'get' | 'spare'>;
  /** Targets that may wait. */
  readonly targetsMax: number;
}

type Answer = (settled: Settled) => void;

/**
 * What was asked for and the kernel does not do yet: the targets that it must be told about, and who waits for that. What it is told
 * of a target is read from what is wanted, as late as can be, so that one change of a target stands for all of them.
 */
export class PendingChanges {
  readonly #options: PendingChangesOptions;
  readonly #targets = new Map<string, BanTarget>();
  /** Who waits for what is in #targets, and who for what was taken out of it. */
  #asking: Answer[] = [];
  #taken: Answer[] = [];
  #spared = new Set<string>();

  constructor(options: PendingChangesOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#targets.size;
  }

  has(key: string): boolean {
    return this.#targets.has(key);
  }

  /** @returns false where there is no room. */
  add(key: string, target: BanTarget): boolean {
    if (this.#targets.size >= this.#options.targetsMax && !this.#targets.has(key)) return false;
    this.#targets.set(key, target);
    return true;
  }

  /** A ban that has ended because somebody became a friend. */
  addSpared({ key, target }: WantedBan): void {
    this.#spared.add(key);
    this.add(key, target);
  }

  /** Resolves when all that waits now was settled. */
  settled(): Promise<Settled> {
    return new Promise((resolve) => this.#asking.push(resolve));
  }

  /** @param now milliseconds since the Unix epoch. */
  take(now: number): Batch {
    const changes: FirewallChange[] = [];
    const added = new Map<string, WantedBan>();
    for (const [key, target] of this.#targets) {
      const wanted = this.#unspared(key);
      if (wanted !== null) added.set(key, wanted);
      changes.push(
        wanted === null ? { kind: 'remove', target } : { kind: 'add', target, seconds: secondsLeft(wanted.ban, now) },
      );
    }
    this.#targets.clear();
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

  /** What is wanted of the target. The friends are asked here again, as late as can be. */
  #unspared(key: string): WantedBan | null {
    const wanted = this.#options.wanted.get(key);
    if (wanted === undefined) return null;
    if (!this.#options.wanted.spare(wanted)) return wanted;
    this.#spared.add(key);
    return null;
  }

  #takeAsking(): void {
    this.#taken = [...this.#taken, ...this.#asking];
    this.#asking = [];
  }
}
