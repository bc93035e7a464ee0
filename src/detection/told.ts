import type { RuleName, Severity } from '../domain/finding.js';

/** When a rule was last told of a subject, so that it is told again only when it got worse. */
export type Told = {
  [rule in RuleName]?: {
    readonly at: number;
    readonly severity: Severity;
    readonly attempts: number;
    readonly isBan: boolean;
  };
};
