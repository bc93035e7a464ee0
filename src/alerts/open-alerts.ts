import type { Severity } from '../domain/finding.js';
import type { Log } from '../domain/log.js';
import type { Alert } from './alert.js';
import { Alerts } from './alerts.js';
import { GraphiteEvent } from './graphite-event.js';
import { LogAlert } from './log-alert.js';
import { Webhook } from './webhook.js';

export interface AlertsOptions {
  readonly log: Log;
  /** Of this program; told to receivers. */
  readonly version: string;
  /** The least severity that is sent anywhere; the log gets all. */
  readonly severity: Severity;
  /** How long a stop may wait for what is still to be sent. */
  readonly graceMs: number;
  /** Null: off. The secret signs what is sent; null: nothing is signed. */
  readonly webhook: { readonly url: string; readonly secret: string | null } | null;
  /** Null: off. */
  readonly graphiteEventsUrl: string | null;
}

/** The alerts that the operator wants. A new kind of alert is one file and one line here. */
export function openAlerts({ webhook, graphiteEventsUrl, ...options }: AlertsOptions): Alerts {
  const alerts: (Alert | null)[] = [
    new LogAlert(options.log),
    webhook === null ? null : new Webhook({ ...options, ...webhook }),
    graphiteEventsUrl === null ? null : new GraphiteEvent({ ...options, url: graphiteEventsUrl }),
  ];
  return new Alerts(alerts.filter((alert) => alert !== null));
}
