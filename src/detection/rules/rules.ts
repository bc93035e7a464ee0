import type { Rule, Trust } from '../rule.js';
import { type BreachThresholds, breach } from './breach.js';
import { type BruteForceThresholds, bruteForce } from './brute-force.js';
import { type DistributedThresholds, distributed } from './distributed.js';
import { type EnumerationThresholds, enumeration } from './enumeration.js';
import { type LowAndSlowThresholds, lowAndSlow } from './low-and-slow.js';
import { type PasswordSprayThresholds, passwordSpray } from './password-spray.js';
import { staleCredentials } from './stale-credentials.js';
import { type StormThresholds, storm } from './storm.js';
import { type TrustedAtRiskThresholds, trustedAtRisk } from './trusted-at-risk.js';

export type Thresholds = BreachThresholds &
  BruteForceThresholds &
  DistributedThresholds &
  EnumerationThresholds &
  LowAndSlowThresholds &
  PasswordSprayThresholds &
  StormThresholds &
  TrustedAtRiskThresholds;

/** All rules, in the order in which they are asked. */
export function allRules(thresholds: Thresholds, trust: Trust): readonly Rule[] {
  return [
    breach(thresholds, trust),
    enumeration(thresholds, trust),
    passwordSpray(thresholds, trust),
    distributed(thresholds, trust),
    bruteForce(thresholds, trust),
    lowAndSlow(thresholds, trust),
    trustedAtRisk(thresholds, trust),
    staleCredentials(),
    storm(thresholds),
  ];
}
