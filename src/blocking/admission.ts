import type { Prefix } from '../domain/address-set.js';
import type { Refusal } from '../domain/ban.js';
import { isTooWide } from '../domain/ban-target.js';

/** Who must never be banned. */
export interface Friends {
  overlaps(prefix: Prefix): boolean;
  /** Another number after each change. */
  readonly version: number;
}

export interface AdmissionOptions {
  readonly friends: Pick<Friends, 'overlaps'>;
  /** Bans at a time, of addresses, prefixes and sockets together. */
  readonly bansMax: number;
  /** New bans in any minute. */
  readonly bansPerMinute: number;
}

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

  #sizeRefusal(prefix: Prefix, bans: number): Refusal | null {
    if (isTooWide(prefix)) return 'too_wide';
    return bans >= this.#options.bansMax ? 'bans_max' : null;
  }
}

const MINUTE_MS = 60_000;

/** Counts what happened within the last minute, whichever minute that is, up to a number. */
class MinuteCap {
  readonly #max: number;
  /** When the last `max` happened; the oldest is at #at and is overwritten next. */
  readonly #times: Float64Array;
  #at = 0;

  /** @param max 0: it is always reached. */
  constructor(max: number) {
    this.#max = max;
    this.#times = new Float64Array(max).fill(Number.NEGATIVE_INFINITY);
  }

  /** @param now a clock that was set back makes room rather than none for a long time. */
  isReached(now: number): boolean {
    const age = now - (this.#times[this.#at] ?? now);
    return age >= 0 && age < MINUTE_MS;
  }

  count(now: number): void {
    this.#times[this.#at] = now;
    this.#at = (this.#at + 1) % this.#max;
  }
}
