#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { runBlocker } from './blocker/blocker.js';
import { loadBansConfig } from './config/bans-config.js';
import { type BlockerConfig, loadBlockerConfig } from './config/blocker-config.js';
import { type ExporterConfig, type LoadResult, loadConfig } from './config/load-config.js';
import type { Loaded } from './config/read-settings.js';
import { renderEffective, renderHelp } from './config/render.js';
import { loadReplayConfig } from './config/replay-config.js';
import { readFileStart } from './config/text-file.js';
import { runDemo } from './demo/demo.js';
import { runSimulation } from './demo/simulate.js';
import { runExporter } from './exporter/exporter.js';
import { BANS_HELP, BANS_USAGE, bansArguments } from './operator/arguments.js';
import { runBans } from './operator/bans.js';
import { REPLAY_USAGE, replayArguments } from './replay/arguments.js';
import { type ReplayEnd, replayFiles } from './replay/replay.js';

const COMMANDS = ['run', 'demo', 'simulate', 'replay', 'blocker', 'bans', 'check-config', 'help', 'version'] as const;
type Command = (typeof COMMANDS)[number];

/** sysexits.h: the command was used wrongly; something is configured wrongly. */
const EXIT_USAGE = 64;
const EXIT_CONFIG = 78;
/** sysexits.h, but for the last: what a shell shows for a program that SIGINT has ended. */
const REPLAY_EXITS: Readonly<Record<ReplayEnd, number>> = {
  done: 0,
  'bad-data': 65,
  'no-input': 66,
  'no-blocker': 69,
  'no-socket': EXIT_CONFIG,
  interrupted: 130,
};

const USAGE = `asterisk-auth-stats: Asterisk's failed logins as StatsD meters

Usage: asterisk-auth-stats [command]

  run           read Asterisk and send meters, until SIGINT or SIGTERM (the default)
  demo          show it at work on a simulated PBX; also what runs when nothing is configured
  simulate      be that PBX alone: it listens on AMI_HOST and AMI_PORT, and takes the login that is configured
  replay        read logs or AMI recordings and report what would have been found, and banned:
                ${REPLAY_USAGE}
  blocker       the other process: have the kernel ban whom the exporter has decided to ban
  bans          see whom the blocker keeps out and have it keep out others; bans --help tells more:
                ${BANS_USAGE}
  check-config  print the effective settings and where each comes from; 78 if something is wrong;
                check-config blocker: those of the blocker
  help          this text (also --help)
  version       the version (also --version)

Settings are environment variables:
`;

const version: string = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;

async function main(args: readonly string[]): Promise<number> {
  const command = commandOf(args);
  if (command instanceof Error) {
    console.error(`asterisk-auth-stats: ${command.message}. Try: asterisk-auth-stats help`);
    return EXIT_USAGE;
  }
  switch (command) {
    case 'help':
      console.log(`${USAGE}\n${renderHelp()}`);
      return 0;
    case 'version':
      console.log(version);
      return 0;
    case 'check-config':
      return checkConfig((args.includes('blocker') ? loadBlockerConfig : loadConfig)(process.env, readFileStart));
    case 'demo':
      return demo();
    case 'simulate':
      return simulate(loadConfig(process.env, readFileStart));
    case 'replay':
      return replay(args.slice(1));
    case 'blocker':
      return blocker(loadBlockerConfig(process.env, readFileStart));
    case 'bans':
      return bans(args.slice(1));
    case 'run':
    case 'default':
      return run(loadConfig(process.env, readFileStart), command);
    /* c8 ignore next 2 */ // Never reached: the compiler asks for a case for each command.
    default:
      return command satisfies never;
  }
}

/** `default` is `run` that nobody asked for by name: it shows the demo when nothing is configured. */
function commandOf(args: readonly string[]): Command | 'default' | Error {
  // What stands behind it is its own, but for a cry for help.
  if (args[0] === 'replay') return args.some((word) => word === '--help' || word === '-h') ? 'help' : 'replay';
  if (args[0] === 'bans') return 'bans';
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
    return COMMANDS.find((command) => command === word) ?? new Error(`unknown command "${word}"`);
  } catch (error) {
    // parseArgs throws for an option that it does not know.
    return error as Error;
  }
}

async function run(loaded: LoadResult, command: 'run' | 'default'): Promise<number> {
  if (loaded.kind === 'nothing' && command === 'default') return demo();
  if (loaded.kind !== 'config') return checkConfig(loaded);
  const { config } = loaded;
  const log = logOf(config);
  log.info({ version, node: process.version, source: placeOf(config) }, 'starting');
  return serve({ config, log, stopping: 'stopping: sending what was counted' }, (signal) =>
    runExporter({ config, log, version }, signal),
  );
}

