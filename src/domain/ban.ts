/**
 * Where a ban comes from. `decision`: the detection's. `manual`: an operator's. `kernel`: found in the firewall at the start, and
 * in no store, as after a crash in the wrong moment.
 */
export const BAN_ORIGINS = ['decision', 'manual', 'kernel'] as const;
export type BanOrigin = (typeof BAN_ORIGINS)[number];

/** Of a ban's `reason`, in UTF-16 units. */
export const BAN_REASON_LENGTH_MAX = 128;

/** An address or a prefix whose packets are dropped. */
export interface Ban {
  /** Canonical, with its length: `203.0.113.9/32`, `2001:db8::/64`. */
  readonly address: string;
  /** Milliseconds since the Unix epoch. */
  readonly since: number;
  readonly until: number;
  readonly origin: BanOrigin;
  /** A rule's name, or what the operator wrote: printable, at most BAN_REASON_LENGTH_MAX characters. */
  readonly reason: string;
  /** What it was decided on; null where nobody guessed. */
  readonly pbx: string | null;
  readonly attempts: number | null;
}

/** Why a ban was refused. A closed list, so that it can be part of a meter's name. */
export const REFUSALS = [
  /** The address is a friend's, or the prefix contains one's. */
  'allowlisted',
  /** A prefix shorter than /16 of IPv4 or /32 of IPv6. */
  'too_wide',
  /** As many bans as there may be. */
  'bans_max',
  /** As many new bans as a minute may have. */
  'bans_per_minute',
  /** The firewall did not take it; it is tried again for as long as the ban lasts. */
  'firewall',
] as const;
export type Refusal = (typeof REFUSALS)[number];
