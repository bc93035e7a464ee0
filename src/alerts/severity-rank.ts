import { SEVERITIES, type Severity } from '../domain/finding.js';

/** From 0, the least severe; to compare with. */
export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}
