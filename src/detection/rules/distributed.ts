import type { Rule, Trust } from '../rule.js';
import type { AttemptScene } from '../scene.js';
import { COUNT_HALF_LIFE_MS, pointsAt, reaches } from '../score.js';

export interface DistributedThresholds {
  /** Distinct addresses that guess at one account. */
  readonly distributedAddresses: number;
}

/** So many times the threshold is no chance any more. */
const CRITICAL_FACTOR = 10;
/** An owner who mistypes while his account is attacked has not been wrong so often. */
const GUESSES_MIN = 2;

/** One account, many addresses, each below every threshold of its own. Whoever takes part with a second guess is banned. */
export function distributed({ distributedAddresses }: DistributedThresholds, trust: Trust): Rule {
  return {
    name: 'distributed',
    onAttempt: (scene) => {
      const { account, now } = scene;
      if (account === null || !reaches(account.attackers.points, distributedAddresses)) return null;
      const addresses = pointsAt(account.attackers, now, COUNT_HALF_LIFE_MS);
      if (!reaches(addresses, distributedAddresses)) return null;
      return {
        severity: reaches(addresses, distributedAddresses * CRITICAL_FACTOR) ? 'critical' : 'warning',
        ban: takesPart(scene) && trust(scene.address, now) === 0 ? 'address' : null,
        subject: { kind: 'account', text: account.account },
        holder: account,
        since: account.firstAt,
        attempts: account.attempts,
        accounts: 1,
        addresses: Math.round(addresses),
      };
    },
  };
}

function takesPart({ pair, isStale }: AttemptScene): boolean {
  return pair !== null && pair.failures >= GUESSES_MIN && !isStale;
}
