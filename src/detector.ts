import type { Allowlist } from './allowlist/allowlist.js';
import type { DetectorSettings } from './config/detector-settings.js';
import type { Friends } from './detection/ban-policy.js';
import type { DetectorOptions } from './detection/detector.js';
import { parsePrefix } from './domain/address-set.js';

/** Hosts whose events are put together to guesses at the same time. */
export const HOSTS_MAX = 10_000;

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** The thresholds of the configuration in the detector's units. */
export function thresholdsOf(config: DetectorSettings) {
  const { score, ban, enumeration, spray, distributed, slow, breach, trust, storm } = config;
  return {
    addressesMax: score.addresses,
    halfLifeMs: score.halfLifeSeconds * 1000,
    slowHalfLifeMs: slow.halfLifeHours * HOUR_MS,
    trustMs: trust.days * DAY_MS,
    banThreshold: ban.threshold,
    banSeconds: ban.seconds,
    banGrowth: ban.growth,
    banSecondsMax: ban.secondsMax,
    unproven: ban.unproven,
    unprovenSeconds: ban.unprovenSeconds,
    unprovenPerMinute: ban.unprovenPerMinute,
    enumerationAccounts: enumeration.accounts,
    enumerationChallenges: enumeration.challenges,
    sprayAccounts: spray.accounts,
    distributedAddresses: distributed.addresses,
    slowThreshold: slow.threshold,
    breachFailures: breach.failures,
    breachWarning: breach.warning,
    breachCritical: breach.critical,
    stormPerMinute: storm.perMinute,
    stormFactor: storm.factor,
  } satisfies Partial<DetectorOptions>;
}

/** The detector knows prefixes by their text. */
export function friendsOf(allowlist: Allowlist): Friends {
  return {
    has: (address) => allowlist.has(address),
    overlaps: (text) => {
      const prefix = parsePrefix(text);
      return prefix === null || allowlist.overlaps(prefix);
    },
  };
}
