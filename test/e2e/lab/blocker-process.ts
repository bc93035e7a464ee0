import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ControlClient } from '../../../src/operator/client.js';
import { type Child, startChild, tail } from './child.js';
import { until } from './until.js';

/** The built program. */
const PROGRAM = fileURLToPath(new URL('../../../dist/cli.js', import.meta.url));

interface BlockerLine {
  readonly level: number;
  readonly msg: string;
  readonly bans?: number;
  readonly reason?: string;
}

/** Where a blocker keeps what is its own; short, for a socket's path is cut behind 107 bytes. */
export interface BlockerPlace {
  readonly directory: string;
  readonly decisions: string;
  readonly control: string;
  remove(): void;
}

export function makePlace(): BlockerPlace {
  const directory = mkdtempSync(join(tmpdir(), 'blocker-'));
  mkdirSync(join(directory, 'state'));
  return {
    directory,
    decisions: join(directory, 'decisions'),
    control: join(directory, 'control'),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

export interface Blocker {
  readonly child: Child;
  readonly place: BlockerPlace;
  log(): readonly BlockerLine[];
  logText(): string;
  /** Waits for a line that `matches`. */
  logged(what: string, matches: (line: BlockerLine) => boolean, seconds?: number): Promise<BlockerLine>;
  /** Waits until operators can talk to it. */
  listening(): Promise<void>;
  /** Somebody who talks to it; to be closed. */
  client(): Promise<ControlClient>;
}

export interface BlockerOptions {
  readonly place: BlockerPlace;
  /** The name of the namespace that it runs in. */
  readonly namespace: string;
  readonly settings?: Readonly<Record<string, string | number>>;
  /** Goes in front of it: setpriv and its like. */
  readonly by?: readonly string[];
}

/** Starts the program as its users do, in a network namespace. */
export function startBlocker({ place, namespace, settings = {}, by = [] }: BlockerOptions): Blocker {
  const logFile = join(place.directory, 'log');
  const env = {
    PATH: process.env['PATH'] ?? '',
    FIREWALL: 'nftables',
    DECISION_SOCKET: place.decisions,
    CONTROL_SOCKET: place.control,
    STATE_DIR: join(place.directory, 'state'),
    BLOCKER_VERIFY_SECONDS: 1,
    ...settings,
  };
  const command = ['nsenter', `--net=/run/netns/${namespace}`, ...by, process.execPath, PROGRAM, 'blocker'];
  const child = startChild(command, {
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)])),
    logFile,
  });
  const logText = () => readFileSync(logFile, 'utf8');
  const log = () =>
    logText()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as BlockerLine);
  const wait = <T>(what: string, probe: () => T | null | Promise<T | null>, seconds?: number) =>
    until(
      what,
      () => {
        if (child.exitCode() !== null) throw new Error(`the blocker ended with ${child.exitCode()}:\n${tail(logFile)}`);
        return probe();
      },
      seconds,
    );
  return {
    child,
    place,
    log,
    logText,
    logged: (what, matches, seconds) => wait(what, () => log().find(matches) ?? null, seconds),
    listening: async () => {
      await wait('the blocker listens', () => canConnect(place.control));
    },
    client: () => ControlClient.open({ path: place.control }),
  };
}

async function canConnect(path: string): Promise<true | null> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(null));
  });
}
