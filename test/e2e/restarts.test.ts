// Asterisk goes away in all the ways it can, and comes back.
import t from 'tap';
import { register } from './driver/register.js';
import { type Asterisk, prepareAsterisk, startAsterisk } from './lab/asterisk.js';
import { type Exporter, startExporter, WARN } from './lab/exporter.js';
import { type Statsd, startStatsd } from './lab/statsd.js';
import { until } from './lab/until.js';

const FAILED = 'security.failed_auth.PJSIP.count';
/** Short deadlines, so that silence is noticed within the test. */
const IMPATIENT = { AMI_PING_SECONDS: 1, AMI_PING_DEADLINE_SECONDS: 1, AMI_CONNECT_SECONDS: 1, AMI_LOGIN_SECONDS: 1 };

async function guess(asterisk: Asterisk, times: number): Promise<void> {
  for (let done = 0; done < times; done += 1) await register(asterisk.sip('udp'), { user: '101', password: 'guess' });
}

async function counted(statsd: Statsd, name: string, value: number): Promise<void> {
  await until(`${name} is ${value}`, async () => ((await statsd.counters()).get(name) === value ? true : null), 20);
}

const INTERRUPTIONS: Record<string, (asterisk: Asterisk, exporter: Exporter) => Promise<void>> = {
  'kill -9': async (asterisk) => {
    await asterisk.kill9();
    asterisk.start();
  },
  'core restart now': async (asterisk) => {
    await asterisk.cli('core restart now');
  },
  'a stop and a start': async (asterisk) => {
    await asterisk.stop();
    asterisk.start();
  },
  'silence with the connection open': async (asterisk, exporter) => {
    asterisk.signal('SIGSTOP');
    // A stopped Asterisk still lets the kernel take connections, and never greets: several tries end in the same way.
    await until('three tries', () =>
      exporter.log().filter(({ reason }) => reason !== undefined).length >= 4 ? true : null,
    );
    asterisk.signal('SIGCONT');
  },
};

for (const [interruption, interrupt] of Object.entries(INTERRUPTIONS)) {
  await t.test(
    `after ${interruption} the exporter comes back, says once that events may be lost, and counts on`,
    async (t) => {
      const statsd = await startStatsd();
      t.teardown(statsd.stop);
      const asterisk = await startAsterisk(22);
      t.teardown(asterisk.stop);
      const exporter = startExporter(asterisk, statsd, IMPATIENT);
      t.teardown(exporter.stop);
      await exporter.hearing();
      await guess(asterisk, 5);
      await counted(statsd, FAILED, 5);

      await interrupt(asterisk, exporter);
      await counted(statsd, 'exporter.reconnects', 1);
      await exporter.hearing();
      await asterisk.booted();
      await guess(asterisk, 7);
      await counted(statsd, FAILED, 12);

      t.equal((await statsd.counters()).get('exporter.gaps'), 1, 'one gap');
      const warnings = exporter.log().filter(({ level }) => level >= WARN);
      t.equal(warnings.filter(({ msg }) => msg.includes('lost')).length, 1, 'said once');
      t.equal(new Set(warnings.map(({ reason }) => reason)).size, warnings.length, 'no reason is given twice');
      t.equal(await exporter.stop(), 0, 'a stop exits with 0');
    },
  );
}

await t.test(
  'an exporter that is started before Asterisk waits for it and misses nothing after its login',
  async (t) => {
    const statsd = await startStatsd();
    t.teardown(statsd.stop);
    const asterisk = await prepareAsterisk(22);
    t.teardown(asterisk.stop);
    const exporter = startExporter(asterisk, statsd, IMPATIENT);
    t.teardown(exporter.stop);
    await until('exporter.connected is 0', async () =>
      (await statsd.gauges()).get('exporter.connected') === 0 ? true : null,
    );

    asterisk.start();
    await exporter.hearing();
    await asterisk.booted();
    await guess(asterisk, 3);
    await counted(statsd, FAILED, 3);
    t.equal(await exporter.stop(), 0, 'a stop exits with 0');
  },
);
