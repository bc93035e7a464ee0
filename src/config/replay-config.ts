import type { LinePattern } from '../text/line-pattern.js';
import { readLinePatterns } from './line-patterns.js';
import { type Loaded, loaded, readSettings, type Settings } from './read-settings.js';
import type { ReadFile } from './text-file.js';
import type { Environment } from './unknown-variables.js';

/** What a replay needs of the settings: those of the detection, and nothing of a source. DETECT is not asked: to detect is all that it does. */
export type ReplayConfig = Settings<'replay'> & { readonly linePatterns: readonly LinePattern[] };

export function loadReplayConfig(environment: Environment, readFile: ReadFile): Loaded<ReplayConfig> {
  const read = readSettings('replay', environment, readFile);
  const linePatterns = readLinePatterns(read.settings.log?.patternsFile, readFile, read.faults);
  return loaded(read, { ...read.settings, linePatterns } as ReplayConfig);
}
