import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { type Child, startChild, tail } from './child.js';
import { CACHE, install, labFile, labPort } from './place.js';
import { until } from './until.js';

/** A running statsd of etsy's, which takes UDP on 127.0.0.1. */
export interface Statsd {
  readonly port: number;
  /**
   * The sums of all counters since its start. Meters of type `m` are counters to statsd, and its names have `-` for `/`.
   * Its own counters (`statsd.*`) are among them.
   */
  counters(): Promise<ReadonlyMap<string, number>>;
  gauges(): Promise<ReadonlyMap<string, number>>;
  stop(): Promise<void>;
}

export const STATSD_FOLDER = `${CACHE}statsd`;
/** Longer than any test, since statsd forgets its counters when it flushes. */
const NEVER_MS = 24 * 3600 * 1000;

/** Installs statsd where it is missing and starts it with nothing counted. One can run at a time, beside that of `startGraphite`. */
export async function startStatsd(): Promise<Statsd> {
  const port = labPort(0);
  const adminPort = labPort(1);
  const child = await runStatsd('statsd', { port, mgmt_port: adminPort, flushInterval: NEVER_MS, backends: [] });
  return {
    port,
    counters: () => ask(adminPort, 'counters'),
    gauges: () => ask(adminPort, 'gauges'),
    stop: async () => {
      await child.stop();
    },
  };
}

/** Runs statsd under a configuration of its own words, and waits until it is up. */
export async function runStatsd(
  name: string,
  config: { readonly mgmt_port: number } & Readonly<Record<string, unknown>>,
): Promise<Child> {
  install('install-graphite.sh', STATSD_FOLDER);
  const configFile = `${CACHE}${name}.config.js`;
  const logFile = `${CACHE}${name}.log`;
  const local = { address: '127.0.0.1', mgmt_address: '127.0.0.1', automaticConfigReload: false };
  writeFileSync(configFile, JSON.stringify({ ...local, ...config }));
  const program = `${STATSD_FOLDER}/node_modules/statsd/stats.js`;
  const child = startChild([process.execPath, '--require', labFile('statsd-shim.cjs'), program, configFile], {
    env: { PATH: process.env['PATH'] },
    logFile,
  });
  const up = until(`${name} up`, async () => {
    if (child.exitCode() !== null) throw new Error(`${name} ended:\n${tail(logFile)}`);
    const health = await converse(config.mgmt_port, 'health').catch(() => '');
    return health.includes('health: up') ? true : null;
  });
  await up.catch(async (error) => {
    await child.stop();
    throw error;
  });
  return child;
}

/** One question to statsd's admin port, and its answer. */
async function converse(port: number, question: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  try {
    socket.write(`${question}\n`);
    let answer = '';
    while (!/^(?:END|health: \w+)$/m.test(answer)) {
      const [chunk] = (await once(socket, 'data', { signal: AbortSignal.timeout(5000) })) as [Buffer];
      answer += chunk.toString();
    }
    return answer;
  } finally {
    socket.destroy();
  }
}

/** Reads what util.inspect made of an object of numbers: `{ 'a.b': 1, c: 2 }`. */
async function ask(port: number, question: 'counters' | 'gauges'): Promise<ReadonlyMap<string, number>> {
  const answer = await converse(port, question);
  const pairs = answer.matchAll(/(?:'([^']+)'|(\w+)): (-?\d+(?:\.\d+)?)/g);
  return new Map(Array.from(pairs, ([, quoted, plain, value]) => [quoted ?? plain ?? '', Number(value)]));
}
