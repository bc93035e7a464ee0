import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import { statsdResult } from '../../../src/doctor/checks/statsd.js';
import { amiConfig } from '../pbx-fixture.js';

const toPort = (port: number, protocol: 'udp' | 'tcp', host = '127.0.0.1') =>
  amiConfig(5038, { STATSD_HOST: host, STATSD_PORT: port, STATSD_PROTOCOL: protocol });

/** A TCP server, on any port or on that one. */
async function listen(t: Test, answer: (socket: Socket) => void, port = 0): Promise<number> {
  const server = createServer((socket) => answer(socket.on('error', () => undefined)));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** A port on which nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}

async function receiver(t: Test): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  t.teardown(() => socket.close());
  return socket.address().port;
}

await t.test('over TCP a StatsD takes a connection and says nothing', async (t) => {
  const silent = await listen(t, (socket) => void setTimeout(() => socket.destroy(), 20));
  t.match(await statsdResult(toPort(silent, 'tcp')), { verdict: 'good', seen: /says nothing, as StatsD does/ });
  const web = await listen(t, (socket) => socket.end('SSH-2.0-OpenSSH\r\n'));
  t.match(await statsdResult(toPort(web, 'tcp')), { verdict: 'mend', seen: /is no StatsD: it says SSH-2\.0-OpenSSH/ });
  t.match(await statsdResult(toPort(await freePort(), 'tcp')), {
    verdict: 'mend',
    seen: /nothing listens on 127\.0\.0\.1 port \d+ \(TCP\)/,
    fix: { where: 'settings', text: 'STATSD_HOST=127.0.0.1\nSTATSD_PORT=8125' },
  });
});

await t.test('over UDP the kernel says where nobody listens, and more is not known', async (t) => {
  t.match(await statsdResult(toPort(await freePort(), 'udp')), { verdict: 'mend', seen: /nothing listens there/ });
  t.match(await statsdResult(toPort(await receiver(t), 'udp')), { verdict: 'good', seen: /UDP does not tell/ });
  t.match(await statsdResult(toPort(8125, 'udp', 'no-such-host.invalid')), {
    verdict: 'mend',
    seen: /ENOTFOUND|EAI_AGAIN/,
  });
});

await t.test('statsd says on the port beside its own that it is up', async (t) => {
  for (const [said, seen] of [
    ['health: up\n', /statsd itself says that it is up/],
    ['ERROR\n', /UDP does not tell/],
    ['', /UDP does not tell/],
  ] as const) {
    const port = await receiver(t);
    await listen(t, (socket) => socket.end(said), port + 1);
    t.match(await statsdResult(toPort(port, 'udp')), { verdict: 'good', seen }, said);
  }
});
