// The mistakes in manager.conf that let a login succeed while no security event ever comes.
import t from 'tap';
import { startAsterisk } from './lab/asterisk.js';
import { startExporter, WARN } from './lab/exporter.js';
import { startStatsd } from './lab/statsd.js';

const MISTAKES = {
  'a user without the security class': { username: 'without-security', managerGeneral: '' },
  'an eventfilter that hides security events': { username: 'filtered', managerGeneral: '' },
  'disabledevents of the whole server': { username: 'exporter', managerGeneral: 'disabledevents = SuccessfulAuth' },
};

for (const [mistake, { username, managerGeneral }] of Object.entries(MISTAKES)) {
  await t.test(`${mistake}: the exporter warns within seconds and names manager.conf`, async (t) => {
    const statsd = await startStatsd();
    t.teardown(statsd.stop);
    const asterisk = await startAsterisk(22, { managerGeneral });
    t.teardown(asterisk.stop);
    const exporter = startExporter(asterisk, statsd, { AMI_USERNAME: username, AMI_PING_SECONDS: 1 });
    t.teardown(exporter.stop);

    await exporter.logged('a warning', (line) => line.level === WARN && JSON.stringify(line).includes('manager.conf'));
    const gauges = await statsd.gauges();
    t.equal(gauges.get('exporter.connected'), 1, 'connected');
    t.equal(gauges.get('exporter.hearing'), 0, 'not hearing');
    t.equal(await exporter.stop(), 0, 'a stop exits with 0');
  });
}

await t.test('a user that may read security events and nothing else is enough', async (t) => {
  const statsd = await startStatsd();
  t.teardown(statsd.stop);
  const asterisk = await startAsterisk(22);
  t.teardown(asterisk.stop);
  const exporter = startExporter(asterisk, statsd, { AMI_USERNAME: 'security-only' });
  t.teardown(exporter.stop);

  await exporter.hearing();
  t.equal(await exporter.stop(), 0, 'a stop exits with 0');
  t.notOk(exporter.log().find(({ level }) => level >= WARN));
});
