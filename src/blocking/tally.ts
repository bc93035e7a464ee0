import type { Refusal } from '../domain/ban.js';
import { Counts } from '../domain/counts.js';

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

export class Tally extends Counts<TallyName> {}
