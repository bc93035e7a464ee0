import type { ExporterConfig } from './config/exporter-config.js';
import type { Log } from './domain/log.js';
import type { Source, SourceHandlers, SourceState } from './domain/source.js';
import { AddressCap } from './metrics/address-cap.js';
import { Flusher } from './metrics/flusher.js';
import { Meters } from './metrics/meters.js';
import { StatsdSink } from './metrics/statsd-sink.js';
import { AmiSource } from './sources/ami/ami-source.js';
import { Health } from './status/health.js';
import { startHttpServer } from './status/http-server.js';
import { sourceLog } from './status/source-log.js';

export interface ExporterOptions {
  readonly config: ExporterConfig;
  readonly log: Log;
  readonly version: string;
  /** Told of each change of the source's state, beside log and health. */
  readonly onState?: (state: SourceState) => void;
}

/** The first wait before a new try to connect; it doubles up to AMI_RECONNECT_MAX_SECONDS. */
const RECONNECT_FIRST_MS = 500;
/** Our own login is reported within a millisecond; this leaves room for an Asterisk under load. */
const CANARY_MS = 5_000;
/** A mended manager.conf counts for new logins only. */
const DEAF_MS = 300_000;

/**
 * Reads security events and sends their meters, until the signal is aborted; then stops reading, sends the last window
 * and ends.
 * @returns false when the last window could not be sent within `stopSeconds`.
 * @throws when the HTTP server cannot listen.
 */
export async function runExporter(options: ExporterOptions, signal: AbortSignal): Promise<boolean> {
  const { config, log, version, onState } = options;
  const health = new Health({ clock: Date.now, flushMs: config.flushMs });
  const http = config.http === null ? null : await startHttpServer({ ...config.http, version }, health, signal);
  if (http !== null) log.info({ host: config.http?.host, port: http.port }, 'serving /healthz, /readyz and /metrics');

  const meters = new Meters(new AddressCap(config.addresses));
  const sink = new StatsdSink({
    ...config.statsd,
    log,
    onError: () => health.statsdError(),
    onDrop: (reason, lines) => health.statsdDropped(reason, lines),
  });
  const flusher = new Flusher({
    meters,
    sink,
    extra: () => health.take(),
    onFlush: () => health.flushed(),
    flushMs: config.flushMs,
    graceMs: config.stopSeconds * 1000,
    log,
  });

  const logState = sourceLog(log, Date.now);
  const handlers: SourceHandlers = {
    onEvent: (event) => {
      health.eventRead(event);
      meters.count(event);
    },
    onMalformed: (reason) => health.malformed(reason),
    onState: (state) => {
      health.sourceState(state);
      logState(state);
      onState?.(state);
    },
  };

  // The flusher outlives the source, so that the last window holds all that was read.
  const sourceEnded = new AbortController();
  const flushing = flusher.run(sourceEnded.signal);
  try {
    await amiSource(config).start(handlers, signal);
  } finally {
    health.sourceStopped();
    sourceEnded.abort();
    await flushing;
    await http?.close();
  }
  return flushing;
}

function amiSource({ ami, pbxName }: ExporterConfig): Source {
  return new AmiSource({
    host: ami.host,
    port: ami.port,
    tls: ami.tls,
    connectMs: ami.connectSeconds * 1000,
    loginMs: ami.loginSeconds * 1000,
    credentials: { username: ami.username, secret: ami.secret.reveal() },
    method: ami.login,
    events: ami.events,
    pbx: pbxName,
    pbxDefault: ami.host,
    blockBytesMax: ami.messageBytesMax,
    pingMs: ami.pingSeconds * 1000,
    deadlineMs: ami.pingDeadlineSeconds * 1000,
    reconnectFirstMs: RECONNECT_FIRST_MS,
    reconnectMaxMs: ami.reconnectMaxSeconds * 1000,
    canaryMs: CANARY_MS,
    deafMs: DEAF_MS,
  });
}
