import { hostname } from 'node:os';
import { join } from 'node:path';
import type { AmiConfig, ExporterConfig, LogConfig } from '../config/load-config.js';
import type { Log } from '../domain/log.js';
import type { Source } from '../domain/source.js';
import { AmiSource } from '../sources/ami/ami-source.js';
import { LogSource } from '../sources/log/log-source.js';
import { MessagesLog } from '../sources/log/messages-log.js';
import { SecurityLog } from '../sources/log/security-log.js';
import type { Health } from '../status/health.js';

/** The first wait before a new try to connect; it doubles up to AMI_RECONNECT_MAX_SECONDS. */
const RECONNECT_FIRST_MS = 500;
/** Our own login is reported within a millisecond; this leaves room for an Asterisk under load. */
const CANARY_MS = 5_000;
/** A mended manager.conf counts for new logins only. */
const DEAF_MS = 300_000;

/** How often a log is looked at: an alarm is late by half of it. */
const POLL_MS = 100;
/** Asterisk is told to reopen its logs right after they were renamed. */
const DRAIN_MS = 5_000;
const LINE_BYTES_MAX = 65_536;
const RETRY_MAX_MS = 30_000;

export interface SourceContext {
  /** Where to remember how far a log was read; null: nowhere. */
  readonly stateDir: string | null;
  readonly health: Health;
  readonly log: Log;
}

/** The one source that the configuration names. */
export function openSource(config: ExporterConfig, context: SourceContext): Source {
  switch (config.source) {
    case 'ami':
      return amiSource(config);
    case 'security-log':
    case 'messages-log':
      return logSource(config, context);
    /* c8 ignore next 2 */ // Never reached: the compiler asks for a case for each kind.
    default:
      return config satisfies never;
  }
}

function amiSource({ ami, pbxName }: AmiConfig): Source {
  return new AmiSource({
    host: ami.host,
    port: ami.port,
    tls: ami.tls ? { ca: ami.tlsCaFile, serverName: ami.tlsServerName, verify: ami.tlsVerify } : null,
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
    probe: ami.probe,
  });
}

function logSource(
  { source, log: { file, silenceSeconds }, pbxName, linePatterns: patterns }: LogConfig,
  context: SourceContext,
): Source {
  const { stateDir, health, log } = context;
  const pbx = pbxName ?? hostname();
  return new LogSource({
    path: file,
    positionPath: stateDir === null ? null : join(stateDir, 'log-position.json'),
    read: (output) =>
      source === 'security-log'
        ? new SecurityLog({ pbx }, output)
        : new MessagesLog({ pbx, clock: Date.now, patterns }, output),
    silenceMs: silenceSeconds * 1000,
    pollMs: POLL_MS,
    drainMs: DRAIN_MS,
    lineBytesMax: LINE_BYTES_MAX,
    retryFirstMs: RECONNECT_FIRST_MS,
    retryMaxMs: RETRY_MAX_MS,
    clock: () => performance.now(),
    onIgnored: () => health.logIgnored(),
    onLag: (bytes) => health.logLag(bytes),
    log,
  });
}
