import { loadConfig } from '../config/load-config.js';
import type { Environment } from '../config/unknown-variables.js';
import type { Log } from '../domain/log.js';
import type { SourceState } from '../domain/source.js';
import { runExporter } from '../exporter/exporter.js';
import { play, scenario } from '../simulator/attacks.js';
import { SimulatedPbx } from '../simulator/pbx.js';
import { seededRandom } from '../simulator/random.js';
import { StatsdReceiver } from '../simulator/statsd-receiver.js';
import { type LiveOutput, LivePage } from './live-page.js';
import { liveViewOf, type Sample, withSample } from './live-view.js';

export interface DemoOptions {
  readonly version: string;
  readonly out: LiveOutput;
  readonly color: boolean;
}

const NOTICE =
  'A simulated PBX under attack. To watch your own: AMI_HOST=... AMI_USERNAME=... AMI_SECRET=... npm start';
const USERNAME = 'demo';
const SECRET = 'demo';
/** Always the same story, so that two people see the same. */
const SEED = 1;

const nothing = () => undefined;
/** The page shows what is to be seen; nothing in the demo can fail that a log would explain. */
const SILENT: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/**
 * Shows the exporter at work with nothing configured: a simulated PBX under several attacks, the real exporter, and an
 * embedded StatsD whose counters fill a live page. All on loopback. Runs until the signal is aborted.
 */
export async function runDemo({ version, out, color }: DemoOptions, signal: AbortSignal): Promise<void> {
  // The exporter stops first: its last window still finds the receiver.
  const rest = new AbortController();
  const users = new Map([[USERNAME, { secret: SECRET, read: ['security', 'system'] as const }]]);
  const pbx = await SimulatedPbx.listen({ users, systemName: 'demo' }, rest.signal);
  const receiver = await StatsdReceiver.listen(rest.signal);
  const startedAt = Date.now();
  let connection: SourceState | { state: 'connecting' } = { state: 'connecting' };
  let history: readonly Sample[] = [];

  const page = new LivePage({
    out,
    color,
    snapshot: () => {
      const at = Date.now();
      history = withSample(history, { at, totals: receiver.totals() });
      return liveViewOf(history, {
        title: `asterisk-auth-stats ${version}`,
        uptimeMs: at - startedAt,
        connection,
        notice: NOTICE,
      });
    },
  });
  const onState = (state: SourceState) => {
    connection = state;
  };
  page.start(signal);
  const playing = play(scenario(seededRandom(SEED)), (event) => pbx.raise(event), signal);
  await runExporter({ config: demoConfig(pbx.port, receiver.port), log: SILENT, version, onState }, signal);
  await playing;
  rest.abort();
}

function demoConfig(amiPort: number, statsdPort: number) {
  const environment: Environment = {
    AMI_HOST: '127.0.0.1',
    AMI_PORT: String(amiPort),
    AMI_USERNAME: USERNAME,
    AMI_SECRET: SECRET,
    STATSD_PORT: String(statsdPort),
  };
  const loaded = loadConfig(environment, () => new Uint8Array());
  /* c8 ignore next */ // These five variables are right; the compiler cannot know.
  if (loaded.kind !== 'config') throw new Error(`the demo's own configuration is wrong: ${JSON.stringify(loaded)}`);
  return loaded.config;
}
