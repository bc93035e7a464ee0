// AMI over TLS: the certificate is verified, and nothing is said to a server that is not the right one.
import t from 'tap';
import { AMI_SECRET, CA_FILE, STRANGER_CA_FILE, startAsterisk } from './lab/asterisk.js';
import { startExporter, WARN } from './lab/exporter.js';
import { startStatsd } from './lab/statsd.js';
import { until } from './lab/until.js';

await t.test('with the authority that signed the certificate the exporter hears', async (t) => {
  const statsd = await startStatsd();
  t.teardown(statsd.stop);
  const asterisk = await startAsterisk(22);
  t.teardown(asterisk.stop);
  const exporter = startExporter(asterisk, statsd, {
    AMI_PORT: asterisk.ports.amiTls,
    AMI_TLS: 'true',
    AMI_TLS_CA_FILE: CA_FILE,
  });
  t.teardown(exporter.stop);
  await exporter.hearing();
  t.equal(await exporter.stop(), 0, 'a stop exits with 0');
  t.notMatch(exporter.logText(), AMI_SECRET, 'the secret is not in the log');
});

const REFUSALS = {
  'an authority that did not sign the certificate': {
    settings: { AMI_TLS_CA_FILE: STRANGER_CA_FILE },
    reason: /certificate/i,
  },
  'a name that the certificate does not have': {
    settings: { AMI_TLS_CA_FILE: CA_FILE, AMI_HOST: 'localhost' },
    reason: /localhost.*cert/i,
  },
};

for (const [fault, { settings, reason }] of Object.entries(REFUSALS)) {
  await t.test(`${fault}: no login, a reason in the log, and another try`, async (t) => {
    const statsd = await startStatsd();
    t.teardown(statsd.stop);
    const asterisk = await startAsterisk(22);
    t.teardown(asterisk.stop);
    const exporter = startExporter(asterisk, statsd, { AMI_PORT: asterisk.ports.amiTls, AMI_TLS: 'true', ...settings });
    t.teardown(exporter.stop);

    const refusals = () => exporter.log().filter((line) => reason.test(JSON.stringify(line)));
    await until('a second refusal', () => (refusals().length >= 2 ? true : null));
    t.equal(refusals()[0]?.level, WARN);
    t.not((await statsd.gauges()).get('exporter.connected'), 1);
    t.equal(await exporter.stop(), 0, 'a stop exits with 0');
    t.notMatch(exporter.logText(), AMI_SECRET, 'the secret is not in the log');
  });
}
