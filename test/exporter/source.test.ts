import { once } from 'node:events';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { createServer } from 'node:tls';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { SimulatedPbx } from '../../src/simulator/pbx.js';
import { eventually } from '../metrics/fixtures.js';
import { runningExporter } from './running-exporter.js';

const SECURITY =
  '[Nov 21 01:44:33] SECURITY[31255] res_security_log.c: SecurityEvent="InvalidAccountID",EventTV="2026-11-21T01:44:33.376+0000",' +
  'Severity="Error",Service="PJSIP",EventVersion="1",AccountID="9999",SessionID="8f8f",LocalAddress="IPV4/UDP/192.0.2.1/5060",' +
  'RemoteAddress="IPV4/UDP/203.0.113.9/51122"\n';
const NOTICE =
  "[Nov 21 01:44:33] NOTICE[31311] chan_sip.c: Registration from '<sip:201@192.0.2.1>' failed for '203.0.113.9:51122' - Wrong password\n";
const COUNT = { SECURITY: 'security.failed_auth.PJSIP.count', NOTICE: 'security.failed_auth.SIP.count' };

/** A log with one line in it, which is history, and an exporter that follows it. */
async function following(t: Test, source: string, line: string) {
  const file = `${t.testdir({ state: {} })}/log`;
  writeFileSync(file, line);
  const settings = { SOURCE: source, LOG_FILE: file, STATE_DIR: `${t.testdirName}/state`, DETECT: 'false' };
  const start = async () => {
    const exporter = await runningExporter(t, settings);
    await eventually(() => (exporter.logged('reading').length > 0 ? true : null));
    return exporter;
  };
  return { file, start };
}

for (const [source, line, meter] of [
  ['security-log', SECURITY, COUNT.SECURITY],
  ['messages-log', NOTICE, COUNT.NOTICE],
] as const) {
  await t.test(`what is written to the ${source} counts, and what was there before does not`, async (t) => {
    const { file, start } = await following(t, source, line);
    const { receiver, stop } = await start();
    appendFileSync(file, line.repeat(3));
    await eventually(() => (receiver.totals().get(meter) === 3 ? true : null));
    await eventually(() => (receiver.gauges().get('exporter.log.lag_bytes') === 0 ? true : null));
    appendFileSync(file, 'Asterisk says something else\n');
    await eventually(() => receiver.totals().get('exporter.log.ignored') ?? null);
    t.equal(await stop(), true);
  });

  await t.test(`a restart goes on in the ${source} where the last one was`, async (t) => {
    const { file, start } = await following(t, source, line);
    const first = await start();
    appendFileSync(file, line.repeat(2));
    await eventually(() => (first.receiver.totals().get(meter) === 2 ? true : null));
    await first.stop();
    appendFileSync(file, line.repeat(5));
    const second = await start();
    await eventually(() => second.receiver.totals().get(meter) ?? null);
    t.equal(await second.stop(), true);
    t.equal(second.receiver.totals().get(meter), 5);
  });
}

await t.test('without a directory for its state each start begins at the end of the log', async (t) => {
  const file = `${t.testdir()}/log`;
  writeFileSync(file, SECURITY.repeat(2));
  const settings = { SOURCE: 'security-log', LOG_FILE: file, PBX_NAME: 'office', DETECT: 'false' };
  for (let n = 0; n < 2; n++) {
    const { receiver, logged, stop } = await runningExporter(t, settings);
    await eventually(() => (logged('reading').length > 0 ? true : null));
    appendFileSync(file, SECURITY);
    await eventually(() => receiver.totals().get(COUNT.SECURITY) ?? null);
    await stop();
    t.equal(receiver.totals().get(COUNT.SECURITY), 1);
  }
});

const tlsFile = (name: string) => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));

/** A PBX that is spoken to over TLS only. @returns the settings that lead there, but for the authority to trust. */
async function overTls(t: Test): Promise<Record<string, string>> {
  const rest = new AbortController();
  t.teardown(() => rest.abort());
  const users = new Map([['secmon', { secret: 'correct horse', read: ['security', 'system'] as const }]]);
  const pbx = await SimulatedPbx.listen({ users, systemName: 'lab' }, rest.signal);
  const certificate = { key: readFileSync(tlsFile('localhost.key')), cert: readFileSync(tlsFile('localhost.pem')) };
  const front = createServer(certificate, (socket) => {
    const inner = connect(pbx.port, '127.0.0.1');
    for (const end of [socket, inner]) end.on('error', () => end.destroy());
    socket.pipe(inner).pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(front, 'listening');
  t.teardown(() => front.close());
  return {
    AMI_HOST: '127.0.0.1',
    AMI_PORT: String((front.address() as AddressInfo).port),
    AMI_USERNAME: 'secmon',
    AMI_SECRET: 'correct horse',
    AMI_TLS: 'true',
    AMI_TLS_SERVER_NAME: 'localhost',
    DETECT: 'false',
  };
}

await t.test('AMI is spoken over TLS with whom AMI_TLS_CA_FILE vouches for, and with nobody else', async (t) => {
  const settings = await overTls(t);
  const trusting = await runningExporter(t, { ...settings, AMI_TLS_CA_FILE: tlsFile('ca.pem') });
  await eventually(() => (trusting.logged('security events arrive').length > 0 ? true : null));
  t.equal(await trusting.stop(), true);
  const wary = await runningExporter(t, { ...settings, AMI_TLS_CA_FILE: tlsFile('other-ca.pem') });
  await eventually(() => (wary.log.lines.some(([level]) => level === 'warn' || level === 'error') ? true : null));
  t.match(JSON.stringify(wary.log.lines), 'AMI_TLS_CA_FILE');
  t.strictSame(wary.logged('security events arrive'), []);
  t.equal(await wary.stop(), true);
});
