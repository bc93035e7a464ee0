import { loadBlockerConfig } from '../config/blocker-config.js';
import { loadConfig } from '../config/load-config.js';
import { renderEffective } from '../config/render.js';
import { readFileStart } from '../config/text-file.js';
import type { Command } from './command.js';
import { configFault } from './config-fault.js';

export const checkConfig: Command = ({ args, environment, console }) => {
  const load = args.includes('blocker') ? loadBlockerConfig : loadConfig;
  const loaded = load(environment, readFileStart);
  if (loaded.kind !== 'config') return configFault(loaded, console);
  console.log(renderEffective(loaded.settings));
  return 0;
};
