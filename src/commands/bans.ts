import { controlSocket } from '../config/control-socket.js';
import { readFileStart } from '../config/text-file.js';
import { bansArguments } from '../operator/arguments.js';
import { runBans } from '../operator/bans.js';
import { BANS_HELP, BANS_USAGE } from '../operator/usage.js';
import { type Command, EXIT_USAGE } from './command.js';
import { configFault } from './config-fault.js';
import { endUnread } from './end-unread.js';

export const bans: Command = async ({ args, environment, streams: { stdin, stdout, stderr }, console }) => {
  const wanted = bansArguments(args);
  if (wanted instanceof Error) {
    console.error(`asterisk-auth-stats: ${wanted.message}. Usage: ${BANS_USAGE}`);
    return EXIT_USAGE;
  }
  if (wanted.command === 'help') {
    console.log(BANS_HELP);
    return 0;
  }
  const socket = await controlSocket(environment, readFileStart);
  if (socket.kind === 'faults') return configFault(socket, console);
  const { path } = socket;
  endUnread(stdout);
  return runBans({ arguments: wanted, path, stdin, stdout, stderr, now: Date.now });
};
