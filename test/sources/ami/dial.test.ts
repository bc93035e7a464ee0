import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net, { connect, createServer, Socket } from 'node:net';
import t, { type Test } from 'tap';
import { AmiError } from '../../../src/sources/ami/ami-error.js';
import { type DialOptions, dial, type TlsOptions } from '../../../src/sources/ami/dial.js';
import { serve } from './scripted-server.js';

const pem = (name: string) => readFileSync(new URL(`../../fixtures/tls/${name}`, import.meta.url), 'utf8');
const LOCALHOST = { key: pem('localhost.key'), cert: pem('localhost.pem') };
const OTHER_NAME = { key: pem('other-name.key'), cert: pem('other-name.pem') };
const OURS: TlsOptions = { ca: pem('ca.pem'), serverName: 'localhost', verify: true };

const never = new AbortController().signal;
const silent = () => undefined;

/** Dials 127.0.0.1 unless told otherwise; the socket ends with the test. */
async function dialled(t: Test, options: Partial<DialOptions>, signal = never): Promise<Socket> {
  const socket = await dial({ host: '127.0.0.1', port: 0, tls: null, connectMs: 20_000, ...options }, signal);
  t.teardown(() => socket.destroy());
  return socket;
}

await t.test('TCP and TLS connections carry bytes in both directions', async (t) => {
  for (const tls of [null, OURS]) {
    const server = await serve(t, (peer) => peer.socket.pipe(peer.socket), tls === null ? null : LOCALHOST);
    const socket = await dialled(t, { port: server.port, tls });
    socket.write('hello');
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    t.equal(bytes.toString(), 'hello');
  }
});

await t.test('a certificate of a trusted authority, for the right name, is accepted', async (t) => {
  const server = await serve(t, silent, LOCALHOST);
  await t.resolves(dialled(t, { port: server.port, tls: OURS }), 'by the server name');
  await t.resolves(
    dialled(t, { host: 'localhost', port: server.port, tls: { ...OURS, serverName: null } }),
    'by the host',
  );
});

await t.test('the server is told the name that is asked for, and none where that is an IP address', async (t) => {
  const server = await serve(t, (peer) => peer.send(`told ${Reflect.get(peer.socket, 'servername')}`), LOCALHOST);
  const unverified = { ca: null, verify: false };
  for (const [host, serverName, told] of [
    ['127.0.0.1', 'pbx.example', 'pbx.example'],
    ['127.0.0.1', null, false],
    ['localhost', null, 'localhost'],
  ] as const) {
    const socket = await dialled(t, { host, port: server.port, tls: { ...unverified, serverName } });
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    t.equal(bytes.toString(), `told ${told}`);
  }
});

await t.test('a certificate of an unknown authority is refused, with the setting that mends it', async (t) => {
  const server = await serve(t, silent, LOCALHOST);
  for (const ca of [pem('other-ca.pem'), null]) {
    await t.rejects(dialled(t, { port: server.port, tls: { ...OURS, ca } }), {
      name: 'AmiError',
      message: /AMI_TLS_CA_FILE/,
    });
  }
});

await t.test('a certificate for another name is refused, with the setting that mends it', async (t) => {
  const server = await serve(t, silent, OTHER_NAME);
  const refusal = { name: 'AmiError', message: /over TLS: .*AMI_TLS_SERVER_NAME/ };
  await t.rejects(dialled(t, { port: server.port, tls: OURS }), refusal);
  await t.rejects(
    dialled(t, { port: server.port, tls: { ...OURS, serverName: null } }),
    refusal,
    'nor is an IP address that it does not hold',
  );
  await t.resolves(dialled(t, { port: server.port, tls: { ...OURS, serverName: 'other.example' } }));
});

await t.test('any certificate is accepted where it is not to be verified', async (t) => {
  const server = await serve(t, silent, OTHER_NAME);
  await t.resolves(
    dialled(t, { port: server.port, tls: { ca: pem('other-ca.pem'), serverName: null, verify: false } }),
  );
});

await t.test('a server that speaks no TLS is refused', async (t) => {
  const server = await serve(t, (peer) => peer.send('Asterisk Call Manager/11.0.0\r\n'));
  await t.rejects(dialled(t, { port: server.port, tls: OURS }), AmiError);
});

await t.test('a port on which nothing listens says what may be wrong', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  server.close();
  await once(server, 'close');
  await t.rejects(dialled(t, { port }), {
    name: 'AmiError',
    message: `cannot connect to 127.0.0.1 port ${port}: nothing listens there (is "enabled = yes" in manager.conf, and is AMI_PORT right?) [ECONNREFUSED]`,
    cause: { code: 'ECONNREFUSED' },
  });
});

await t.test(
  'a fault without a hint is told in the words of the system, and by its code where it has none',
  async (t) => {
    const faults = [
      [new AggregateError([], ''), 'EPERM', 'EPERM'],
      [new Error('read ECONNRESET'), 'ECONNRESET', 'read ECONNRESET'],
    ] as const;
    for (const [fault, code, told] of faults) {
      const failing = t.capture(net, 'connect', () => new Socket().destroy(Object.assign(fault, { code })));
      syncBuiltinESMExports();
      await t.rejects(dial({ host: 'pbx.example', port: 5038, tls: null, connectMs: 20_000 }, never), {
        message: `cannot connect to pbx.example port 5038: ${told}`,
        cause: fault,
      });
      failing.restore();
      syncBuiltinESMExports();
    }
  },
);

await t.test('a host that answers no TCP handshake is given up after the deadline', async (t) => {
  // It never accepts, so that its backlog stays full; then the kernel answers no more.
  const program = `
    const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      require('node:fs').writeSync(1, String(server.address().port));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'ignore'], env: {} });
  t.teardown(() => child.kill('SIGKILL'));
  const [bytes] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(bytes.toString());
  const filling = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', silent));
  t.teardown(() => {
    for (const socket of filling) socket.destroy();
  });
  await Promise.all(filling.slice(0, 2).map((socket) => once(socket, 'connect')));
  await t.rejects(dialled(t, { port, connectMs: 60 }), { name: 'AmiError', message: /no answer within 0.06 s$/ });
});

await t.test('a server that answers no TLS handshake is given up after the deadline', async (t) => {
  const server = await serve(t, silent);
  const attempt = dialled(t, { port: server.port, tls: OURS, connectMs: 60 });
  await t.rejects(attempt, { name: 'AmiError', message: /over TLS: no answer within 0.06 s$/ });
});

await t.test('an attempt ends at once when it is aborted, also before it begins', async (t) => {
  const server = await serve(t, silent);
  for (const isEarly of [true, false]) {
    const abort = new AbortController();
    if (isEarly) abort.abort();
    const attempt = dialled(t, { port: server.port, tls: OURS }, abort.signal);
    abort.abort();
    await t.rejects(attempt, { name: 'AmiError', message: /stopped$/ });
  }
});
