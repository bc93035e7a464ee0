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

/** What the detection tells the blocker. `address` is canonical and has a length: `203.0.113.9/32`, `2001:db8::/64`. */
export type Decision =
  | {
      readonly v: 1;
      readonly type: 'ban';
      readonly address: string;
      readonly seconds: number;
      readonly reason: RuleName;
      readonly at: number;
      readonly evidence: DecisionEvidence;
    }
  | {
      readonly v: 1;
      readonly type: 'unban';
      readonly address: string;
      readonly reason: 'forgiven';
      readonly at: number;
    };
