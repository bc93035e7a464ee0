import type { Refusal } from '../domain/ban.js';
import { detached } from '../text/detached.js';
import type { Admission } from './admission.js';
import type { BanRecords } from './ban-saver.js';
import type { BanTable } from './ban-table.js';
import type { EnforcedBan } from './firewall.js';
import type { HeldBan } from './held-ban.js';
import { readSavedBan } from './saved-ban.js';

export interface RestoredBansOptions {
  readonly table: BanTable;
  readonly admission: Admission;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** What became of a ban of before the start. */
export type Fate = 'loaded' | 'adopted' | 'expired' | 'malformed' | Refusal;

/** Brings the bans of before the start into the table: the store's first, then those that only the kernel still knows. */
export class RestoredBans {
  readonly #options: RestoredBansOptions;
  readonly #counts = new Map<Fate, number>();

  constructor(options: RestoredBansOptions) {
    this.#options = options;
  }

  /** How many have which fate. */
  get counts(): ReadonlyMap<Fate, number> {
    return this.#counts;
  }

  /** @returns the keys of the records that are no use any more: no bans, ended, or of whom may not be banned. */
  async load(records: Pick<BanRecords, 'load'>): Promise<string[]> {
    const useless: string[] = [];
    for await (const [key, value] of records.load()) {
      const held = readSavedBan(key, value);
      const fate = held === null ? 'malformed' : this.#fateOf(held);
      this.#count(fate);
      if (fate !== 'loaded') useless.push(key);
    }
    return useless;
  }

  /** @returns the bans that came into the table: they are in no store yet. */
  adopt(bans: ReadonlyMap<string, EnforcedBan>): HeldBan[] {
    const unknown = [...bans].filter(([address]) => this.#options.table.get(address) === undefined);
    return unknown.map(([address, enforced]) => this.#adopted(address, enforced)).filter((held) => held !== null);
  }

  #fateOf(held: HeldBan): Fate {
    const { table, admission, now } = this.#options;
    if (held.ban.until <= now()) return 'expired';
    const refusal = admission.returnRefusal(held.prefix, table.size);
    if (refusal === null) table.set(held);
    return refusal ?? 'loaded';
  }

  #count(fate: Fate): void {
    this.#counts.set(fate, (this.#counts.get(fate) ?? 0) + 1);
  }

  #adopted(address: string, { prefix, seconds, packets }: EnforcedBan): HeldBan | null {
    const { table, admission, now } = this.#options;
    // What has less than a second left ends before anybody could say a word about it.
    const refusal = seconds < 1 ? 'expired' : admission.returnRefusal(prefix, table.size);
    this.#count(refusal ?? 'adopted');
    if (refusal !== null) return null;
    const since = now();
    const ban = {
      address: detached(address),
      since,
      until: since + seconds * 1000,
      origin: 'kernel',
      reason: 'found in the firewall',
      pbx: null,
      attempts: null,
    } as const;
    const held = { prefix, ban, isEnforced: true, packets };
    table.set(held);
    return held;
  }
}
