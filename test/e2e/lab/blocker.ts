import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { type Child, startChild, tail } from './child.js';
import { PROGRAM } from './exporter.js';
import { CACHE, install } from './place.js';
import { until } from './until.js';

/** A running blocker with nftables, and where it is asked. */
export interface Blocker {
  /** The setting DECISION_SOCKET of the exporter. */
  readonly decisionSocket: string;
  /** What the command `bans` with these words says. */
  bans(...words: readonly string[]): Promise<string>;
  logText(): string;
  stop(): Promise<number | null>;
}

/** Starts it where `inside` says, with an empty state; resolves once it listens. */
export async function startBlocker(
  inside: readonly string[],
  settings: Readonly<Record<string, string | number>> = {},
): Promise<Blocker> {
  install('install-nftables.sh');
  // Not in the cache: the path of a Unix socket has 107 bytes at most.
  const folder = mkdtempSync(`${tmpdir()}/e2e-blocker-`);
  const decisionSocket = `${folder}/decisions.sock`;
  const logFile = `${CACHE}blocker.log`;
  const env = {
    PATH: process.env['PATH'] ?? '',
    FIREWALL: 'nftables',
    DECISION_SOCKET: decisionSocket,
    CONTROL_SOCKET: `${folder}/control.sock`,
    STATE_DIR: `${folder}/state`,
    ...settings,
  };
  const texts = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)]));
  const child = startChild([...inside, process.execPath, PROGRAM, 'blocker'], { env: texts, logFile });
  const stop = async () => {
    const code = await child.stop();
    rmSync(folder, { recursive: true, force: true });
    return code;
  };
  await until('the blocker listens', () => listens(child, decisionSocket, logFile)).catch(async (error) => {
    await stop();
    throw error;
  });
  return {
    decisionSocket,
    bans: (...words) => runBans(words, texts),
    logText: () => readFileSync(logFile, 'utf8'),
    stop,
  };
}

function listens(child: Child, socket: string, logFile: string): true | null {
  if (child.exitCode() !== null) throw new Error(`the blocker ended with ${child.exitCode()}:\n${tail(logFile)}`);
  return existsSync(socket) ? true : null;
}

async function runBans(words: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const logFile = `${CACHE}bans.log`;
  const code = await startChild([process.execPath, PROGRAM, 'bans', ...words], { env, logFile }).ended;
  const text = readFileSync(logFile, 'utf8');
  if (code !== 0) throw new Error(`bans ${words.join(' ')} ended with ${code}:\n${text}`);
  return text;
}
