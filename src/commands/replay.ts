import { loadReplayConfig } from '../config/replay-config.js';
import { readFileStart } from '../config/text-file.js';
import { replayArguments } from '../replay/arguments.js';
import { type ReplayEnd, replayFiles } from '../replay/replay.js';
import { REPLAY_USAGE } from '../replay/usage.js';
import { type Command, EXIT_CONFIG, EXIT_USAGE } from './command.js';
import { configFault } from './config-fault.js';
import { endUnread } from './end-unread.js';
import { untilStopped } from './until-stopped.js';

/** sysexits.h, but for the last: what a shell shows for a program that SIGINT has ended. */
const EXITS: Readonly<Record<ReplayEnd, number>> = {
  done: 0,
  'bad-data': 65,
  'no-input': 66,
  'no-blocker': 69,
  'no-socket': EXIT_CONFIG,
  interrupted: 130,
};
const STOP_SECONDS = 5;

export const replay: Command = async ({ args, environment, streams, console }) => {
  const wanted = replayArguments(args);
  if (wanted instanceof Error) {
    console.error(`asterisk-auth-stats: ${wanted.message}. Usage: ${REPLAY_USAGE}`);
    return EXIT_USAGE;
  }
  const loaded = loadReplayConfig(environment, readFileStart);
  if (loaded.kind === 'faults') return configFault(loaded, console);
  const { stdin, stdout: out, stderr: err } = streams;
  endUnread(out);
  const options = { arguments: wanted, config: loaded.config, stdin, out, err, clock: Date.now };
  return EXITS[await untilStopped(STOP_SECONDS, (signal) => replayFiles(options, signal))];
};
