import { parseArgs } from 'node:util';
import { loadBansConfig } from '../config/bans-config.js';
import { loadConfig } from '../config/load-config.js';
import { readFileStart } from '../config/text-file.js';
import { runDoctor } from '../doctor/doctor.js';
import { DOCTOR_HELP, DOCTOR_USAGE } from '../doctor/usage.js';
import { type Command, EXIT_USAGE } from './command.js';
import { configFault } from './config-fault.js';
import { endUnread } from './end-unread.js';
import { untilStopped } from './until-stopped.js';

const STOP_SECONDS = 5;

export const doctor: Command = async ({ args, environment, streams, console }) => {
  const wanted = wantedOf(args);
  if (wanted instanceof Error) {
    console.error(`asterisk-auth-stats: ${wanted.message}. Usage: ${DOCTOR_USAGE}`);
    return EXIT_USAGE;
  }
  if (wanted.help) {
    console.log(DOCTOR_HELP);
    return 0;
  }
  const loaded = loadConfig(environment, readFileStart);
  if (loaded.kind !== 'config') return configFault(loaded, console);
  const bans = loadBansConfig(environment, readFileStart);
  if (bans.kind === 'faults') return configFault(bans, console);
  const { stdout } = streams;
  endUnread(stdout);
  const options = {
    config: loaded.config,
    controlSocket: bans.config.control.socket,
    terminal: environment['SSH_CONNECTION'] ?? environment['SSH_CLIENT'] ?? null,
    logs: wanted.logs,
    json: wanted.json,
    now: Date.now,
    write: (text: string) => stdout.write(text),
  };
  return (await untilStopped(STOP_SECONDS, (signal) => runDoctor(options, signal))) ? 0 : 1;
};

function wantedOf(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        logs: { type: 'string', default: '/var/log/asterisk' },
      },
    });
    return values;
  } catch (error) {
    // parseArgs throws for a word that it does not know.
    return error as Error;
  }
}
