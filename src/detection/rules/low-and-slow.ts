import { addressVerdict, type Rule, type Trust } from '../rule.js';
import { pointsAt, reaches } from '../score.js';

export interface LowAndSlowThresholds {
  /** Points that decay over days. */
  readonly slowThreshold: number;
  readonly slowHalfLifeMs: number;
}

/** What happens within this time is not slow. */
const SPAN_MIN_MS = 21_600_000;

/** Guesses so far apart that every short memory has forgotten the one before. */
export function lowAndSlow({ slowThreshold, slowHalfLifeMs }: LowAndSlowThresholds, trust: Trust): Rule {
  return {
    name: 'low_and_slow',
    onAttempt: ({ address, now }) => {
      if (!reaches(address.slow.points, slowThreshold) || now - address.firstAt < SPAN_MIN_MS) return null;
      if (!reaches(pointsAt(address.slow, now, slowHalfLifeMs), slowThreshold * (1 + trust(address, now)))) return null;
      return addressVerdict(
        address,
        'warning',
        'address',
        address.unknownAccounts.points + address.knownAccounts.points,
      );
    },
  };
}
