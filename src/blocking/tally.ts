import type { Refusal } from '../domain/ban.js';
import { Increments } from '../domain/increments.js';
import type { Reading } from '../domain/reading.js';

/** What the enforcer counts, by the meter's name. */
export type TallyName =
  | `security.bans.${'added' | 'extended' | 'removed' | 'expired' | 'dropped_packets' | 'dropped_bytes'}`
  | `security.bans.refused.${Refusal}`
  /** The firewall was not as it had been made, and is again. */
  | 'blocker.repairs'
  /** Bans that a look at the kernel found to be other than desired. */
  | `blocker.differences.${'missing' | 'foreign' | 'time'}`
  | 'blocker.firewall.failures'
  | 'blocker.store.failures'
  /** Records that were no bans, and changes for which there was no room while the store failed. */
  | `blocker.store.${'malformed' | 'overflowed'}`;

/** Totals by name, which only grow. */
export class Tally {
  readonly #totals = new Map<TallyName, number>();
  readonly #increments = new Increments();

  add(name: TallyName, count = 1): void {
    this.#totals.set(name, this.total(name) + count);
  }

  total(name: TallyName): number {
    return this.#totals.get(name) ?? 0;
  }

  /** What was added since the last call. */
  readings(): Reading[] {
    return this.#increments.take(this.#totals);
  }
}
