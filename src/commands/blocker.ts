import { runBlocker } from '../blocker/blocker.js';
import { loadBlockerConfig } from '../config/blocker-config.js';
import { readFileStart } from '../config/text-file.js';
import type { Command } from './command.js';
import { configFault } from './config-fault.js';
import { packageVersion } from './package-version.js';
import { logOf, serve } from './service.js';

export const blocker: Command = ({ environment, console }) => {
  const loaded = loadBlockerConfig(environment, readFileStart);
  if (loaded.kind === 'faults') return configFault(loaded, console);
  const { config } = loaded;
  const log = logOf(config);
  const version = packageVersion();
  log.info({ version, node: process.version, firewall: config.firewall }, 'starting');
  const stopping = config.flushOnStop ? 'stopping: the bans end' : 'stopping: the bans stay';
  return serve({ config, log, stopping }, (signal) => runBlocker({ config, log, version }, signal));
};
