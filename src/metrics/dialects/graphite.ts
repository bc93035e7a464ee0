import type { Sample, Series } from './dialect.js';

/** `security.failed_auth.PJSIP.IPV4/UDP/203_0_113_9:1|c`: all in the name, as every StatsD takes it. */
export function graphite({ name }: Pick<Sample, 'name'>): Series {
  return { name, tags: [] };
}
