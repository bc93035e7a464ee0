import { Console } from 'node:console';
import { parseArgs } from 'node:util';
import type { Environment } from '../config/unknown-variables.js';
import { type Call, type Command, EXIT_USAGE, type Streams } from './command.js';

/** Each loads its own code only: the blocker has none that reads what attackers write, and `version` has next to none. */
const COMMANDS = {
  run: async () => (await import('./run.js')).run,
  demo: async () => (await import('./demo.js')).demo,
  simulate: async () => (await import('./simulate.js')).simulate,
  replay: async () => (await import('./replay.js')).replay,
  blocker: async () => (await import('./blocker.js')).blocker,
  bans: async () => (await import('./bans.js')).bans,
  trust: async () => (await import('./trust.js')).trust,
  doctor: async () => (await import('./doctor.js')).doctor,
  'check-config': async () => (await import('./check-config.js')).checkConfig,
  help: async () => (await import('./help.js')).help,
  version: async () => (await import('./version.js')).version,
} as const satisfies Readonly<Record<string, () => Promise<Command>>>;
type Name = keyof typeof COMMANDS;

/** `run` that nobody asked for by name: it shows the demo when nothing is configured. */
const runOrDemo = async (): Promise<Command> => (await import('./run-or-demo.js')).runOrDemo;

/** Does what the command line asks for. @returns the exit code. */
export async function main(args: readonly string[], environment: Environment, streams: Streams): Promise<number> {
  const call: Call = {
    args: args.slice(1),
    environment,
    streams,
    // Made when there is something to say, since each of process's streams takes time to open.
    get console() {
      return new Console(streams.stdout, streams.stderr);
    },
  };
  const name = nameOf(args);
  if (name instanceof Error) {
    call.console.error(`asterisk-auth-stats: ${name.message}. Try: asterisk-auth-stats help`);
    return EXIT_USAGE;
  }
  const command = await (name === 'default' ? runOrDemo : COMMANDS[name])();
  return command(call);
}

function nameOf(args: readonly string[]): Name | 'default' | Error {
  // What stands behind it is its own, but for a cry for help.
  if (args[0] === 'replay') return args.some((word) => word === '--help' || word === '-h') ? 'help' : 'replay';
  if (args[0] === 'bans' || args[0] === 'trust' || args[0] === 'doctor') return args[0];
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { help: { type: 'boolean', short: 'h' }, version: { type: 'boolean', short: 'v' } },
      allowPositionals: true,
    });
    if (values.help) return 'help';
    if (values.version) return 'version';
    if (positionals.join(' ') === 'check-config blocker') return 'check-config';
    if (positionals.length > 1) return new Error(`one command at a time, not "${positionals.join(' ')}"`);
    const [word] = positionals;
    if (word === undefined) return 'default';
    return isName(word) ? word : new Error(`unknown command "${word}"`);
  } catch (error) {
    // parseArgs throws for an option that it does not know.
    return error as Error;
  }
}

function isName(word: string): word is Name {
  return Object.hasOwn(COMMANDS, word);
}
