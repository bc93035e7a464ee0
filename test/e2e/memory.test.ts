// What was learnt of an attacker outlives a kill -9.
import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { accept, guess } from './driver/guesses.js';
import { startAsterisk } from './lab/asterisk.js';
import { type Exporter, startExporter } from './lab/exporter.js';
import { CACHE } from './lab/place.js';
import { type Statsd, startStatsd } from './lab/statsd.js';
import { until } from './lab/until.js';

const ATTEMPTS = 'security.failed_auth.PJSIP.attempts';
const STATE_DIR = `${CACHE}exporter-state`;

/** Waits until so many guesses were counted, and nothing that was learnt of them waits for the disk any more. */
async function saved(statsd: Statsd, guesses: number): Promise<void> {
  const counted = async () => (await statsd.counters()).get(ATTEMPTS) === guesses;
  const isWaiting = async () => (await statsd.gauges()).get('exporter.state.waiting') !== 0;
  await until('all is counted', async () => ((await counted()) ? true : null));
  await until('all is saved', async () => ((await isWaiting()) ? null : true));
}

async function kill9(exporter: Exporter): Promise<void> {
  exporter.signal('SIGKILL');
  await exporter.ended;
}

for (const version of [22, 16] as const) {
  await t.test(`Asterisk ${version}: a login after a kill -9 tells the failures before it`, async (t) => {
    rmSync(STATE_DIR, { recursive: true, force: true });
    const statsd = await startStatsd();
    t.teardown(statsd.stop);
    const asterisk = await startAsterisk(version);
    t.teardown(asterisk.stop);
    const attacker = asterisk.sip('udp', { from: '127.0.0.41' });
    const hasty = asterisk.sip('udp', { from: '127.0.0.42' });
    const start = async () => {
      const exporter = startExporter(asterisk, statsd, { STATE_DIR, LOG_LEVEL: 'info' });
      t.teardown(exporter.stop);
      await exporter.hearing();
      return exporter;
    };
    const breach = async (exporter: Exporter, address: string) => {
      const told = ({ finding }: ReturnType<Exporter['log']>[number]) =>
        finding?.rule === 'breach' && finding.address === address;
      return (await exporter.logged(`a breach from ${address}`, told)).finding;
    };

    const first = await start();
    await guess(attacker, '103', 8);
    await guess(hasty, '104', 8);
    await saved(statsd, 16);
    await kill9(first);

    const second = await start();
    await guess(hasty, '104', 4);
    // In the midst of a write, or before it.
    await delay(1000);
    await kill9(second);

    const third = await start();
    await accept(attacker, '103');
    await accept(hasty, '104');
    t.match(await breach(third, '127.0.0.41'), { severity: 'info', attempts: 8, action: 'none' }, 'all that was saved');
    const { attempts = 0 } = (await breach(third, '127.0.0.42')) ?? {};
    t.ok(attempts >= 8 && attempts <= 12, `${attempts} of 8 that were saved and 4 that may be`);
    const guesses = (await statsd.counters()).get(ATTEMPTS) ?? 0;
    t.ok(guesses >= 16 && guesses <= 20, `${guesses} of 20 guesses counted, none twice`);
    t.equal(await third.stop(), 0);
  });
}
