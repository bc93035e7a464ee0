import type { Address } from '../../domain/remote-address.js';
import { addressVerdict, type Rule, type Trust } from '../rule.js';

export interface TrustedAtRiskThresholds {
  readonly banThreshold: number;
  /** Whether the address is on the allowlist. */
  readonly isAllowed: (address: Address) => boolean;
}

/** Half of what bans a stranger, from an address that is none: a friend is about to have trouble, or is the trouble. */
export function trustedAtRisk({ banThreshold, isAllowed }: TrustedAtRiskThresholds, trust: Trust): Rule {
  return {
    name: 'trusted_at_risk',
    onAttempt: ({ address, now }) => {
      if (address.score.points < banThreshold / 2) return null;
      const isFriend = trust(address, now) > 0 || isAllowed(address.address);
      if (!isFriend) return null;
      return addressVerdict(address, 'warning', null, address.unknownAccounts.points + address.knownAccounts.points);
    },
  };
}
