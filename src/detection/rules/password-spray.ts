import { addressVerdict, type Rule, type Trust } from '../rule.js';
import { COUNT_HALF_LIFE_MS, pointsAt, reaches } from '../score.js';

export interface PasswordSprayThresholds {
  /** Distinct accounts that exist, or of which Asterisk does not say that they do not. */
  readonly sprayAccounts: number;
}

/** A few guesses at each of many accounts, so that none of them is locked. An office may forget as many passwords as it has phones. */
export function passwordSpray({ sprayAccounts }: PasswordSprayThresholds, trust: Trust): Rule {
  return {
    name: 'password_spray',
    onAttempt: ({ address, now }) => {
      if (!reaches(address.knownAccounts.points, sprayAccounts)) return null;
      const accounts = pointsAt(address.knownAccounts, now, COUNT_HALF_LIFE_MS);
      if (!reaches(accounts, sprayAccounts * (1 + trust(address, now)))) return null;
      return addressVerdict(address, 'warning', 'address', accounts);
    },
  };
}
