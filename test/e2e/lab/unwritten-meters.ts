import { createSocket } from 'node:dgram';

/**
 * What no program of the lab sends: `security.bans.*` and `blocker.*` are a blocker's, which does not run here, and losses on
 * the way to StatsD and to the blocker do not happen on loopback.
 */
const LINES = [
  'security.bans.desired:12|g',
  'security.bans.enforced:11|g',
  'security.bans.added:2|c',
  'security.bans.removed:1|c',
  'security.bans.refused.allowlisted:1|c',
  'security.bans.refused.bans_per_minute:1|c',
  'security.bans.dropped_packets:40|c',
  'security.bans.dropped_bytes:18000|c',
  'blocker.repairs:1|c',
  'blocker.firewall.failures:1|c',
  'blocker.store.failures:1|c',
  'blocker.verified_seconds:3|g',
  'exporter.decisions.dropped:1|c',
  'exporter.statsd.dropped.packet_bytes:1|c',
  'exporter.statsd.dropped.socket:1|c',
  'exporter.statsd.errors:1|c',
];

/** Sends these lines twice a second, with each prefix (`office.`, or nothing). Returns how to stop it. */
export function sendUnwritten(port: number, prefixes: readonly string[]): () => Promise<void> {
  const socket = createSocket('udp4');
  const timer = setInterval(() => {
    for (const prefix of prefixes) {
      socket.send(LINES.map((line) => `${prefix}${line}`).join('\n'), port, '127.0.0.1');
    }
  }, 500);
  return () => {
    clearInterval(timer);
    return new Promise<void>((resolve) => socket.close(() => resolve()));
  };
}
