import { peersOf, type Sourceless } from './checked-settings.js';
import type { ExporterConfig } from './exporter-config.js';
import { gatherSettings } from './given-settings.js';
import { type EffectiveSetting, freeze, readSettings } from './load-config.js';
import type { schema, Values } from './schema.js';
import { settingFaults } from './setting-faults.js';
import type { ReadFile } from './text-file.js';
import { type Environment, unknownVariables } from './unknown-variables.js';

type Settings = Values<typeof schema>;

/** What the blocker runs with: checked, complete and frozen. */
export interface BlockerConfig
  extends Pick<
    ExporterConfig,
    'statsd' | 'flushMs' | 'http' | 'allowlist' | 'logLevel' | 'pbxName' | 'stateDir' | 'stopSeconds'
  > {
  readonly firewall: Settings['firewall'];
  /** Null: all. */
  readonly ports: Settings['blocker']['ports'];
  readonly bansMax: number;
  readonly bansPerMinute: number;
  readonly verifySeconds: number;
  readonly flushOnStop: boolean;
  /** Where decisions come in. */
  readonly decisionSocket: string;
  /** Where operators come in. */
  readonly controlSocket: string;
  /** A name or a number; null: the group that the blocker runs as. */
  readonly socketGroup: string | null;
  /** The hosts that the two processes talk with, which are never banned. */
  readonly peers: readonly string[];
}

export type BlockerLoadResult =
  | { readonly kind: 'config'; readonly config: BlockerConfig; readonly settings: readonly EffectiveSetting[] }
  /** Every fault that there is, as loadConfig has them. */
  | { readonly kind: 'faults'; readonly faults: readonly string[] };

/** Beside CONTROL_SOCKET's default: where systemd makes a directory for a service of our name. */
const DECISION_SOCKET = '/run/asterisk-auth-stats/decisions.sock';

/** Reads the same variables as `loadConfig`, so that one file serves both processes, but nothing has to be set, and no file with a secret is read. */
export function loadBlockerConfig(environment: Environment, readFile: ReadFile): BlockerLoadResult {
  const faults = unknownVariables(environment);
  const { given } = gatherSettings(environment, readFile, faults, false);
  const [values, settings] = readSettings(given, faults);
  faults.push(...settingFaults(given, values, false));
  if (faults.length > 0) return { kind: 'faults', faults };
  return { kind: 'config', config: freeze(blockerConfig(values as Sourceless)), settings };
}

function blockerConfig(complete: Sourceless): BlockerConfig {
  const { statsd, flushMs, http, allowlist, logLevel, pbxName, stateDir, stopSeconds } = complete;
  const { blocker, firewall, control, decision } = complete;
  const { httpPort, ...limits } = blocker;
  return {
    ...limits,
    firewall,
    decisionSocket: decision.socket ?? DECISION_SOCKET,
    controlSocket: control.socket,
    statsd: { ...statsd, prefix: statsd.prefix ?? '' },
    flushMs,
    http: httpPort === null ? null : { host: http.host, port: httpPort },
    allowlist: allowlist ?? [],
    peers: peersOf(complete),
    logLevel,
    pbxName,
    stateDir,
    stopSeconds,
  };
}
