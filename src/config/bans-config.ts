import { type Loaded, loadSettings, type Settings } from './read-settings.js';
import type { ReadFile } from './text-file.js';
import type { Environment } from './unknown-variables.js';

/** What the command bans needs: the way to the blocker. */
export type BansConfig = Settings<'bans'>;

/** A fault in what the daemons read does not keep an operator from the bans. */
export function loadBansConfig(environment: Environment, readFile: ReadFile): Loaded<BansConfig> {
  return loadSettings('bans', environment, readFile);
}
