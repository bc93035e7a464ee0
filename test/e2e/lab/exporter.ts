import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Decision } from '../../../src/domain/decision.js';
import type { Finding } from '../../../src/domain/finding.js';
import { AMI_SECRET } from './asterisk.js';
import { type Child, startChild, tail } from './child.js';
import { type Memory, memoryOf } from './memory-of.js';
import { CACHE, labPort } from './place.js';
import { until } from './until.js';

/** The built program; DIST names another one. */
export const PROGRAM = process.env['DIST'] ?? fileURLToPath(new URL('../../../dist/cli.js', import.meta.url));

/** pino's numbers. */
export const WARN = 40;

/** One line of the program's log; more fields than these, by line. */
interface LogLine {
  readonly level: number;
  readonly msg: string;
  /** Why the source changed its state, where that is what the line tells. */
  readonly reason?: string;
  /** Where the line tells a finding: it, with its times in ISO 8601. */
  readonly finding?: Omit<Finding, 'at' | 'since'>;
  readonly decision?: Decision;
}

export interface Exporter {
  readonly ended: Child['ended'];
  /** Waits until it says over HTTP that security events reach it. */
  hearing(): Promise<void>;
  /** Every line so far. */
  log(): readonly LogLine[];
  /** Every line so far as it was written, to look for what must not be there. */
  logText(): string;
  /** Waits for a line that `matches`. */
  logged(what: string, matches: (line: LogLine) => boolean, seconds?: number): Promise<LogLine>;
  signal(name: NodeJS.Signals): void;
  memory(): Memory;
  stop(): Promise<number | null>;
}

/** Starts the program as its users do: environment in, JSON lines out. `settings` go over what fits the lab. */
export function startExporter(
  { ports: { ami }, inside = [] }: { readonly ports: { readonly ami: number }; readonly inside?: readonly string[] },
  { port }: { readonly port: number },
  settings: Readonly<Record<string, string | number>> = {},
): Exporter {
  const logFile = `${CACHE}exporter.log`;
  const httpPort = labPort(20);
  const env = {
    PATH: process.env['PATH'] ?? '',
    AMI_HOST: '127.0.0.1',
    AMI_PORT: ami,
    AMI_USERNAME: 'exporter',
    AMI_SECRET,
    AMI_RECONNECT_MAX_SECONDS: 1,
    STATSD_HOST: '127.0.0.1',
    STATSD_PORT: port,
    FLUSH_MS: 200,
    HTTP_PORT: httpPort,
    LOG_LEVEL: 'debug',
    ...settings,
  };
  const child = startChild([...inside, process.execPath, PROGRAM], {
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)])),
    logFile,
  });
  const wait = <T>(what: string, probe: () => T | null | Promise<T | null>, seconds?: number) =>
    until(
      what,
      () => {
        if (child.exitCode() !== null)
          throw new Error(`the exporter ended with ${child.exitCode()}:\n${tail(logFile)}`);
        return probe();
      },
      seconds,
    );
  const logText = () => readFileSync(logFile, 'utf8');
  const log = () =>
    logText()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as LogLine);
  return {
    ended: child.ended,
    hearing: async () => {
      await wait('the exporter hears', async () => {
        const response = await fetch(`http://127.0.0.1:${httpPort}/metrics`).catch(() => null);
        return /^asterisk_auth_stats_hearing 1$/m.test((await response?.text()) ?? '') ? true : null;
      });
    },
    log,
    logText,
    logged: (what, matches, seconds) => wait(what, () => log().find(matches) ?? null, seconds),
    signal: child.signal,
    memory: () => memoryOf(child.pid),
    stop: child.stop,
  };
}
