import type { BanTable } from './ban-table.js';
import type { EnforcedBan, Enforcement } from './firewall.js';
import { type HeldBan, secondsLeft } from './held-ban.js';

/** In what the kernel is not as it should be. */
export interface Differences {
  readonly missing: readonly HeldBan[];
  /** In the kernel, but for another time. */
  readonly mistimed: readonly HeldBan[];
  /** In the kernel, and nobody desires it. */
  readonly foreign: readonly (readonly [address: string, enforced: EnforcedBan])[];
}

/** By how much the kernel's time may be off, in seconds and as a part of what is left: clocks are set, and slewed. */
const OFF_SECONDS = 5;
const OFF_PART = 0.02;

/**
 * @param times `now` in milliseconds since the Unix epoch, and the longest that the kernel keeps.
 * @param isKnown what the kernel is about to be told is left out.
 */
export function differences(
  table: Pick<BanTable, 'get' | 'values'>,
  { bans }: Pick<Enforcement, 'bans'>,
  { now, secondsMax }: { readonly now: number; readonly secondsMax: number },
  isKnown: (address: string) => boolean,
): Differences {
  const missing: HeldBan[] = [];
  const mistimed: HeldBan[] = [];
  for (const held of table.values()) {
    if (isKnown(held.ban.address)) continue;
    const enforced = bans.get(held.ban.address);
    if (enforced === undefined) missing.push(held);
    else if (isMistimed(enforced, Math.min(secondsLeft(held.ban, now), secondsMax))) mistimed.push(held);
  }
  const foreign = [...bans].filter(([address]) => table.get(address) === undefined && !isKnown(address));
  return { missing, mistimed, foreign };
}

function isMistimed({ seconds }: EnforcedBan, left: number): boolean {
  return Math.abs(seconds - left) > Math.max(OFF_SECONDS, OFF_PART * left);
}