async function simulate(loaded: LoadResult): Promise<number> {
  if (loaded.kind !== 'config') return checkConfig(loaded);
  const { config } = loaded;
  const log = logOf(config);
  return serve({ config, log, stopping: 'stopping' }, async (signal) => {
    await runSimulation({ config, log }, signal);
    return true;
  });
}

async function blocker(loaded: Loaded<BlockerConfig>): Promise<number> {
  if (loaded.kind === 'faults') return checkConfig(loaded);
  const { config } = loaded;
  const log = logOf(config);
  log.info({ version, node: process.version, firewall: config.firewall }, 'starting');
  const stopping = config.blocker.flushOnStop ? 'stopping: the bans end' : 'stopping: the bans stay';
  return serve({ config, log, stopping }, (signal) => runBlocker({ config, log, version }, signal));
}

function logOf({ logLevel }: Pick<ExporterConfig, 'logLevel'>) {
  return pino({ level: logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime });
}

interface Service {
  readonly config: Pick<ExporterConfig, 'stopSeconds'>;
  readonly log: ReturnType<typeof logOf>;
  /** What the first signal is answered with. */
  readonly stopping: string;
}

/** Runs until a signal. @param program resolves to whether its stop left nothing undone. */
async function serve(
  { config, log, stopping }: Service,
  program: (signal: AbortSignal) => Promise<boolean>,
): Promise<number> {
  const signal = stopSignal(config.stopSeconds, (name) => log.info({ signal: name }, stopping));
  try {
    const isDone = await program(signal);
    log.info({ isDone }, 'stopped');
    return isDone ? 0 : 1;
  } catch (error) {
    log.fatal(error);
    return 1;
  }
}

function placeOf(config: ExporterConfig): string {
  return config.source === 'ami' ? `${config.ami.host}:${config.ami.port}` : config.log.file;
}

async function demo(): Promise<number> {
  // Whoever read the lines has seen enough, as `head` does.
  process.stdout.on('error', () => process.exit(0));
  await runDemo(
    { version, out: process.stdout, color: !process.env['NO_COLOR'] },
    stopSignal(5, () => undefined),
  );
  return 0;
}

async function replay(args: readonly string[]): Promise<number> {
  const wanted = replayArguments(args);
  if (wanted instanceof Error) {
    console.error(`asterisk-auth-stats: ${wanted.message}. Usage: ${REPLAY_USAGE}`);
    return EXIT_USAGE;
  }
  const loaded = loadReplayConfig(process.env, readFileStart);
  if (loaded.kind === 'faults') return checkConfig(loaded);
  process.stdout.on('error', () => process.exit(0));
  const { stdin, stdout: out, stderr: err } = process;
  const end = await replayFiles(
    { arguments: wanted, config: loaded.config, stdin, out, err, clock: Date.now },
    stopSignal(5, () => undefined),
  );
  return REPLAY_EXITS[end];
}

async function bans(args: readonly string[]): Promise<number> {
  const wanted = bansArguments(args);
  if (wanted instanceof Error) {
    console.error(`asterisk-auth-stats: ${wanted.message}. Usage: ${BANS_USAGE}`);
    return EXIT_USAGE;
  }
  if (wanted.command === 'help') {
    console.log(BANS_HELP);
    return 0;
  }
  const loaded = loadBansConfig(process.env, readFileStart);
  if (loaded.kind === 'faults') return checkConfig(loaded);
  const path = loaded.config.control.socket;
  process.stdout.on('error', () => process.exit(0));
  const { stdin, stdout, stderr } = process;
  return runBans({ arguments: wanted, path, stdin, stdout, stderr, now: Date.now });
}

function checkConfig(loaded: LoadResult | Loaded<object>): number {
  switch (loaded.kind) {
    case 'config':
      console.log(renderEffective(loaded.settings));
      return 0;
    case 'nothing':
      console.error(
        'asterisk-auth-stats: nothing is configured. Needed are AMI_HOST, AMI_USERNAME and AMI_SECRET, or SOURCE and LOG_FILE.',
      );
      return EXIT_CONFIG;
    case 'faults':
      console.error(
        `asterisk-auth-stats: the configuration is wrong:\n${loaded.faults.map((fault) => `  ${fault}`).join('\n')}`,
      );
      return EXIT_CONFIG;
    /* c8 ignore next 2 */ // Never reached: the compiler asks for a case for each kind.
    default:
      return loaded satisfies never;
  }
}

/** Aborted by the first SIGINT or SIGTERM. A second one, or the end of the grace time, ends the process with 1. */
function stopSignal(graceSeconds: number, onStop: (name: string) => void): AbortSignal {
  const controller = new AbortController();
  const giveUp = () => process.exit(1);
  const stop = (name: string) => {
    if (controller.signal.aborted) giveUp();
    onStop(name);
    controller.abort();
    // Longer than the last flush may take, which ends by itself and says so.
    setTimeout(giveUp, graceSeconds * 1000 + 2000).unref();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return controller.signal;
}

process.exitCode = await main(process.argv.slice(2));
