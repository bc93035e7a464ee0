import { type Prefix, prefixText } from '../domain/address-set.js';
import type { Ban, BanOrigin } from '../domain/ban.js';
import { detached } from '../text/detached.js';
import { printable } from './printable.js';
import { readSavedBan } from './saved-ban.js';

/** What is asked for, by a decision or by an operator. */
export interface BanRequest extends Pick<Ban, 'origin' | 'reason' | 'pbx' | 'attempts'> {
  readonly prefix: Prefix;
  /** From now on; 1 to BAN_SECONDS_MAX. */
  readonly seconds: number;
}

/** A ban that is desired, and what is known of it in the kernel. */
export interface HeldBan {
  readonly prefix: Prefix;
  readonly ban: Ban;
  /** Whether the kernel has it, as far as the last batch or the last look tells. */
  isEnforced: boolean;
  /** Dropped of it by the last look; null where nobody counted. */
  packets: number | null;
}

/** A year: the longest that a ban can be told to a firewall. */
export const BAN_SECONDS_MAX = 31_536_000;
/** What a ban must add to the known one's end to be worth a change: a decision that comes twice is one. */
const LONGER_MS = 1_000;

/**
 * The texts are made printable and kept without the line that they were cut from.
 * @param now milliseconds since the Unix epoch.
 * @throws RangeError for what no codec of ours lets through: seconds out of range, a prefix that is none.
 */
export function heldBan({ prefix, seconds, ...told }: BanRequest, now: number): HeldBan {
  const held = isSeconds(seconds)
    ? readSavedBan(detached(prefixText(prefix)), {
        since: now,
        until: now + seconds * 1000,
        origin: told.origin,
        reason: printable(detached(told.reason)),
        pbx: told.pbx === null ? null : printable(detached(told.pbx)),
        attempts: told.attempts,
      })
    : null;
  if (held === null) throw new RangeError('no ban is like this');
  return held;
}

function isSeconds(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds >= 1 && seconds <= BAN_SECONDS_MAX;
}

/** Rounded up, so that the kernel does not end a ban before its time. */
export function secondsLeft({ until }: Pick<Ban, 'until'>, now: number): number {
  return Math.min(Math.max(Math.ceil((until - now) / 1000), 1), BAN_SECONDS_MAX);
}

/** Whose word on a ban counts more: an operator's is never replaced by a decision. */
const RANKS: Readonly<Record<BanOrigin, number>> = { kernel: 0, decision: 1, manual: 2 };

/**
 * What becomes of a ban when the same prefix is to be banned again: never a shorter one.
 * @returns `known` itself where nothing changes.
 */
export function prolonged(known: Ban, asked: Ban): Ban {
  const isLonger = asked.until - known.until >= LONGER_MS;
  const rank = RANKS[asked.origin] - RANKS[known.origin];
  if (!isLonger && rank <= 0) return known;
  const until = isLonger ? asked.until : known.until;
  return rank < 0 ? { ...known, until } : { ...asked, since: known.since, until };
}
