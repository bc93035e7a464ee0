import { addressVerdict, type Rule, type Trust } from '../rule.js';
import { COUNT_HALF_LIFE_MS, pointsAt, reaches } from '../score.js';

export interface EnumerationThresholds {
  /** Distinct accounts that do not exist. */
  readonly enumerationAccounts: number;
  /** Challenges that an address left unanswered; on some PBXs nothing else shows of an enumeration. */
  readonly enumerationChallenges: number;
  readonly halfLifeMs: number;
}

/** Somebody is finding out which accounts there are. */
export function enumeration(
  { enumerationAccounts, enumerationChallenges, halfLifeMs }: EnumerationThresholds,
  trust: Trust,
): Rule {
  return {
    name: 'enumeration',
    onAttempt: ({ address, now }) => {
      if (!reaches(address.unknownAccounts.points, enumerationAccounts)) return null;
      const accounts = pointsAt(address.unknownAccounts, now, COUNT_HALF_LIFE_MS);
      if (!reaches(accounts, enumerationAccounts * (1 + trust(address, now)))) return null;
      return addressVerdict(address, 'warning', 'address', accounts);
    },
    onProbe: ({ address, now }) => {
      const probes = pointsAt(address.probes, now, halfLifeMs);
      if (!reaches(probes, enumerationChallenges * (1 + trust(address, now)))) return null;
      return { ...addressVerdict(address, 'warning', 'address', probes), attempts: Math.round(probes) };
    },
  };
}
