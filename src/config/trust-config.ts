import { type Loaded, loadSettings, type Settings } from './read-settings.js';
import type { ReadFile } from './text-file.js';
import type { Environment } from './unknown-variables.js';

/** What the command trust needs: where the exporter looks. */
export type TrustConfig = Settings<'trust'>;

/** A fault in what the daemons read does not keep an operator's word back. */
export function loadTrustConfig(environment: Environment, readFile: ReadFile): Loaded<TrustConfig> {
  return loadSettings('trust', environment, readFile);
}
