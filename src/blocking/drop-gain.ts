import type { Enforcement } from './firewall.js';

type Dropped = Enforcement['dropped'];

/** Makes what was dropped between two looks of the firewall's totals, which begin anew when somebody takes its table away. */
export class DropGain {
  /** Null before the first look: what was dropped until then was counted by whoever ran before us. */
  #last: Dropped | null = null;

  of(dropped: Dropped): Dropped {
    const last = this.#last ?? dropped;
    this.#last = dropped;
    if (dropped.packets < last.packets || dropped.bytes < last.bytes) return dropped;
    return { packets: dropped.packets - last.packets, bytes: dropped.bytes - last.bytes };
  }
}
