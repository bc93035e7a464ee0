import type { FindingAction } from '../domain/finding.js';
import type { Address } from '../domain/remote-address.js';
import type { AddressRecord, Bannable, PrefixRecord } from './records.js';
import type { Score } from './score.js';
import { isTrusted } from './trust.js';

/** Who is never banned, whatever happens. */
export interface Friends {
  has(address: Address): boolean;
  /** Whether the prefix contains a friend. */
  overlaps(prefix: string): boolean;
}

export interface BanPolicyOptions {
  /** The first ban; each further one is `banGrowth` times as long, up to the longest. */
  readonly banSeconds: number;
  readonly banGrowth: number;
  readonly banSecondsMax: number;
  /** What is done where nothing proves that the address is the sender's. */
  readonly unproven: 'short' | 'always' | 'never';
  /** The first short ban; further ones grow no longer than `banSeconds`. */
  readonly unprovenSeconds: number;
  /** Bans on unproven evidence at most. */
  readonly unprovenPerMinute: number;
  readonly trustMs: number;
  readonly friends: Friends;
  /** From 0 to 1. */
  readonly random: () => number;
}

export interface Ban {
  readonly action: FindingAction;
  /** Null where nothing is banned. */
  readonly seconds: number | null;
  readonly isProven: boolean;
}

const MINUTE_MS = 60_000;
/** Whoever behaved for so long begins anew. */
const FORGET_MS = 30 * 86_400_000;
/** An account that was seen at an address before this is no break-in of today. */
const OLD_MS = 86_400_000;
/** Bans of the same moment do not end at the same moment. */
const JITTER = 0.1;

/** Decides whether what a rule wants banned is banned, and for how long. */
export class BanPolicy {
  readonly #options: BanPolicyOptions;
  #minute = 0;
  #unprovenBans = 0;

  constructor(options: BanPolicyOptions) {
    this.#options = options;
  }

  /** Decides on a ban of the record's address or prefix, and takes it into the record. */
  decide(record: AddressRecord | PrefixRecord, now: number): Ban {
    const isProven = isMostly(record.proven, record.score);
    const refusal = this.#refusal(record, isProven, now);
    if (refusal !== null) return { action: refusal, seconds: null, isProven };
    const seconds = this.#seconds(record, isProven, now);
    record.bannedUntil = now + seconds * 1000;
    record.bans++;
    record.banAt = now;
    return { action: 'ban', seconds, isProven };
  }

  #refusal(record: AddressRecord | PrefixRecord, isProven: boolean, now: number): FindingAction | null {
    const { friends, trustMs, unproven } = this.#options;
    if (record.bannedUntil > now) return 'already_banned';
    if ('address' in record ? friends.has(record.address) : friends.overlaps(record.prefix)) return 'allowlisted';
    if ('friendAt' in record && record.friendAt > now - trustMs) return 'trusted';
    if (isProven || unproven === 'always') return null;
    if ('address' in record && isOldFriend(record, now, trustMs)) return 'trusted';
    if (unproven === 'never') return 'unproven';
    return this.#takeUnproven(now) ? null : 'unproven_cap';
  }

  /** @returns false when this minute has had all its bans on unproven evidence. */
  #takeUnproven(now: number): boolean {
    const minute = Math.floor(now / MINUTE_MS);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#unprovenBans = 0;
    }
    if (this.#unprovenBans >= this.#options.unprovenPerMinute) return false;
    this.#unprovenBans++;
    return true;
  }

  #seconds(record: Bannable, isProven: boolean, now: number): number {
    const { banSeconds, banGrowth, banSecondsMax, unproven, unprovenSeconds, random } = this.#options;
    const jitter = 1 - JITTER + 2 * JITTER * random();
    if (now - record.banAt > FORGET_MS) record.bans = 0;
    const [first, longest] =
      isProven || unproven === 'always' ? [banSeconds, banSecondsMax] : [unprovenSeconds, banSeconds];
    return Math.min(longest, Math.round(first * banGrowth ** record.bans * jitter));
  }
}

/** Somebody may send in the name of who logs in here. Who got in just now may be who guessed, and proves nothing by it. */
function isOldFriend({ pairs }: AddressRecord, now: number, trustMs: number): boolean {
  for (let pair = pairs; pair !== null; pair = pair.next) {
    if (isTrusted(pair, now, trustMs) && now - pair.firstAt > OLD_MS) return true;
  }
  return false;
}

function isMostly(part: Score, whole: Score): boolean {
  return part.points * 2 > whole.points;
}
