import { counter, family, gauge, labelled, one } from './prometheus-families.js';

/** What this process has used so far, as Node knows it. */
export interface ProcessUsage {
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
  readonly rssBytes: number;
  /** User and system time together. */
  readonly cpuSeconds: number;
  /** How long the event loop was not idle. Its rate near 1 means that the process is at its limit. */
  readonly loopActiveSeconds: number;
}

/** Costs no timer, and needs no reset between two readers, unlike a histogram of the event loop's delay. */
export function processUsage(): ProcessUsage {
  const { user, system } = process.cpuUsage();
  return {
    startedAt: performance.timeOrigin,
    rssBytes: process.memoryUsage.rss(),
    cpuSeconds: (user + system) / 1e6,
    loopActiveSeconds: performance.eventLoopUtilization().active / 1000,
  };
}

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
