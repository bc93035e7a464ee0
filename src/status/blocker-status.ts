import type { Status } from './http-server.js';
import { processFamilies, processUsage } from './process-families.js';
import type { ReadingTotals } from './reading-totals.js';

/** What the status asks the blocker. */
interface BlockerState {
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

/** A busy machine makes a look late, but not by three intervals and this. */
const VERIFY_GRACE_SECONDS = 60;

/**
 * The blocker's health over HTTP. It is not ready while the kernel does not do what it should. It never stops trying to mend what a
 * restart could mend, so it is healthy as long as it answers.
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
