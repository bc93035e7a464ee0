import type { ExporterConfig } from '../config/load-config.js';
import type { Log } from '../domain/log.js';
import type { SourceHandlers, SourceState } from '../domain/source.js';
import { AddressCap } from '../metrics/address-cap.js';
import { Flusher } from '../metrics/flusher.js';
import { Meters } from '../metrics/meters.js';
import { StatsdSink } from '../metrics/statsd-sink.js';
import { exporterStatus } from '../status/exporter-status.js';
import { Health } from '../status/health.js';
import { startHttpServer } from '../status/http-server.js';
import { sourceLog } from '../status/source-log.js';
import { unprovenLogins } from '../status/unproven-logins.js';
import { unreportedAccounts } from '../status/unreported-accounts.js';
import { openDetection } from './detection.js';
import { openSource } from './source.js';

export interface ExporterOptions {
  readonly config: ExporterConfig;
  readonly log: Log;
  readonly version: string;
  /** Told of each change of the source's state, beside log and health. */
  readonly onState?: (state: SourceState) => void;
}

/**
 * Reads security events and sends their meters, until the signal is aborted; then stops reading, sends the last window
 * and ends.
 * @returns false when `stopSeconds` ended before the last window, the decisions and the alerts were sent and all was saved.
 * @throws when the HTTP server cannot listen.
 */
export async function runExporter(options: ExporterOptions, signal: AbortSignal): Promise<boolean> {
  const { config, log, version } = options;
  const health = new Health({ clock: Date.now, flushMs: config.flushMs });
  const { host, port } = config.http;
  const http = port === null ? null : await startHttpServer({ host, port }, exporterStatus(health, version), signal);
  if (http !== null) log.info({ host, port: http.port }, 'serving /healthz, /readyz and /metrics');
  try {
    return await runPipeline(options, health, signal);
  } finally {
    await http?.close();
  }
}

async function runPipeline(options: ExporterOptions, health: Health, signal: AbortSignal): Promise<boolean> {
  const { config, log, version, onState } = options;
  // What follows the source outlives it, so that the last window holds all that was read.
  const sourceEnded = new AbortController();
  const source = openSource(config, { stateDir: config.stateDir, health, log });
  const meters = new Meters(new AddressCap(config.addresses));
  const detection = config.detect
    ? await openDetection({ config, log, version, meters }, AbortSignal.any([signal, sourceEnded.signal]))
    : null;
  const flusher = new Flusher({
    meters,
    sink: new StatsdSink({
      ...config.statsd,
      pbx: config.pbxName,
      log,
      onError: () => health.statsdError(),
      onDrop: (reason, lines) => health.statsdDropped(reason, lines),
    }),
    extra: () => [...health.take(), ...(detection?.readings() ?? [])],
    mark: () => source.mark(),
    onFlush: () => health.flushed(),
    flushMs: config.flushMs,
    graceMs: config.stopSeconds * 1000,
    log,
  });

  const logState = sourceLog(log, Date.now, config.source === 'ami' ? null : config.log.file);
  const watches = [unprovenLogins(log), unreportedAccounts(log)];
  const handlers: SourceHandlers = {
    onEvent: (event) => {
      health.eventRead(event);
      meters.count(event);
      detection?.read(event);
      for (const watch of watches) watch(event);
    },
    onMalformed: (reason) => health.malformed(reason),
    onState: (state) => {
      health.sourceState(state);
      logState(state);
      onState?.(state);
    },
  };

  const flushing = flusher.run(sourceEnded.signal);
  const detecting = detection?.run(sourceEnded.signal);
  try {
    await source.start(handlers, signal);
  } finally {
    health.sourceStopped();
    detection?.flush();
    sourceEnded.abort();
    await Promise.all([flushing, detecting]);
  }
  return (await flushing) && ((await detecting) ?? true);
}
