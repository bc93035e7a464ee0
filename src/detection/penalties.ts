import type { Attempt } from '../domain/attempt.js';

/** Points for one guess. BAN_THRESHOLD is in these points. */
const BY_OUTCOME = {
  unknown_account: 1,
  wrong_password: 1,
  // Whoever an ACL keeps out cannot get in; it is a mistake more often than an attack.
  denied: 0.5,
} as const satisfies Record<Attempt['outcome'], number>;

/** Who holds the manager interface holds the whole PBX, and no phone ever logs in there by mistake. */
const AMI_FACTOR = 2;

/** The owner of an account who mistypes his own password, where he has logged in before. */
const TRUSTED_FACTOR = 0.1;

/** A challenge to a stranger is also what a phone with an `auth_username` begins with. */
export const PROBE_POINTS = 0.25;

/** @returns what an attempt adds to its address' score, in points. */
export function penalty(attempt: Attempt, isTrusted: boolean): number {
  const points = BY_OUTCOME[attempt.outcome] * (attempt.service === 'AMI' ? AMI_FACTOR : 1);
  return isTrusted ? points * TRUSTED_FACTOR : points;
}
