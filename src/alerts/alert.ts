import type { Finding } from '../domain/finding.js';

/** Why an alert was given up. A closed list, so that it can be part of a meter's name. */
const ALERT_DROP_REASONS = [
  /** The queue was full, and this was the oldest of the least severe. */
  'queue',
  /** The receiver answered that it does not want it: a status that no further try changes. */
  'refused',
  /** No try succeeded in the time that there was for it. */
  'gave_up',
  /** The program stopped before it could be sent. */
  'stopped',
] as const;
export type AlertDropReason = (typeof ALERT_DROP_REASONS)[number];

/** Of one way to the operator, since the start. */
export interface AlertCounts {
  readonly sent: number;
  /** Tries that failed; most are followed by another one. */
  readonly failed: number;
  /** Held back, because the same was said a moment ago or because there are too many. */
  readonly suppressed: number;
  readonly dropped: Readonly<Record<AlertDropReason, number>>;
}

/** A way to tell the operator of findings. */
export interface Alert {
  /** A word of the program's own; part of a meter's name. */
  readonly name: string;
  /** Never waits and never throws for what the receiver does. */
  push(finding: Finding): void;
  /** Runs until the signal is aborted and what was pushed is sent or given up. To be called once. */
  run(signal: AbortSignal): Promise<void>;
  counts(): AlertCounts;
}

export function noDrops(): Record<AlertDropReason, number> {
  return { queue: 0, refused: 0, gave_up: 0, stopped: 0 };
}
