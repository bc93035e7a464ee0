import type { AttemptOutcome } from '../domain/attempt.js';
import type { Pair } from './records.js';

/** So many intervals of the same length are no coincidence. */
const INTERVALS_MIN = 5;
/** How far the intervals may stray from their mean, as a share of it: a phone's timer, and a lossy line. */
const STRAY_MAX = 0.2;
const WEIGHT = 0.25;

/** A phone tries again after 20 seconds at the earliest; the keepalive of a trunk that Asterisk does not know after 5. */
const PERIOD_MIN_MS = { wrong_password: 20_000, unknown_account: 5_000, denied: 5_000 } as const satisfies Record<
  AttemptOutcome,
  number
>;
/** Nothing that is only misconfigured waits longer than this by itself; a patient attacker does. */
const PERIOD_MAX_MS = 900_000;

/** A few beats may be missing, since packets get lost; beyond so many periods the rhythm begins anew. */
const PERIODS_MAX = 4.5;
/** So much of a period is another, faster rhythm: perhaps a beat was missing when this one began. */
const PERIODS_MIN = 0.6;

/** Takes a failure at `at` into the pair's rhythm. */
export function beat(pair: Pair, at: number): void {
  const silence = at - pair.lastAt;
  pair.lastAt = at;
  if (pair.failures === 0) return;
  const periods = pair.intervals === 0 ? 0 : silence / pair.periodMs;
  if (periods >= PERIODS_MIN && periods <= PERIODS_MAX) take(pair, silence / beatsIn(periods));
  else Object.assign(pair, { periodMs: silence, strayMs: 0, intervals: 1 });
}

function take(pair: Pair, interval: number): void {
  pair.strayMs += WEIGHT * (Math.abs(interval - pair.periodMs) - pair.strayMs);
  pair.periodMs += WEIGHT * (interval - pair.periodMs);
  pair.intervals++;
}

/** How many beats a silence is; 1 also for one that is no whole number of periods, so that it counts as a stray interval. */
function beatsIn(periods: number): number {
  const beats = Math.round(periods);
  return Math.abs(periods - beats) <= STRAY_MAX ? Math.max(1, beats) : 1;
}

/** Whether the failures come at the steady period of a device with an old password, rather than at an attacker's pace. */
export function isSteady({ intervals, periodMs, strayMs }: Pair, outcome: AttemptOutcome): boolean {
  return (
    intervals >= INTERVALS_MIN &&
    periodMs >= PERIOD_MIN_MS[outcome] &&
    periodMs <= PERIOD_MAX_MS &&
    strayMs <= periodMs * STRAY_MAX
  );
}
