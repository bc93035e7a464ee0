import type { Health, HealthSnapshot } from './health.js';
import type { Status } from './http-server.js';
import { type Build, type ProcessUsage, processFamilies, processUsage } from './process-families.js';
import { by, counter, gauge, labelled, one, type Samples } from './prometheus-families.js';

/** The exporter's health over HTTP. */
export function exporterStatus(health: Health, version: string): Status {
  return {
    unhealthy: () => health.snapshot().unhealthy,
    unready: () => health.snapshot().unready,
    metrics: () => prometheusText(health.snapshot(), processUsage(), { version, node: process.version }),
    httpRefused: () => health.httpRefused(),
  };
}

/**
 * The exporter's own state in Prometheus' text format 0.0.4. Every series is there from the start, at 0;
 * addresses are not labels here: who attacks is what the StatsD meters are for, and there may be very many of them.
 */
export function prometheusText(health: HealthSnapshot, usage: ProcessUsage, build: Build): string {
  return [
    gauge('connected', 'Whether the source of events is connected.', one(Number(health.connected))),
    gauge('hearing', 'Whether security events have been seen to arrive.', one(Number(health.hearing))),
    gauge('type_missing', 'Whether this type is known not to arrive, while others do.', by('event', health.missing)),
    counter('heard_total', 'Security events read, by service and type.', byService(health.heard)),
    counter('events_total', 'Security events read, by type.', by('event', health.events)),
    counter('failed_auth_total', 'Failed authentications, by service.', by('service', health.failedAuth)),
    counter('malformed_total', 'Blocks that were not counted as events, by reason.', by('reason', health.malformed)),
    counter('reconnects_total', 'Connections to the source after the first one.', one(health.reconnects)),
    counter('gaps_total', 'Connections lost: events may have been missed.', one(health.gaps)),
    gauge('last_event_timestamp_seconds', 'Last event; the start if none.', one(health.lastEventAt / 1000)),
    gauge('last_flush_timestamp_seconds', 'Last flush; the start if none.', one(health.lastFlushAt / 1000)),
    counter('statsd_errors_total', 'Errors on the way to StatsD.', one(health.statsdErrors)),
    counter('statsd_dropped_total', 'Lines that did not reach StatsD, by reason.', by('reason', health.statsdDropped)),
    counter('http_refused_total', 'HTTP connections closed unanswered.', one(health.httpRefused)),
    counter('log_ignored_total', 'Lines of the log that tell of no authentication.', one(health.logIgnored)),
    gauge('log_lag_bytes', 'Bytes of the log not read yet; 0 without one.', one(health.logLagBytes ?? 0)),
    processFamilies(usage, build),
  ].join('');
}

/** Of a pair that never came there is no series: most of the 75 never do. */
function byService(heard: HealthSnapshot['heard']): Samples {
  return Object.entries(heard).flatMap(([service, types]) =>
    Object.entries(types)
      .filter(([, count]) => count > 0)
      .map(([event, count]) => [labelled({ service, event }), count] as const),
  );
}
