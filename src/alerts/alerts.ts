import type { Finding } from '../domain/finding.js';
import { Increments } from '../domain/increments.js';
import type { Reading } from '../domain/reading.js';
import type { Alert, AlertCounts } from './alert.js';

/** Tells every alert of every finding, and counts what became of it. */
export class Alerts {
  readonly #alerts: readonly Alert[];
  readonly #increments = new Increments();

  constructor(alerts: readonly Alert[]) {
    this.#alerts = alerts;
  }

  push(finding: Finding): void {
    for (const alert of this.#alerts) alert.push(finding);
  }

  /** Runs until the signal is aborted and every alert has sent or given up what it had. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#alerts.map((alert) => alert.run(signal)));
  }

  /** Since the start, by the alert's name. */
  counts(): ReadonlyMap<string, AlertCounts> {
    return new Map(this.#alerts.map((alert) => [alert.name, alert.counts()]));
  }

  /** What was counted since the last call, without zeros. */
  readings(): Reading[] {
    return this.#increments.take([...this.counts()].flatMap(totals));
  }
}

/** Each counter's meter name and its total since the start. */
function totals([alert, { dropped, ...counts }]: [string, AlertCounts]): [name: string, total: number][] {
  const prefix = `exporter.alerts.${alert}`;
  return [
    ...Object.entries(counts).map(([what, total]): [string, number] => [`${prefix}.${what}`, total]),
    ...Object.entries(dropped).map(([reason, total]): [string, number] => [`${prefix}.dropped.${reason}`, total]),
  ];
}
