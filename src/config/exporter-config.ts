import type { schema, Values } from './schema.js';
import type { Secret } from './secret.js';

type Settings = Values<typeof schema>;

export interface AmiConfig {
  readonly kind: 'ami';
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly secret: Secret;
  /** Null: no TLS. */
  readonly tls: {
    /** PEM text, not a path. Null: the authorities that Node knows. */
    readonly ca: string | null;
    /** Null: the certificate must carry the host. */
    readonly serverName: string | null;
    readonly verify: boolean;
  } | null;
  readonly login: Settings['ami']['login'];
  /** The `Events:` mask of the login. */
  readonly events: string;
  readonly connectSeconds: number;
  readonly loginSeconds: number;
  readonly pingSeconds: number;
  readonly pingDeadlineSeconds: number;
  readonly reconnectMaxSeconds: number;
  readonly messageBytesMax: number;
}

export interface LogConfig {
  readonly kind: 'security-log' | 'messages-log';
  readonly file: string;
  /** Without a new line for so long the log is said to be deaf. */
  readonly silenceSeconds: number;
}

/** When what is an attack, and what is done about it. */
export type DetectionConfig = Pick<
  Settings,
  'score' | 'ban' | 'enumeration' | 'spray' | 'distributed' | 'slow' | 'breach' | 'trust' | 'storm'
>;

/** What the exporter runs with: checked, complete and frozen. Its stages are handed what they need of it. */
export interface ExporterConfig {
  /** One alone: a PBX that is read twice is counted twice. */
  readonly source: AmiConfig | LogConfig;
  readonly statsd: {
    readonly host: string;
    readonly port: number;
    readonly protocol: Settings['statsd']['protocol'];
    /** Without the dot that follows it; empty: no prefix. */
    readonly prefix: string;
    readonly meterType: Settings['statsd']['meterType'];
    readonly dialect: Settings['statsd']['dialect'];
    readonly packetBytes: number;
  };
  readonly flushMs: number;
  readonly addresses: { readonly perFlush: number; readonly remembered: number };
  /** Null: events are counted and nothing else. */
  readonly detection: DetectionConfig | null;
  /** Null: off. */
  readonly http: { readonly host: string; readonly port: number } | null;
  readonly alerts: {
    /** The least that is sent to the webhook and to Graphite. */
    readonly severity: Settings['alert']['severity'];
    /** Null: off. */
    readonly webhook: {
      readonly url: Secret;
      /** Null: what is sent is not signed. */
      readonly secret: Secret | null;
    } | null;
    /** Null: off. */
    readonly graphiteEventsUrl: string | null;
  };
  /** Of the blocker; null: decisions are only told. */
  readonly decisionSocket: string | null;
  readonly logLevel: Settings['logLevel'];
  /** Who is never banned: prefixes in canonical text with their lengths, and host names. */
  readonly allowlist: readonly string[];
  /** Null: Asterisk's systemname, and the AMI host where it has none; with a log the name of this host. */
  readonly pbxName: string | null;
  /** Null: nothing outlives a restart. */
  readonly stateDir: string | null;
  readonly stopSeconds: number;
}
