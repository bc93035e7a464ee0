import type { Status } from './http-server.js';
import { processFamilies, processUsage } from './process-families.js';
import type { ReadingTotals } from './reading-totals.js';

/** What the status asks the blocker. */
export interface BlockerState {
  readonly desired: number;
  readonly enforced: number;
  /** Since the kernel was last seen to do what it should. */
  readonly verifiedSeconds: number;
}

export interface BlockerStatusOptions {
  readonly state: () => BlockerState;
  readonly totals: ReadingTotals;
  readonly onHttpRefused: () => void;
  readonly version: string;
  /** Between two looks at the kernel. */
  readonly verifySeconds: number;
}

/** A look that is late by so much beyond three intervals is no busy machine any more. */
const VERIFY_GRACE_SECONDS = 60;

/**
 * The blocker's health over HTTP. It is not ready while the kernel does not do what it should. A restart mends nothing that it does not
 * try to mend itself, for ever; so it is healthy as long as it answers.
 */
export function blockerStatus({ state, totals, version, verifySeconds, onHttpRefused }: BlockerStatusOptions): Status {
  const lateSeconds = 3 * verifySeconds + VERIFY_GRACE_SECONDS;
  return {
    unhealthy: () => null,
    unready: () => {
      const { desired, enforced, verifiedSeconds } = state();
      if (enforced < desired) return `${desired - enforced} of ${desired} bans are not in force`;
      if (verifiedSeconds <= lateSeconds) return null;
      return `nobody has seen for ${Math.round(verifiedSeconds)} s whether the bans are in force`;
    },
    metrics: () => processFamilies(processUsage(), { version, node: process.version }) + totals.text(),
    httpRefused: onHttpRefused,
  };
}
