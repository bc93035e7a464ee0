import { loadBansConfig } from '../config/bans-config.js';
import { readFileStart } from '../config/text-file.js';
import { bansArguments } from '../operator/arguments.js';
import { runBans } from '../operator/bans.js';
import { BANS_HELP, BANS_USAGE } from '../operator/usage.js';
import { type Command, EXIT_USAGE } from './command.js';
import { configFault } from './config-fault.js';
import { endUnread } from './end-unread.js';

export const bans: Command = async (call) => {
  const wanted = bansArguments(call.args);
  if (wanted instanceof Error) {
    call.console.error(`asterisk-auth-stats: ${wanted.message}. Usage: ${BANS_USAGE}`);
    return EXIT_USAGE;
  }
  if (wanted.command === 'help') {
    call.console.log(BANS_HELP);
    return 0;
  }
  const loaded = loadBansConfig(call.environment, readFileStart);
  if (loaded.kind === 'faults') return configFault(loaded, call.console);
  const { streams } = call;
  endUnread(streams.stdout);
  return runBans({
    arguments: wanted,
    path: loaded.config.control.socket,
    now: Date.now,
    stdout: streams.stdout,
    // Opened when they are used, since each takes time.
    get stdin() {
      return streams.stdin;
    },
    get stderr() {
      return streams.stderr;
    },
  });
};
