import { type Finding, type RuleName, SEVERITIES, type Severity } from '../domain/finding.js';
import { detached } from '../text/detached.js';

/** What a report says of a finding. */
export interface ListedFinding {
  readonly at: number;
  readonly severity: Severity;
  readonly rule: RuleName;
  /** Free of anything hostile. */
  readonly title: string;
}

/** The worst findings, the latest of equally bad ones, and how many there were of each rule. */
export class FindingList {
  readonly #perSeverityMax: number;
  readonly #bySeverity: Readonly<Record<Severity, ListedFinding[]>> = { info: [], warning: [], critical: [] };
  readonly #byRule = new Map<RuleName, number>();
  #total = 0;

  /** @param perSeverityMax findings of each severity that are kept, the latest ones. */
  constructor(perSeverityMax: number) {
    this.#perSeverityMax = perSeverityMax;
  }

  get total(): number {
    return this.#total;
  }

  get byRule(): Partial<Record<RuleName, number>> {
    return Object.fromEntries(this.#byRule);
  }

  add({ at, severity, rule }: Finding, title: string): void {
    this.#total++;
    this.#byRule.set(rule, (this.#byRule.get(rule) ?? 0) + 1);
    const list = this.#bySeverity[severity];
    list.push({ at, severity, rule, title: detached(title) });
    if (list.length > this.#perSeverityMax) list.shift();
  }

  /** The worst ones in order of time. @param count not more than are kept of one severity. */
  worst(count: number): ListedFinding[] {
    const list = SEVERITIES.toReversed().flatMap((severity) => this.#bySeverity[severity].toReversed());
    return list.slice(0, count).sort((a, b) => a.at - b.at);
  }
}
