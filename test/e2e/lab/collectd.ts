import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { startChild, tail } from './child.js';
import { CACHE, install, labPort } from './place.js';
import { until } from './until.js';

/** A running collectd with its statsd plugin, which takes UDP on 127.0.0.1. */
export interface Collectd {
  readonly port: number;
  /** The sum of each counter since the start, by its name; collectd writes `_` for `/`. As new as one second. */
  sums(): ReadonlyMap<string, number>;
  /** What it could not read, the first 63 bytes of each line. */
  refused(): readonly string[];
  stop(): Promise<unknown>;
}

const ROOT = `${CACHE}collectd`;

/** Installs collectd where it is missing and starts it with nothing counted. */
export async function startCollectd(): Promise<Collectd> {
  const port = labPort(40);
  const state = `${CACHE}collectd-state`;
  const logFile = `${CACHE}collectd.log`;
  install('install-unpacked.sh', 'collectd-core', ROOT);
  rmSync(state, { recursive: true, force: true });
  mkdirSync(state);
  writeFileSync(`${state}/collectd.conf`, configuration(state, port));
  const command = [`${ROOT}/usr/sbin/collectd`, '-f', '-C', `${state}/collectd.conf`];
  const child = startChild(command, { env: { PATH: process.env['PATH'] }, logFile });
  const log = () => readFileSync(logFile, 'utf8');
  await until('collectd up', () => {
    if (child.exitCode() !== null) throw new Error(`collectd ended:\n${tail(logFile)}`);
    return log().includes(`Listening on [127.0.0.1]:${port}`) ? true : null;
  });
  const folder = `${state}/csv/lab/statsd`;
  return {
    port,
    sums: () => {
      const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.startsWith('count-')) : [];
      // A file a day, each line a time and the sum as it was then.
      return new Map(
        files.sort().map((file) => {
          const last = readFileSync(`${folder}/${file}`, 'utf8').trimEnd().split('\n').at(-1);
          return [file.slice('count-'.length, -'-2026-01-01'.length), Number(last?.split(',')[1])] as const;
        }),
      );
    },
    refused: () => Array.from(log().matchAll(/Unable to parse line: "(.*)"$/gm), ([, line = '']) => line),
    stop: child.stop,
  };
}

/** The csv plugin refuses a path with a folder that begins with a dot, so that its own is told from BaseDir on. */
function configuration(state: string, port: number): string {
  return `Hostname "lab"
FQDNLookup false
BaseDir "${state}"
PIDFile "${state}/pid"
PluginDir "${ROOT}/usr/lib/collectd"
TypesDB "${ROOT}/usr/share/collectd/types.db"
Interval 1
LoadPlugin logfile
<Plugin logfile>
  LogLevel info
  File stdout
</Plugin>
LoadPlugin csv
<Plugin csv>
  DataDir "csv"
</Plugin>
LoadPlugin statsd
<Plugin statsd>
  Host "127.0.0.1"
  Port "${port}"
  CounterSum true
</Plugin>
`;
}
