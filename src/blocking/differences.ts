import { secondsLeft } from '../domain/ban.js';
import type { EnforcedBan, Enforcement } from './firewall.js';
import type { WantedBan } from './wanted-ban.js';
import type { WantedBans } from './wanted-bans.js';

/** In what the kernel is not as it should be. */
export interface Differences {
  readonly missing: readonly WantedBan[];
  /** In the kernel, but for another time. */
  readonly mistimed: readonly WantedBan[];
  /** In the kernel, and nobody wants it. */
  readonly foreign: readonly (readonly [key: string, enforced: EnforcedBan])[];
}

/** By how much the kernel's time may be off, in seconds and as a part of what is left: clocks are set, and slewed. */
const OFF_SECONDS = 5;
const OFF_PART = 0.02;

/**
 * @param times `now` in milliseconds since the Unix epoch, and the longest that the kernel keeps.
 * @param isKnown what the kernel is about to be told is left out.
 */
export function differences(
  wanted: Pick<WantedBans, 'get' | 'values'>,
  { bans }: Pick<Enforcement, 'bans'>,
  { now, secondsMax }: { readonly now: number; readonly secondsMax: number },
  isKnown: (key: string) => boolean,
): Differences {
  const missing: WantedBan[] = [];
  const mistimed: WantedBan[] = [];
  for (const each of wanted.values()) {
    if (isKnown(each.key)) continue;
    const enforced = bans.get(each.key);
    if (enforced === undefined) missing.push(each);
    else if (isMistimed(enforced, Math.min(secondsLeft(each.ban, now), secondsMax))) mistimed.push(each);
  }
  const foreign = [...bans].filter(([key]) => wanted.get(key) === undefined && !isKnown(key));
  return { missing, mistimed, foreign };
}

function isMistimed({ seconds }: EnforcedBan, left: number): boolean {
  return Math.abs(seconds - left) > Math.max(OFF_SECONDS, OFF_PART * left);
}
