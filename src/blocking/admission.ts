import type { Prefix } from '../domain/address-set.js';
import type { Refusal } from '../domain/ban.js';
import type { Family } from '../domain/remote-address.js';
import { MinuteCap } from './minute-cap.js';

/** Who must never be banned. */
export interface Friends {
  overlaps(prefix: Prefix): boolean;
  /** Another number after each change. */
  readonly version: number;
}

export interface AdmissionOptions {
  readonly friends: Pick<Friends, 'overlaps'>;
  /** Bans at a time. */
  readonly bansMax: number;
  /** New bans in any minute. */
  readonly bansPerMinute: number;
}

/** The shortest prefix that is banned: a mistake must not take a continent off the network. */
const LENGTH_MIN: Readonly<Record<Family, number>> = { IPV4: 16, IPV6: 32 };

/** Says whether there may be a ban. On every way the friends are asked last, so that no other answer can stand for theirs. */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #minute: MinuteCap;

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#minute = new MinuteCap(options.bansPerMinute);
  }

  /**
   * Whether a new ban may be. Asking takes no place.
   * @param bans as many as there are.
   * @returns why not.
   */
  refusal(prefix: Prefix, bans: number, now: number): Refusal | null {
    const refusal = this.#sizeRefusal(prefix, bans);
    if (refusal !== null) return refusal;
    return this.#minute.isReached(now) ? 'bans_per_minute' : this.renewalRefusal(prefix);
  }

  /** Whether a ban from before the start may be again: those came in a minute of their own. */
  returnRefusal(prefix: Prefix, bans: number): Refusal | null {
    return this.#sizeRefusal(prefix, bans) ?? this.renewalRefusal(prefix);
  }

  /** Whether a ban that there is may go on. */
  renewalRefusal(prefix: Prefix): Refusal | null {
    return this.#options.friends.overlaps(prefix) ? 'allowlisted' : null;
  }

  /** A new ban takes its place in the minute. */
  count(now: number): void {
    this.#minute.count(now);
  }

  #sizeRefusal({ family, length }: Prefix, bans: number): Refusal | null {
    if (length < LENGTH_MIN[family]) return 'too_wide';
    return bans >= this.#options.bansMax ? 'bans_max' : null;
  }
}
