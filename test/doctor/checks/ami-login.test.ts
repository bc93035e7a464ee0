import { once } from 'node:events';
import { appendFileSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import t, { type Test } from 'tap';
import { amiLoginFault } from '../../../src/doctor/checks/ami-login.js';
import { LoginTrace } from '../../../src/doctor/login-trace.js';
import { amiLogLine } from '../ami-log-line.js';
import { amiConfig, startPbx } from '../pbx-fixture.js';

const NO_LOGS = new LoginTrace('/nonexistent');

/** A port on which nothing listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}

async function saying(t: Test, text: string): Promise<number> {
  const server = createServer((socket) => void socket.on('error', () => undefined).end(text)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return (server.address() as AddressInfo).port;
}

await t.test('why a login was refused stands in Asterisk’s log, if it may be read', async (t) => {
  const refused = async (event: string | null) => {
    const folder = t.testdir({ security: '' });
    const trace = new LoginTrace(folder);
    if (event !== null) appendFileSync(`${folder}/security`, amiLogLine(event));
    return amiLoginFault(amiConfig(5038), 'login refused: Authentication failed', trace);
  };
  t.match(await refused('InvalidAccountID'), {
    verdict: 'mend',
    seen: /no AMI user "stats"/,
    fix: { text: /^\[stats\]$/m },
  });
  t.match(await refused('FailedACL'), { verdict: 'mend', seen: /does not permit "stats"/, fix: { text: /permit = / } });
  t.match(await refused('InvalidPassword'), { verdict: 'mend', seen: /the secret of "stats" is another one/ });
  t.match(await refused(null), { verdict: 'mend', seen: /^login refused/, why: /to its log alone/ });
});

await t.test('what does not listen, or speaks something else, is told with the setting that mends it', async (t) => {
  const fault = (port: number, environment: Readonly<Record<string, string>> = {}, message = 'it failed') =>
    amiLoginFault(amiConfig(port, environment), message, NO_LOGS);
  const ami = await startPbx(t);
  const tls = { AMI_TLS: 'true' };
  t.match(await fault(ami, tls), { seen: /speaks AMI in the clear/, fix: { text: `AMI_TLS=false\nAMI_PORT=${ami}` } });
  t.match(await fault(ami), { seen: 'it failed', fix: { where: 'pbx', text: /enabled = yes/ } });
  const other = await saying(t, 'SSH-2.0\r\n');
  t.match(await fault(other), { seen: `127.0.0.1 port ${other}: it failed`, fix: { text: 'AMI_PORT=5038' } });
  const nothing = await freePort();
  t.match(await fault(nothing), { seen: 'it failed', fix: { text: /enabled = yes\nport = \d+/ } });
  t.match(await fault(nothing, tls), { seen: 'it failed', fix: { text: /tlsenable = yes/ } });
});

await t.test('a certificate that does not fit is not trusted, and the setting for it is told', async (t) => {
  const pem = (name: string) => readFileSync(new URL(`../../fixtures/tls/${name}`, import.meta.url), 'utf8');
  const server = createTlsServer({ key: pem('localhost.key'), cert: pem('localhost.pem') });
  server.on('tlsClientError', () => undefined).on('secureConnection', (socket) => socket.on('error', () => undefined));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const fault = (message: string, AMI_TLS = 'true') => amiLoginFault(amiConfig(port, { AMI_TLS }), message, NO_LOGS);
  t.match(await fault('the certificate is for another name'), { fix: { text: /^AMI_TLS_SERVER_NAME=/ } });
  t.match(await fault('nobody trusts the certificate'), { fix: { text: /^AMI_TLS_CA_FILE=/ }, why: /forge events/ });
  t.match(await fault('it hangs'), { seen: 'it hangs', fix: { where: 'pbx' } });
  t.match(await fault('it hangs', 'false'), { seen: /speaks TLS, and AMI_TLS is false/ });
});
