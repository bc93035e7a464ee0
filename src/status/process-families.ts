import type { ProcessUsage } from './process-usage.js';
import { counter, family, gauge, labelled, one } from './prometheus-families.js';

/** The versions of the program and of Node. */
export interface Build {
  readonly version: string;
  readonly node: string;
}

/** What each of our processes tells of itself, in Prometheus' text format. */
export function processFamilies(usage: ProcessUsage, build: Build): string {
  return [
    gauge('build_info', 'Always 1; the labels are the versions.', [[labelled({ ...build }), 1]]),
    counter('event_loop_active_seconds_total', 'Time that the event loop was not idle.', one(usage.loopActiveSeconds)),
    // Prometheus' own names for what every process has: these carry no prefix.
    family('gauge', 'process_start_time_seconds', 'Start of the process.', one(usage.startedAt / 1000)),
    family('gauge', 'process_resident_memory_bytes', 'Resident memory.', one(usage.rssBytes)),
    family('counter', 'process_cpu_seconds_total', 'User and system time.', one(usage.cpuSeconds)),
  ].join('');
}
