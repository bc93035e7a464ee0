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
