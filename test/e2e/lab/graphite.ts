import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { runInNewContext } from 'node:vm';
import { startChild, tail } from './child.js';
import { type Memory, memoryOf } from './memory-of.js';
import { CACHE, install, labFile, labPort } from './place.js';
import { runStatsd, STATSD_FOLDER, type Statsd, startStatsd } from './statsd.js';
import { until } from './until.js';

export interface GraphiteSeries {
  readonly target: string;
  /** Value, null where there is none, and its time in seconds since the Unix epoch. */
  readonly datapoints: readonly (readonly [number | null, number])[];
}

/** statsd, carbon and graphite-web in a row; `counters` and `gauges` are those of a second statsd that gets every packet too. */
export interface Graphite extends Statsd {
  /** Where graphite-web answers: `http://127.0.0.1:31014`. */
  readonly web: string;
  /** Where carbon keeps its files, one for each series: `a.b.count` in `a/b/count.wsp`. */
  readonly whisper: string;
  /** By the program's name: `statsd`, `carbon`, `graphite-web`. */
  memory(): Readonly<Record<string, Memory>>;
  /** What a target renders, with every point that was stored. @throws where Graphite refuses the target */
  render(target: string): Promise<readonly GraphiteSeries[]>;
  /** The sum over the whole run of each series that fits the pattern, by its name. */
  sums(pattern: string): Promise<ReadonlyMap<string, number>>;
}

/** What we tell others to run, in docker/graphite. */
const SHIPPED = fileURLToPath(new URL('../../../docker/graphite/', import.meta.url));

export interface GraphiteOptions {
  /** In whole seconds. */
  readonly flushMs?: number;
  /** With the configuration of docker/graphite, but for ports and the flush interval, instead of the lab's own. */
  readonly isShipped?: boolean;
  /** Whether carbon tells graphite-web of the tags of its series, so that `seriesByTag` finds them. */
  readonly tags?: boolean;
}

