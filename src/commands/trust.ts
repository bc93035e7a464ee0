import { readFileStart } from '../config/text-file.js';
import { loadTrustConfig } from '../config/trust-config.js';
import { runTrust } from '../operator/trust.js';
import { trustArguments } from '../operator/trust-arguments.js';
import { TRUST_HELP, TRUST_USAGE } from '../operator/usage.js';
import { type Command, EXIT_CONFIG, EXIT_USAGE } from './command.js';
import { configFault } from './config-fault.js';
import { endUnread } from './end-unread.js';

export const trust: Command = ({ args, environment, streams, console }) => {
  const wanted = trustArguments(args);
  if (wanted instanceof Error) {
    console.error(`asterisk-auth-stats: ${wanted.message}. Usage: ${TRUST_USAGE}`);
    return EXIT_USAGE;
  }
  if (wanted.command === 'help') {
    console.log(TRUST_HELP);
    return 0;
  }
  const loaded = loadTrustConfig(environment, readFileStart);
  if (loaded.kind === 'faults') return configFault(loaded, console);
  const { stateDir: directory } = loaded.config;
  if (directory === null) {
    console.error('asterisk-auth-stats: STATE_DIR is missing: set it to that of the exporter, which looks there');
    return EXIT_CONFIG;
  }
  endUnread(streams.stdout);
  return runTrust({ arguments: wanted, directory, console, now: Date.now });
};
