import type { PrefixRecord } from '../records.js';
import { addressVerdict, type Rule, type Trust, type Verdict } from '../rule.js';
import type { AttemptScene, ProbeScene } from '../scene.js';
import { reaches } from '../score.js';

export interface BruteForceThresholds {
  /** Points of one address. */
  readonly banThreshold: number;
}

/** A prefix is banned for what its addresses do together: an IPv6 host has a whole /64, an IPv4 network 254 owners. */
const PREFIX = {
  IPV6: { factor: 2, addressesMin: 3 },
  IPV4: { factor: 20, addressesMin: 16 },
} as const;

/** Too many guesses from one address, or from all of a prefix. An address that many accounts log in from may have as many more. */
export function bruteForce({ banThreshold }: BruteForceThresholds, trust: Trust): Rule {
  const judge = ({ address, now }: AttemptScene | ProbeScene): Verdict | null => {
    if (reaches(address.score.points, banThreshold)) {
      const isMuch = reaches(address.score.points, banThreshold * (1 + trust(address, now)));
      return isMuch
        ? addressVerdict(address, 'warning', 'address', address.unknownAccounts.points + address.knownAccounts.points)
        : null;
    }
    const { factor, addressesMin } = PREFIX[address.family];
    const { prefix } = address;
    const isMuch = reaches(prefix.score.points, banThreshold * factor) && prefix.addresses >= addressesMin;
    return isMuch ? prefixVerdict(prefix) : null;
  };
  return { name: 'brute_force', onAttempt: judge, onProbe: judge };
}

function prefixVerdict(prefix: PrefixRecord): Verdict {
  return {
    severity: 'warning',
    ban: 'prefix',
    subject: { kind: 'prefix', text: prefix.prefix },
    holder: prefix,
    since: prefix.firstAt,
    attempts: prefix.attempts,
    accounts: 1,
    addresses: prefix.addresses,
  };
}
