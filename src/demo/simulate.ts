import type { ExporterConfig } from '../config/load-config.js';
import type { Log } from '../domain/log.js';
import { play, scenario } from '../simulator/attacks.js';
import { SimulatedPbx } from '../simulator/pbx.js';
import { seededRandom } from '../simulator/random.js';

export interface SimulationOptions {
  /** What an exporter would connect with: the simulated PBX listens there, and knows this user. */
  readonly config: ExporterConfig;
  readonly log: Log;
}

/** Always the same story, as that of the demo. */
const SEED = 1;

/**
 * The PBX of the demo alone, under attack from the start, for exporters of other processes. Runs until the signal is aborted.
 * @throws where the settings ask for what it does not speak, and what `listen` throws.
 */
export async function runSimulation({ config, log }: SimulationOptions, signal: AbortSignal): Promise<void> {
  if (config.source !== 'ami')
    throw new Error('SOURCE: the simulated PBX speaks AMI and writes no log; leave it unset');
  if (config.ami.tls) throw new Error('AMI_TLS: the simulated PBX speaks no TLS; leave it unset');
  const { host, port, username, secret } = config.ami;
  const users = new Map([[username, { secret: secret.reveal(), read: ['security', 'system'] as const }]]);
  const pbx = await SimulatedPbx.listen({ users, host, port, systemName: 'simulated' }, signal);
  log.info({ host, port: pbx.port, username }, 'the simulated PBX is under attack');
  await play(scenario(seededRandom(SEED)), (event) => pbx.raise(event), signal);
}
