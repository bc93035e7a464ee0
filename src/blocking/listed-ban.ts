import type { Ban, Refusal } from '../domain/ban.js';
import type { HeldBan } from './held-ban.js';

/** A ban as it is shown. */
export interface ListedBan extends Ban {
  /** Rounded up. */
  readonly remainingSeconds: number;
  /** By the last look at the kernel; null where it does not count, or did not have the ban then. */
  readonly packets: number | null;
  /** Whether the kernel has it, as far as the last batch or the last look tells. */
  readonly isEnforced: boolean;
}

/** What is known of a prefix. */
export interface TestAnswer {
  /** Why a ban of it would be refused now; null: it would be taken, or prolonged. */
  readonly refusal: Refusal | null;
  /** The bans that drop its packets: of itself and of what it lies in, the narrowest first. */
  readonly bannedBy: readonly ListedBan[];
}

/** @param now milliseconds since the Unix epoch. */
export function listedBan({ ban, packets, isEnforced }: HeldBan, now: number): ListedBan {
  return { ...ban, remainingSeconds: Math.max(0, Math.ceil((ban.until - now) / 1000)), packets, isEnforced };
}

/** The newest first; of the same moment by their addresses' texts. */
export function listedBans(bans: Iterable<HeldBan>, now: number): ListedBan[] {
  const listed = [...bans].map((held) => listedBan(held, now));
  return listed.sort((a, b) => b.since - a.since || (a.address < b.address ? -1 : 1));
}
