import { type Complete, peersOf, type Sourceless } from './checked-settings.js';
import type { DetectionConfig, ExporterConfig } from './exporter-config.js';
import { gatherSettings } from './given-settings.js';
import { freeze, readSettings } from './load-config.js';
import { settingFaults } from './setting-faults.js';
import type { ReadFile } from './text-file.js';
import { detectionConfig, toExporterConfig } from './to-exporter-config.js';
import { type Environment, unknownVariables } from './unknown-variables.js';

/** What a replay needs of the settings: those of the detection, and nothing of a source. */
export interface ReplayConfig extends Pick<ExporterConfig, 'allowlist' | 'decisionSocket' | 'pbxName'> {
  readonly detection: DetectionConfig;
  /** The hosts that the exporter talks with, which it never bans. */
  readonly peers: readonly string[];
  readonly messageBytesMax: number;
}

export type ReplayLoadResult =
  | { readonly kind: 'config'; readonly config: ReplayConfig }
  /** Every fault that there is, as loadConfig has them. */
  | { readonly kind: 'faults'; readonly faults: readonly string[] };

/** Reads the same variables as `loadConfig`, but nothing has to be set. DETECT does not count: to detect is all that a replay does. */
export function loadReplayConfig(environment: Environment, readFile: ReadFile): ReplayLoadResult {
  const faults = unknownVariables(environment);
  const { given } = gatherSettings(environment, readFile, faults);
  const [values] = readSettings(given, faults);
  faults.push(...settingFaults(given, values, false));
  return faults.length > 0 ? { kind: 'faults', faults } : { kind: 'config', config: replayConfig(values as Complete) };
}

function replayConfig(complete: Complete): ReplayConfig {
  const sourceless: Sourceless = complete;
  const { allowlist, decisionSocket, pbxName } = toExporterConfig(complete, null);
  const peers = peersOf(sourceless);
  const detection = detectionConfig(complete);
  return freeze({
    detection,
    allowlist,
    decisionSocket,
    pbxName,
    peers,
    messageBytesMax: complete.ami.messageBytesMax,
  });
}
