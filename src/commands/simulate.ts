import { loadConfig } from '../config/load-config.js';
import { readFileStart } from '../config/text-file.js';
import { runSimulation } from '../demo/simulate.js';
import type { Command } from './command.js';
import { configFault } from './config-fault.js';
import { logOf, serve } from './service.js';

export const simulate: Command = ({ environment, console }) => {
  const loaded = loadConfig(environment, readFileStart);
  if (loaded.kind !== 'config') return configFault(loaded, console);
  const { config } = loaded;
  const log = logOf(config);
  return serve({ config, log, stopping: 'stopping' }, async (signal) => {
    await runSimulation({ source: config.source, log }, signal);
    return true;
  });
};
