import type { Complete } from './checked-settings.js';
import type { AmiConfig, DetectionConfig, ExporterConfig } from './exporter-config.js';

/** The settings in the form that the program's parts are handed. `ca` is the text of AMI_TLS_CA_FILE. */
export function toExporterConfig(complete: Complete, ca: string | null): ExporterConfig {
  const { source, log, statsd, http, flushMs, addresses, logLevel, pbxName, stateDir, stopSeconds } = complete;
  return {
    source: source === 'ami' ? amiConfig(complete, ca) : { kind: source, ...log },
    statsd: { ...statsd, prefix: statsd.prefix ?? '' },
    flushMs,
    addresses,
    detection: complete.detect ? detectionConfig(complete) : null,
    alerts: alertsConfig(complete),
    allowlist: complete.allowlist ?? [],
    decisionSocket: complete.decision.socket,
    http: http.port === null ? null : { host: http.host, port: http.port },
    logLevel,
    pbxName,
    stateDir,
    stopSeconds,
  };
}

/** When what is an attack, whether or not somebody looks for it. */
export function detectionConfig(complete: Complete): DetectionConfig {
  const { score, ban, enumeration, spray, distributed, slow, breach, trust, storm } = complete;
  return { score, ban, enumeration, spray, distributed, slow, breach, trust, storm };
}

function alertsConfig({ alert, graphite }: Complete): ExporterConfig['alerts'] {
  const { severity, webhookUrl: url, webhookSecret: secret } = alert;
  return { severity, webhook: url === null ? null : { url, secret }, graphiteEventsUrl: graphite.eventsUrl };
}

function amiConfig({ ami }: Complete, ca: string | null): AmiConfig {
  const { secretFile: _file, tls, tlsCaFile: _caFile, tlsServerName, tlsVerify, ...login } = ami;
  return { kind: 'ami', ...login, tls: tls ? { ca, serverName: tlsServerName, verify: tlsVerify } : null };
}
