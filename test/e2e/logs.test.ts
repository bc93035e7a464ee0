// The security log of a real Asterisk in a flood, while it is rotated in all the ways that there are.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { startFlood } from './driver/flood.js';
import { startWitness } from './driver/witness.js';
import { AMI_SECRET, type Asterisk, type AsteriskVersion, startAsterisk } from './lab/asterisk.js';
import { startExporter } from './lab/exporter.js';
import { logrotate } from './lab/logrotate.js';
import { CACHE } from './lab/place.js';
import { type Statsd, startStatsd } from './lab/statsd.js';
import { settled } from './lab/until.js';

const ROTATIONS = 3;
const STATE_DIR = `${CACHE}exporter-state`;

const WAYS: Record<string, (asterisk: Asterisk, logFile: string) => Promise<unknown>> = {
  'logger rotate': (asterisk) => asterisk.cli('logger rotate'),
  'logger reload': (asterisk) => asterisk.cli('logger reload'),
  'logrotate, create': async (asterisk, logFile) => {
    await logrotate(logFile, ['create 0640 root root']);
    // Asterisk writes into the renamed file until it is told; the postrotate of Debian's own package does it at once.
    await delay(300);
    await asterisk.cli('logger reload');
  },
  'logrotate, copytruncate': (_, logFile) => logrotate(logFile, ['copytruncate']),
};

/** What counts as a failure, as a witness on AMI saw it, as it stands at statsd, and as it is in all files that there are. */
interface Counted {
  readonly failures: number;
}

async function counted(statsd: Statsd): Promise<Counted> {
  return { failures: (await statsd.counters()).get('security.failed_auth.PJSIP.count') ?? 0 };
}

function inFiles({ logFolder }: Asterisk): number {
  const files = readdirSync(logFolder).filter((name) => name.startsWith('security'));
  const texts = files.map((name) => readFileSync(`${logFolder}/${name}`, 'latin1'));
  return texts.reduce((sum, text) => sum + text.split('SecurityEvent="InvalidAccountID"').length - 1, 0);
}

async function rotate(t: Test, version: AsteriskVersion, way: string): Promise<void> {
  rmSync(STATE_DIR, { recursive: true, force: true });
  const statsd = await startStatsd();
  t.teardown(statsd.stop);
  const asterisk = await startAsterisk(version);
  t.teardown(asterisk.stop);
  const logFile = `${asterisk.logFolder}/security`;
  const settings = { SOURCE: 'security-log', LOG_FILE: logFile, STATE_DIR, DETECT: 'false', LOG_LEVEL: 'info' };
  const noAmi = { AMI_HOST: '', AMI_PORT: '', AMI_USERNAME: '', AMI_SECRET: '', AMI_RECONNECT_MAX_SECONDS: '' };
  const exporter = startExporter(asterisk, statsd, { ...noAmi, ...settings });
  t.teardown(exporter.stop);
  await exporter.logged('following', ({ msg }) => msg.startsWith('reading '));
  const witness = await startWitness(asterisk.ports.ami, AMI_SECRET);
  t.teardown(witness.stop);

  const flood = await startFlood({ port: asterisk.ports.sip, sources: 20, window: 20 });
  for (let n = 0; n < ROTATIONS; n += 1) {
    await delay(700);
    await WAYS[way]?.(asterisk, logFile);
  }
  await delay(500);
  await flood.stop();
  const { events } = await witness.report();
  const raised = events['InvalidAccountID'] ?? 0;
  t.ok(raised > 1000, `${raised} failures raised`);
  const preserved = inFiles(asterisk);
  const { failures } = await settled({ failures: raised }, () => counted(statsd), 10);
  t.comment(`${way}: ${raised} raised, ${preserved} in the files, ${failures} counted`);
  if (way === 'logrotate, copytruncate') {
    // Lines that are written between the copy and the cut are nowhere afterwards; those that were read in time are counted.
    t.ok(failures >= preserved && failures <= raised, `${preserved} <= ${failures} <= ${raised}`);
    t.ok(raised - preserved <= raised / 20, 'what logrotate itself loses is little');
  } else {
    t.equal(preserved, raised, 'every line is in one of the files');
    t.equal(failures, raised, 'and is counted once');
  }
  t.equal(await exporter.stop(), 0);
}

for (const version of [22, 16] as const) {
  for (const way of Object.keys(WAYS)) {
    await t.test(`Asterisk ${version}, ${way}: every line counts once`, { timeout: 90_000 }, async (t) => {
      await rotate(t, version, way);
    });
  }
}
