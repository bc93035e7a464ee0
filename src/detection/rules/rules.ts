import type { Limits } from '../limits.js';
import type { Rule } from '../rule.js';
import { breach } from './breach.js';
import { bruteForce } from './brute-force.js';
import { distributed } from './distributed.js';
import { enumeration } from './enumeration.js';
import { honeypot } from './honeypot.js';
import { lowAndSlow } from './low-and-slow.js';
import { outage } from './outage.js';
import { passwordSpray } from './password-spray.js';
import { staleCredentials } from './stale-credentials.js';
import { storm } from './storm.js';
import { unknownTrunk } from './unknown-trunk.js';

/** In the order in which they are asked: the first that bans says why. */
export function allRules(limits: Limits): readonly Rule[] {
  return [
    honeypot(limits),
    breach(limits),
    bruteForce(limits),
    passwordSpray(limits),
    enumeration(limits),
    distributed(limits),
    lowAndSlow(limits),
    staleCredentials(limits),
    unknownTrunk(),
    outage(),
    storm(limits),
  ];
}
