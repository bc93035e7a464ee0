import type { Finding, Severity } from '../domain/finding.js';
import type { Log } from '../domain/log.js';
import { type Alert, type AlertCounts, noDrops } from './alert.js';
import { findingRecord } from './finding-record.js';
import { findingText } from './finding-text.js';

const LEVELS = { info: 'info', warning: 'warn', critical: 'error' } as const satisfies Record<Severity, keyof Log>;

/** Writes each finding to the log, at the level of its severity. */
export class LogAlert implements Alert {
  readonly name = 'log';
  readonly #log: Log;
  #sent = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  push(finding: Finding): void {
    const { title, text } = findingText(finding);
    this.#log[LEVELS[finding.severity]]({ finding: findingRecord(finding), text }, title);
    this.#sent += 1;
  }

  /** A log is written at once. */
  async run(): Promise<void> {}

  counts(): AlertCounts {
    return { sent: this.#sent, failed: 0, suppressed: 0, dropped: noDrops() };
  }
}
