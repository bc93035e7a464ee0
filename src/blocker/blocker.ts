import { Allowlist } from '../allowlist/allowlist.js';
import { Enforcer } from '../blocking/enforcer.js';
import { openFirewall } from '../blocking/firewalls/firewalls.js';
import type { BlockerConfig } from '../config/blocker-config.js';
import { peersOf } from '../config/peers.js';
import type { Log } from '../domain/log.js';
import { Flusher } from '../metrics/flusher.js';
import { StatsdSink } from '../metrics/statsd-sink.js';
import { blockerStatus } from '../status/blocker-status.js';
import { startHttpServer } from '../status/http-server.js';
import { OwnCounts } from '../status/own-counts.js';
import { ReadingTotals } from '../status/reading-totals.js';
import { openBanRecords } from './records.js';
import { listenAll } from './sockets.js';

export interface BlockerOptions {
  readonly config: BlockerConfig;
  readonly log: Log;
  readonly version: string;
}

/**
 * Takes decisions and has the kernel drop the packets of whoever is banned, until the signal is aborted. The bans stay.
 * @returns false where the stop left something undone.
 * @throws FirewallError, StateError or SocketFileError where it cannot begin; the message says what to do.
 */
export async function runBlocker(options: BlockerOptions, signal: AbortSignal): Promise<boolean> {
  const { config, log } = options;
  const records = await openBanRecords({ directory: config.stateDir, isDryRun: config.firewall === 'dry-run', log });
  const stopped = new AbortController();
  const allowlist = new Allowlist({ entries: [...config.allowlist, ...peersOf(config)], log });
  const sparing = allowlist.run(stopped.signal);
  const firewall = openFirewall(config.firewall, { ports: config.blocker.ports, log, now: Date.now });
  const enforcer = new Enforcer({
    firewall,
    records,
    friends: allowlist,
    bansMax: config.blocker.bansMax,
    bansPerMinute: config.blocker.bansPerMinute,
    verifyMs: config.blocker.verifySeconds * 1000,
    graceMs: config.stopSeconds * 1000,
    log,
  });
  try {
    await allowlist.ready();
    await enforcer.start();
    return await serve(options, enforcer, signal);
  } finally {
    stopped.abort();
    await firewall.close();
    await Promise.all([sparing, records.close()]);
  }
}

/** From the first decision to the last flush. */
async function serve(options: BlockerOptions, enforcer: Enforcer, signal: AbortSignal): Promise<boolean> {
  const { config, log } = options;
  const sockets = await listenAll(config, enforcer, log);
  const own = new OwnCounts();
  const totals = new ReadingTotals();
  const ended = new AbortController();
  const flusher = new Flusher({
    meters: { take: () => totals.note([...enforcer.readings(), ...sockets.readings(), ...own.readings()]) },
    sink: new StatsdSink({
      ...config.statsd,
      pbx: config.pbxName,
      log,
      ...own.ofStatsd('blocker'),
    }),
    extra: () => [],
    mark: () => () => undefined,
    onFlush: () => undefined,
    flushMs: config.flushMs,
    graceMs: config.stopSeconds * 1000,
    log,
  });
  const flushing = flusher.run(ended.signal);
  let isDone = false;
  try {
    const http = await startHttp(options, { enforcer, totals, own }, signal);
    await Promise.all([enforcer.run(signal), sockets.run(signal)]);
    await sockets.close();
    isDone = await enforcer.stop({ flush: config.blocker.flushOnStop });
    await http?.close();
  } finally {
    await sockets.close();
    ended.abort();
    await flushing;
  }
  return (await flushing) && isDone;
}

interface StatusParts {
  readonly enforcer: Enforcer;
  readonly totals: ReadingTotals;
  readonly own: OwnCounts;
}

async function startHttp({ config, log, version }: BlockerOptions, parts: StatusParts, signal: AbortSignal) {
  const { host } = config.http;
  const { httpPort: port } = config.blocker;
  if (port === null) return null;
  const { enforcer, totals, own } = parts;
  const status = blockerStatus({
    state: () => enforcer.status(),
    totals,
    version,
    verifySeconds: config.blocker.verifySeconds,
    onHttpRefused: () => own.add('blocker.http.refused'),
  });
  const http = await startHttpServer({ host, port, portVariable: 'BLOCKER_HTTP_PORT' }, status, signal);
  log.info({ host, port: http.port }, 'serving /healthz, /readyz and /metrics');
  return http;
}
