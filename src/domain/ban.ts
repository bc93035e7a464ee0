import { type BanTarget, readAgain, type TargetFields, targetFields } from './ban-target.js';

/**
 * Where a ban comes from. `decision`: the detection's. `manual`: an operator's. `kernel`: found in the firewall at the start, and
 * in no store, as after a crash in the wrong moment.
 */
export const BAN_ORIGINS = ['decision', 'manual', 'kernel'] as const;
export type BanOrigin = (typeof BAN_ORIGINS)[number];

/** Of a ban's `reason` and `pbx`, in UTF-16 units. */
export const BAN_TEXT_LENGTH_MAX = 128;

/** A year: the longest that a ban can be told to a firewall. */
export const BAN_SECONDS_MAX = 31_536_000;

/** The last millisecond that a Date can hold (ECMA-262, section 21.4.1.1). */
export const TIME_MAX = 8.64e15;

/** What is known of a ban beside its target; the store's record of it. */
export interface BanFacts {
  /** Milliseconds since the Unix epoch. */
  readonly since: number;
  readonly until: number;
  readonly origin: BanOrigin;
  /** A rule's name, or what the operator wrote: as `banText` leaves it. */
  readonly reason: string;
  /** What it was decided on; null where nobody guessed. */
  readonly pbx: string | null;
  readonly attempts: number | null;
}

/** A target whose packets are dropped. */
export interface Ban extends TargetFields, BanFacts {}

/** A ban as operators see it. */
export interface ListedBan extends Ban {
  /** Dropped of it so far, by the last look at the kernel; null where the firewall does not count, or did not have it then. */
  readonly packets: number | null;
  /** Whether the kernel has it, as far as the last batch or the last look tells. */
  readonly isEnforced: boolean;
}

/** What is asked for, by a decision or by an operator. */
export interface BanRequest extends Pick<Ban, 'origin' | 'reason' | 'pbx' | 'attempts'> {
  readonly target: BanTarget;
  /** From now on; 1 to BAN_SECONDS_MAX. */
  readonly seconds: number;
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

/** What became of a ban that was asked for. */
export const BAN_RESULTS = ['banned', 'already_banned', 'refused'] as const;
export type BanResult = (typeof BAN_RESULTS)[number];

/** What the blocker says of it. */
export interface BanReply {
  readonly result: BanResult;
  /** In one word: a Refusal, `unsaved` where only the disk did not take it, a newer blocker's; null where there is nothing to say. */
  readonly reason: string | null;
}

/** What the blocker answers to a ban. The target is the decision's. */
export interface BanAnswer extends TargetFields, BanReply {}

/**
 * The ban that is asked for. Its texts are made printable.
 * @param now milliseconds since the Unix epoch.
 * @throws RangeError for what no codec of ours lets through: seconds out of range, a target that is none.
 */
export function banOf({ target, seconds, origin, reason, pbx, attempts }: BanRequest, now: number): Ban {
  if (!isBanSeconds(seconds)) throw new RangeError(`no ban lasts ${seconds} s`);
  if (readAgain(target) === null) throw new RangeError('a ban has a target in its one text');
  return {
    ...targetFields(target),
    since: now,
    until: now + seconds * 1000,
    origin,
    reason: banText(reason),
    pbx: pbx === null ? null : banText(pbx),
    attempts,
  };
}

/** What a ban must add to the known one's end to be worth a change: a decision that comes twice is one. */
const LONGER_MS = 1_000;
/** Whose word on a ban counts more: an operator's is never replaced by a decision. */
const RANKS: Readonly<Record<BanOrigin, number>> = { kernel: 0, decision: 1, manual: 2 };

/**
 * What becomes of a ban when the same target is to be banned again: never a shorter one.
 * @returns `known` itself where nothing changes.
 */
export function prolonged(known: Ban, asked: Ban): Ban {
  const isLonger = asked.until - known.until >= LONGER_MS;
  const rank = RANKS[asked.origin] - RANKS[known.origin];
  if (!isLonger && rank <= 0) return known;
  const until = isLonger ? asked.until : known.until;
  return rank < 0 ? { ...known, until } : { ...asked, since: known.since, until };
}

/** Rounded up, so that the kernel does not end a ban before its time. */
export function secondsLeft({ until }: Pick<Ban, 'until'>, now: number): number {
  return Math.min(Math.max(Math.ceil((until - now) / 1000), 1), BAN_SECONDS_MAX);
}

export function isBanSeconds(value: unknown): value is number {
  return isWhole(value, BAN_SECONDS_MAX) && value >= 1;
}

/** Controls, marks that turn the direction of writing, halves of characters and the like; ends of lines and of paragraphs. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** The text as a ban may keep and show it: cut to BAN_TEXT_LENGTH_MAX, with `?` for each character that cannot be seen. */
export function banText(text: string): string {
  return text.slice(0, BAN_TEXT_LENGTH_MAX).replace(UNPRINTABLE, '?');
}

/** Whether `banText` would leave the value as it is. */
export function isBanText(value: unknown): value is string {
  return typeof value === 'string' && banText(value) === value;
}

export const FACT_KEYS = ['since', 'until', 'origin', 'reason', 'pbx', 'attempts'] as const;

/** The facts, and nothing that nobody asked for. */
export function banFacts({ since, until, origin, reason, pbx, attempts }: BanFacts): BanFacts {
  return { since, until, origin, reason, pbx, attempts };
}

/** Reads what `banFacts` gives, whatever else the object has. Null where a fact is not as it must be. */
export function readBanFacts(value: Readonly<Record<string, unknown>>): BanFacts | null {
  const { since, until, reason, pbx, attempts } = value;
  const origin = BAN_ORIGINS.find((word) => word === value['origin']);
  if (origin === undefined || !isWhole(since, TIME_MAX) || !isWhole(until, TIME_MAX)) return null;
  if (!isBanText(reason) || !(pbx === null || isBanText(pbx))) return null;
  if (!(attempts === null || isWhole(attempts, Number.MAX_SAFE_INTEGER))) return null;
  return { since, until, origin, reason, pbx, attempts };
}

function isWhole(value: unknown, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max;
}
