import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { startChild, tail } from './child.js';
import { CACHE, install, labPort } from './place.js';
import { until } from './until.js';

/** A running netdata that does nothing but take StatsD over UDP on 127.0.0.1. */
export interface Netdata {
  readonly port: number;
  /** The names that it has a chart of, with their kinds: `security.findings.storm` is a `counter`. */
  charts(): Promise<ReadonlyMap<string, string>>;
  stop(): Promise<unknown>;
}

const ROOT = `${CACHE}netdata`;

/** Installs netdata where it is missing and starts it with nothing counted. */
export async function startNetdata(): Promise<Netdata> {
  const [port, webPort] = [labPort(41), labPort(42)];
  const state = `${CACHE}netdata-state`;
  const logFile = `${CACHE}netdata.log`;
  install('install-unpacked.sh', 'netdata-core', ROOT);
  rmSync(state, { recursive: true, force: true });
  for (const folder of ['', '/cache', '/lib', '/log', '/plugins']) mkdirSync(`${state}${folder}`);
  writeFileSync(`${state}/netdata.conf`, configuration(state, port, webPort));
  const command = [`${ROOT}/usr/sbin/netdata`, '-D', '-c', `${state}/netdata.conf`, '-P', `${state}/pid`];
  // Without a HOME it goes to /var/lib/netdata, which only an installed package has.
  const child = startChild(command, { env: { PATH: process.env['PATH'], HOME: state }, logFile });
  const charts = async () => {
    const response = await fetch(`http://127.0.0.1:${webPort}/api/v1/charts`);
    const answer = (await response.json()) as { readonly charts: Readonly<Record<string, { readonly title: string }>> };
    const titles = Object.values(answer.charts).map(({ title }) => title);
    const found = titles.map((title) => /^statsd private chart for (\w+) (\S+) /.exec(title) ?? []);
    return new Map(found.map(([, kind = '', name = '']) => [name, kind] as const).filter(([name]) => name !== ''));
  };
  const up = until('netdata up', async () => {
    if (child.exitCode() !== null) throw new Error(`netdata ended:\n${tail(logFile)}`);
    return charts().catch(() => null);
  });
  await up.catch(async (error) => {
    await child.stop();
    throw error;
  });
  return { port, charts, stop: child.stop };
}

function configuration(state: string, port: number, webPort: number): string {
  return `[global]
  run as user = root
[directories]
  config = ${state}
  stock config = ${ROOT}/usr/lib/netdata/conf.d
  log = ${state}/log
  web = ${state}
  cache = ${state}/cache
  lib = ${state}/lib
  plugins = ${state}/plugins
[db]
  mode = ram
[web]
  bind to = 127.0.0.1:${webPort}
[plugins]
  enable running new plugins = no
  proc = no
  diskspace = no
  cgroups = no
  tc = no
  idlejitter = no
  timex = no
  netdata monitoring = no
  statsd = yes
[health]
  enabled = no
[ml]
  enabled = no
[statsd]
  bind to = udp:127.0.0.1:${port}
  create private charts for metrics matching = *
`;
}
