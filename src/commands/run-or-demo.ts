import { loadConfig } from '../config/load-config.js';
import { readFileStart } from '../config/text-file.js';
import type { Command } from './command.js';

export const runOrDemo: Command = async (call) => {
  const loaded = loadConfig(call.environment, readFileStart);
  if (loaded.kind === 'nothing') return (await import('./demo.js')).demo(call);
  return (await import('./run.js')).runLoaded(loaded, call);
};
