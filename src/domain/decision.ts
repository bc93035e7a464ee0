import type { TargetFields } from './ban-target.js';
import type { RuleName } from './finding.js';

/** What a decision rests on, for whoever asks later why. */
export interface DecisionEvidence {
  readonly pbx: string;
  readonly service: string;
  readonly attempts: number;
  readonly accounts: number;
  /** Milliseconds since the Unix epoch. */
  readonly since: number;
  readonly isProven: boolean;
}

/** Ban this prefix or, with a port, this one socket. */
export interface BanDecision extends TargetFields {
  readonly type: 'ban';
  readonly seconds: number;
  readonly reason: RuleName;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly evidence: DecisionEvidence;
}

/** End exactly this ban: that of an address leaves those of its sockets, and the other way round. */
export interface UnbanDecision extends TargetFields {
  readonly type: 'unban';
  readonly reason: 'forgiven';
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** What the detection tells the blocker. */
export type Decision = BanDecision | UnbanDecision;