/** Installs what is missing and starts the chain with nothing stored. */
export async function startGraphite(options: GraphiteOptions = {}): Promise<Graphite> {
  const { flushMs = 1000, isShipped = false, tags = false } = options;
  const port = labPort(10);
  const ports = { line: labPort(11), pickle: labPort(12), query: labPort(13), web: labPort(14), admin: labPort(15) };
  const state = `${CACHE}graphite`;
  install('install-graphite.sh', STATSD_FOLDER);
  configure(state, { ...ports, state, flushSeconds: flushMs / 1000, tags: tags ? 'True' : 'False' });
  if (isShipped) useShipped(state, flushMs);

  const stops: (() => Promise<unknown>)[] = [];
  const pids = new Map<string, number>();
  const stop = async () => {
    await Promise.all(stops.map((end) => end()));
  };
  try {
    // Debian's packages belong to Debian's Python, whichever comes first on the path.
    const python = '/usr/bin/python3';
    const env = {
      PATH: process.env['PATH'],
      PYTHONPATH: `${state}/conf`,
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHONWARNINGS: 'ignore',
      DJANGO_SETTINGS_MODULE: 'graphite.settings',
      GRAPHITE_SETTINGS_MODULE: 'e2e_settings',
    };
    const run = async (name: string, command: readonly string[], ready: () => Promise<boolean>) => {
      const logFile = `${CACHE}${name}.log`;
      const child = startChild([python, ...command], { env, logFile });
      pids.set(name, child.pid);
      // What they hold is thrown away, so nobody waits until they have written it.
      stops.push(() => {
        child.signal('SIGKILL');
        return child.ended;
      });
      await until(`${name} up`, async () => {
        if (child.exitCode() !== null) throw new Error(`${name} ended:\n${tail(logFile)}`);
        return (await ready().catch(() => false)) ? true : null;
      });
    };
    const database = `${state}/graphite.db`;
    if (!existsSync(database)) {
      await promisify(execFile)(python, ['-m', 'django', 'migrate', '--run-syncdb'], { env });
    }
    const web = `http://127.0.0.1:${ports.web}`;
    const carbon = ['/usr/bin/carbon-cache', `--config=${state}/conf/carbon.conf`, '--nodaemon', 'start'];
    await run('carbon', carbon, async () => {
      const socket = connect(ports.query, '127.0.0.1');
      await once(socket, 'connect');
      socket.destroy();
      return true;
    });
    await run('graphite-web', ['-m', 'django', 'runserver', '--noreload', `127.0.0.1:${ports.web}`], async () => {
      return (await fetch(`${web}/version/`)).ok;
    });

    const totals = await startStatsd();
    stops.push(totals.stop);
    const statsd = await runStatsd('statsd-graphite', {
      ...(isShipped ? shippedStatsd() : { deleteIdleStats: true, graphite: { legacyNamespace: false } }),
      port,
      mgmt_port: ports.admin,
      flushInterval: flushMs,
      graphiteHost: '127.0.0.1',
      graphitePort: ports.line,
      backends: ['./backends/graphite', './backends/repeater'],
      repeater: [{ host: '127.0.0.1', port: totals.port }],
    });
    stops.push(statsd.stop);
    pids.set('statsd', statsd.pid);
    const render = async (target: string) => {
      const query = new URLSearchParams({ target, from: '-1h', format: 'json' });
      const response = await fetch(`${web}/render?${query}`);
      if (!response.ok) throw new Error(`Graphite answers ${response.status} for ${target}`);
      return (await response.json()) as readonly GraphiteSeries[];
    };
    return {
      ...totals,
      web,
      whisper: `${state}/whisper`,
      memory: () => Object.fromEntries(Array.from(pids, ([name, pid]) => [name, memoryOf(pid)])),
      port,
      stop,
      render,
      sums: async (pattern) => {
        const series = await render(`summarize(${pattern},"1h","sum",true)`);
        return new Map(
          series.map(({ target, datapoints }) => [
            target.replace(/^summarize\(([^,]+),.*$/, '$1'),
            datapoints.reduce((sum, [value]) => sum + (value ?? 0), 0),
          ]),
        );
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function configure(state: string, values: Readonly<Record<string, string | number>>): void {
  for (const folder of ['whisper', 'conf', 'log']) {
    rmSync(`${state}/${folder}`, { recursive: true, force: true });
    mkdirSync(`${state}/${folder}`, { recursive: true });
  }
  for (const name of readdirSync(labFile('graphite'))) {
    const template = readFileSync(labFile(`graphite/${name}`), 'utf8');
    writeFileSync(
      `${state}/conf/${name}`,
      template.replace(/@(\w+)@/g, (_, key: string) => String(values[key])),
    );
  }
}

/** Carbon's configuration as it is shipped; the first retention follows the flush interval, as it says itself. */
function useShipped(state: string, flushMs: number): void {
  for (const name of ['storage-schemas.conf', 'storage-aggregation.conf']) {
    const text = readFileSync(`${SHIPPED}${name}`, 'utf8');
    writeFileSync(`${state}/conf/${name}`, text.replaceAll(' 10s:', ` ${flushMs / 1000}s:`));
  }
  writeFileSync(
    `${state}/conf/carbon.conf`,
    `${readFileSync(`${state}/conf/carbon.conf`, 'utf8').replace('MINUTE = inf', 'MINUTE = 50')}`,
  );
  const creates = { PATH: process.env['PATH'], CARBON_CONF: `${state}/conf/carbon.conf` };
  execFileSync('sh', [`${SHIPPED}run_once/zz-carbon-creates`], { env: creates });
}

function shippedStatsd(): Readonly<Record<string, unknown>> {
  return runInNewContext(`config = ${readFileSync(`${SHIPPED}statsd-udp.js`, 'utf8')}`) as Record<string, unknown>;
}
