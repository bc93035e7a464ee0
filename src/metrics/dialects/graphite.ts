import type { Sample } from './dialect.js';

/** `security.failed_auth.PJSIP.IPV4/UDP/203_0_113_9:1|c`: all in the name, as every StatsD takes it. */
export function graphite({ prefix, name, value, type }: Sample): string {
  return `${prefix}${name}:${value}|${type}`;
}
