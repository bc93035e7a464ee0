import { loadBlockerConfig } from '../config/blocker-config.js';
import { loadConfig } from '../config/load-config.js';
import { renderEffective } from '../config/render.js';
import { readFileStart } from '../config/text-file.js';
import { lineReading } from '../replay/line-reading.js';
import type { Command } from './command.js';
import { configFault } from './config-fault.js';

export const checkConfig: Command = ({ args, environment, console }) => {
  const load = args.includes('blocker') ? loadBlockerConfig : loadConfig;
  const loaded = load(environment, readFileStart);
  if (loaded.kind !== 'config') return configFault(loaded, console);
  const lines = linesIn(args);
  if (lines.length === 0) console.log(renderEffective(loaded.settings));
  const patterns = 'linePatterns' in loaded.config ? loaded.config.linePatterns : [];
  for (const line of lines) console.log(lineReading(line, patterns, Date.now()));
  if (lines.length === 0 && isBlind(loaded.config)) console.log(BLIND);
  return 0;
};

/** What stands behind each `--line`: each shows as what it would be read. */
function linesIn(args: readonly string[]): readonly string[] {
  return args.filter((_, at) => args[at - 1] === '--line');
}

const BLIND =
  '# SOURCE=messages-log sees logins only where the log has the level VERBOSE, and of chan_sip and IAX2 alone: without them nobody earns trust, and a ban can hit a friend. docs/sources.md says more';

function isBlind(config: object): boolean {
  return 'source' in config && config.source === 'messages-log';
}
