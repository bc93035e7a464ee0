import type { HealthSnapshot } from './health.js';
import type { ProcessUsage } from './process-usage.js';

/** The Content-Type of Prometheus' text exposition format. */
export const PROMETHEUS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** The versions of the exporter and of Node. */
export interface Build {
  readonly version: string;
  readonly node: string;
}

/**
 * The exporter's own state in Prometheus' text format 0.0.4. Every series is there from the start, at 0;
 * addresses are not labels here: who attacks is what the StatsD meters are for, and there may be very many of them.
 */
export function prometheusText(health: HealthSnapshot, usage: ProcessUsage, build: Build): string {
  return [
    gauge('build_info', 'Always 1; the labels are the versions.', [[labelled({ ...build }), 1]]),
    gauge('connected', 'Whether the source of events is connected.', one(Number(health.connected))),
    gauge('hearing', 'Whether security events have been seen to arrive.', one(Number(health.hearing))),
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
    counter('event_loop_active_seconds_total', 'Time that the event loop was not idle.', one(usage.loopActiveSeconds)),
    // Prometheus' own names for what every process has: these carry no prefix.
    family('gauge', 'process_start_time_seconds', 'Start of the process.', one(usage.startedAt / 1000)),
    family('gauge', 'process_resident_memory_bytes', 'Resident memory.', one(usage.rssBytes)),
    family('counter', 'process_cpu_seconds_total', 'User and system time.', one(usage.cpuSeconds)),
  ].join('');
}

type Samples = readonly (readonly [labels: string, value: number])[];

function gauge(name: string, help: string, samples: Samples): string {
  return family('gauge', `asterisk_auth_stats_${name}`, help, samples);
}

function counter(name: string, help: string, samples: Samples): string {
  return family('counter', `asterisk_auth_stats_${name}`, help, samples);
}

function family(type: 'counter' | 'gauge', name: string, help: string, samples: Samples): string {
  const lines = samples.map(([labels, value]) => `${name}${labels} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function one(value: number): Samples {
  return [['', value]];
}

function by(label: string, counts: Readonly<Record<string, number>>): Samples {
  return Object.entries(counts).map(([key, count]) => [labelled({ [label]: key }), count]);
}

function labelled(labels: Readonly<Record<string, string>>): string {
  return `{${Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`)}}`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
