import { blockerSettings } from './blocker-settings.js';
import { attempt, FormatFault } from './formats.js';
import { quote } from './quote.js';
import type { ReadFile } from './text-file.js';
import type { Environment } from './unknown-variables.js';

export type ControlSocket =
  | { readonly kind: 'config'; readonly path: string }
  | { readonly kind: 'faults'; readonly faults: readonly string[] };

/** Where more than the variable itself has a say: the file of settings, and what may be a slip of the pen. */
const ELSEWHERE = /^(CONFIG|CONTROL)_/;

/**
 * The path of the blocker's socket for operators. An operator's command reads no other setting, and starts in a third of the time
 * for it; the blocker's whole configuration is loaded only where more than CONTROL_SOCKET has a say.
 */
export async function controlSocket(environment: Environment, readFile: ReadFile): Promise<ControlSocket> {
  const { env, format, default: preset } = blockerSettings.control.socket;
  if (Object.keys(environment).some((name) => name !== env && ELSEWHERE.test(name))) {
    const loaded = (await import('./blocker-config.js')).loadBlockerConfig(environment, readFile);
    return loaded.kind === 'faults' ? loaded : { kind: 'config', path: loaded.config.controlSocket };
  }
  const given = environment[env] ?? '';
  // As everywhere, an empty variable is one that is not set.
  const text = given === '' ? preset : given;
  const path = attempt(format, text);
  if (!(path instanceof FormatFault)) return { kind: 'config', path };
  return { kind: 'faults', faults: [`${env} is ${quote(text)}; it ${path.message}`] };
}
