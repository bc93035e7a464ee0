import { type Loaded, loaded, readSettings, type Settings } from './read-settings.js';
import type { ReadFile } from './text-file.js';
import type { Environment } from './unknown-variables.js';

/** What the blocker runs with. Its decision socket has a default. */
export type BlockerConfig = Settings<'blocker'> & { readonly decision: { readonly socket: string } };

/** One file serves both processes, but here nothing has to be set, and what the exporter alone reads is not looked at. */
export function loadBlockerConfig(environment: Environment, readFile: ReadFile): Loaded<BlockerConfig> {
  const read = readSettings('blocker', environment, readFile);
  return loaded(read, read.settings as BlockerConfig);
}
