import type { schema, Values } from './schema.js';
import type { Secret } from './secret.js';

type Settings = Values<typeof schema>;

/** What the exporter runs with: checked, complete and frozen. Its stages are handed what they need of it. */
export interface ExporterConfig {
  readonly ami: {
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
  };
  readonly statsd: {
    readonly host: string;
    readonly port: number;
    readonly protocol: Settings['statsd']['protocol'];
    /** Without the dot that follows it; empty: no prefix. */
    readonly prefix: string;
    readonly meterType: Settings['statsd']['meterType'];
    readonly packetBytes: number;
  };
  readonly flushMs: number;
  readonly addresses: { readonly perFlush: number; readonly remembered: number };
  /** Null: off. */
  readonly http: { readonly host: string; readonly port: number } | null;
  readonly logLevel: Settings['logLevel'];
  /** Null: Asterisk's systemname, and the AMI host where it has none. */
  readonly pbxName: string | null;
  readonly stopSeconds: number;
}
