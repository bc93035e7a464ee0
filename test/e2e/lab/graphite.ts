import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { startChild, tail } from './child.js';
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
  /** What a target renders, with every point that was stored. @throws where Graphite refuses the target */
  render(target: string): Promise<readonly GraphiteSeries[]>;
  /** The sum over the whole run of each series that fits the pattern, by its name. */
  sums(pattern: string): Promise<ReadonlyMap<string, number>>;
}

/** Installs what is missing and starts the chain with nothing stored. `flushMs` in whole seconds. */
export async function startGraphite({ flushMs = 1000 }: { readonly flushMs?: number } = {}): Promise<Graphite> {
  const port = labPort(10);
  const ports = { line: labPort(11), pickle: labPort(12), query: labPort(13), web: labPort(14), admin: labPort(15) };
  const state = `${CACHE}graphite`;
  install('install-graphite.sh', STATSD_FOLDER);
  configure(state, { ...ports, state, flushSeconds: flushMs / 1000 });

  const stops: (() => Promise<unknown>)[] = [];
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
    stops.push(
      await runStatsd('statsd-graphite', {
        port,
        mgmt_port: ports.admin,
        flushInterval: flushMs,
        deleteIdleStats: true,
        graphiteHost: '127.0.0.1',
        graphitePort: ports.line,
        graphite: { legacyNamespace: false },
        backends: ['./backends/graphite', './backends/repeater'],
        repeater: [{ host: '127.0.0.1', port: totals.port }],
      }),
    );
    const render = async (target: string) => {
      const query = new URLSearchParams({ target, from: '-1h', format: 'json' });
      const response = await fetch(`${web}/render?${query}`);
      if (!response.ok) throw new Error(`Graphite answers ${response.status} for ${target}`);
      return (await response.json()) as readonly GraphiteSeries[];
    };
    return {
      ...totals,
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
