import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import t, { type Test } from 'tap';
import { firstBytes, speechOf } from '../../src/doctor/speech.js';

const pem = (name: string) => readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url), 'utf8');

async function listen(t: Test, server: Server): Promise<number> {
  server.on('connection', (socket: Socket) => t.teardown(() => socket.destroy()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return (server.address() as AddressInfo).port;
}

const greeting = (text: string) => createServer((socket) => void socket.on('error', () => undefined).write(text));

await t.test('what listens there shows by what it says first', async (t) => {
  t.equal(await speechOf('127.0.0.1', await listen(t, greeting('Asterisk Call Manager/9.0.0\r\n'))), 'ami');
  t.equal(await speechOf('127.0.0.1', await listen(t, greeting('SSH-2.0\r\n'))), 'other');
  const tls = createTlsServer({ key: pem('localhost.key'), cert: pem('localhost.pem') });
  tls.on('tlsClientError', () => undefined);
  t.equal(await speechOf('127.0.0.1', await listen(t, tls)), 'tls');
  t.equal(
    await speechOf(
      '127.0.0.1',
      await listen(
        t,
        createServer((socket) => socket.destroy()),
      ),
    ),
    'other',
  );
  const server = createServer();
  const port = await listen(t, server);
  await once(server.close(), 'close');
  t.equal(await speechOf('127.0.0.1', port), 'nothing');
});

await t.test('whoever says nothing is not waited for long', async (t) => {
  const silent = await listen(t, createServer());
  t.equal(await firstBytes('127.0.0.1', silent), '');
  t.equal(await speechOf('127.0.0.1', silent), 'other');
});
