import { type Loaded, loadSettings, type Settings } from './read-settings.js';
import type { ReadFile } from './text-file.js';
import type { Environment } from './unknown-variables.js';

/** What a replay needs of the settings: those of the detection, and nothing of a source. DETECT is not asked: to detect is all that it does. */
export type ReplayConfig = Settings<'replay'>;

export function loadReplayConfig(environment: Environment, readFile: ReadFile): Loaded<ReplayConfig> {
  return loadSettings('replay', environment, readFile);
}
