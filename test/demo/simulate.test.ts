import { connect } from 'node:net';
import t from 'tap';
import { loadConfig } from '../../src/config/load-config.js';
import { runSimulation } from '../../src/demo/simulate.js';
import { tcpServer } from '../metrics/fixtures.js';

const SECRET = 'correct horse battery';

/** A log that hands out what it was told. */
function listeningLog() {
  let tell: (fields: object) => void;
  const told = new Promise<object>((resolve) => {
    tell = resolve;
  });
  const nothing = () => undefined;
  return { told, log: { debug: nothing, info: (fields: object) => tell(fields), warn: nothing, error: nothing } };
}

const LOGIN = { AMI_HOST: '127.0.0.1', AMI_USERNAME: 'stats', AMI_SECRET: SECRET };

function configOf(environment: Record<string, string>) {
  const loaded = loadConfig(environment, () => new Uint8Array());
  if (loaded.kind !== 'config') throw new Error(JSON.stringify(loaded));
  return loaded.config;
}

/** A port on which nobody listens. */
async function freePort(): Promise<number> {
  const { server, port } = await tcpServer();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

await t.test('whoever has the login hears the attacks, and the end closes the connection', async (t) => {
  const stop = new AbortController();
  const { log, told } = listeningLog();
  const port = await freePort();
  const ended = runSimulation({ config: configOf({ ...LOGIN, AMI_PORT: `${port}` }), log }, stop.signal);
  t.strictSame(await told, { host: '127.0.0.1', port, username: 'stats' });

  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  socket.write(`Action: Login\r\nUsername: stats\r\nSecret: ${SECRET}\r\nEvents: security\r\n\r\n`);
  let text = '';
  for await (const chunk of socket) {
    text += chunk;
    if (/^Event: ChallengeResponseFailed\r$/m.test(text)) stop.abort();
  }
  await ended;
  t.match(text, 'Message: Authentication accepted');
});

await t.test('what it does not speak is a fault that names the setting', async (t) => {
  const { log } = listeningLog();
  const cases: [environment: Record<string, string>, fault: RegExp][] = [
    [{ ...LOGIN, AMI_TLS: 'true' }, /^AMI_TLS: .* no TLS/],
    [{ SOURCE: 'security-log', LOG_FILE: '/var/log/asterisk/security' }, /^SOURCE: .* no log/],
  ];
  for (const [environment, message] of cases) {
    await t.rejects(runSimulation({ config: configOf(environment), log }, AbortSignal.abort()), { message });
  }
});
