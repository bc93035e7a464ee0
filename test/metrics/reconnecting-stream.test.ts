import { once } from 'node:events';
import { Socket } from 'node:net';
import t, { type Test } from 'tap';
import { ReconnectingStream, type ReconnectingStreamOptions } from '../../src/metrics/reconnecting-stream.js';
import { recordedLog, tcpServer } from './fixtures.js';

/** A stream, what it reports, and a way to wait for one of its log lines. */
function streamTo(t: Test, options: Partial<ReconnectingStreamOptions> & { readonly port: number }) {
  const seen = { lost: 0, errors: 0, retryMs: [] as number[] };
  const waiting: { readonly message: RegExp; resolve(): void }[] = [];
  const log = recordedLog();
  const noted = (level: 'info' | 'warn') => (fields: { retryMs?: number }, message: string) => {
    log[level](fields, message);
    if (fields.retryMs !== undefined) seen.retryMs.push(fields.retryMs);
    for (const wait of waiting.splice(0)) {
      if (wait.message.test(message)) wait.resolve();
      else waiting.push(wait);
    }
  };
  const stream = new ReconnectingStream({
    host: '127.0.0.1',
    packetBytes: 100_000_000,
    onOversized: () => undefined,
    log: { ...log, info: noted('info'), warn: noted('warn') },
    onError: () => {
      seen.errors += 1;
    },
    onLost: (lines) => {
      seen.lost += lines;
    },
    retryMinMs: 2,
    ...options,
  });
  t.teardown(() => stream.destroy());
  const logged = (message: RegExp) => new Promise<void>((resolve) => waiting.push({ message, resolve }));
  const connected = () => (stream.ready ? Promise.resolve() : logged(/^connected/));
  const write = (text: string) => new Promise<void>((resolve) => stream.write(text, () => resolve()));
  return { stream, seen, log, logged, connected, write };
}

await t.test('what is written arrives, whatever the connection it takes', async (t) => {
  const { server, port } = await tcpServer();
  t.teardown(() => server.close());
  const { stream, connected, write, seen } = streamTo(t, { port });
  t.notOk(stream.ready, 'not before it is connected');
  const [first] = (await once(server, 'connection')) as [Socket];
  await connected();
  await Promise.all([
    write('a:1|c\nb:1|c\n'),
    once(first, 'data').then(([data]) => t.equal(String(data), 'a:1|c\nb:1|c\n')),
  ]);
  const again = once(server, 'connection');
  first.destroy();
  const [second] = (await again) as [Socket];
  await connected();
  await Promise.all([write('c:1|c\n'), once(second, 'data').then(([data]) => t.equal(String(data), 'c:1|c\n'))]);
  t.equal(seen.lost, 0);
  t.equal(seen.errors, 1, 'the lost connection');
});

await t.test('lines that come while there is no connection are counted as lost', async (t) => {
  const { server, port } = await tcpServer();
  server.close();
  const { stream, logged, write, seen } = streamTo(t, { port, retryMinMs: 1_000_000 });
  await logged(/^no connection/);
  t.notOk(stream.ready);
  await write('a:1|c\nb:1|c\nc:1|c\n');
  t.equal(seen.lost, 3);
});

await t.test('a receiver that closes, says something or is not there at all is tried for ever', async (t) => {
  const { server, port } = await tcpServer();
  server.close();
  const { logged, connected, log } = streamTo(t, { port });
  await logged(/^no connection/);
  await logged(/^no connection/);
  const back = await tcpServer({ port });
  t.teardown(() => back.server.close());
  back.server.once('connection', (socket) => socket.end('what do you want?'));
  await connected();
  await logged(/^no connection/);
  await connected();
  t.match(log.lines[0], ['warn', { port, reason: /ECONNREFUSED/, retryMs: Number }, /^no connection/]);
  t.match(log.lines.at(-2), ['warn', { reason: 'closed by the receiver' }, /^no connection/]);
});

await t.test(
  'the wait doubles up to its limit, is cut at random, and starts again once a chunk was taken',
  async (t) => {
    const { server, port } = await tcpServer();
    server.close();
    const highest = 1 - Number.EPSILON;
    const randoms = [highest, 0.5];
    const { logged, connected, write, seen } = streamTo(t, {
      port,
      retryMinMs: 4,
      retryMaxMs: 10,
      random: () => randoms.shift() ?? highest,
    });
    for (let n = 0; n < 4; n += 1) await logged(/^no connection/);
    t.same(seen.retryMs, [4, 6, 10, 10]);
    const back = await tcpServer({ port });
    t.teardown(() => back.server.close());
    const connection = once(back.server, 'connection');
    await connected();
    await write('a:1|c\n');
    const lost = logged(/^no connection/);
    const [socket] = (await connection) as [Socket];
    socket.destroy();
    await lost;
    t.equal(seen.retryMs.at(-1), 4);
  },
);

await t.test('a receiver that stops reading is given up, and what it did not take is counted', async (t) => {
  const { server, port } = await tcpServer({ pauseOnConnect: true });
  t.teardown(() => server.close());
  const { stream, connected, logged, write, seen, log } = streamTo(t, { port, stallMs: 30 });
  const connection = once(server, 'connection');
  await connected();
  // More than the buffers of both ends hold.
  const written = write('a:1|c\n'.repeat(4_000_000));
  t.notOk(stream.ready, 'not while the receiver reads nothing');
  await Promise.all([written, logged(/^no connection/)]);
  t.equal(seen.lost, 4_000_000);
  t.match(log.lines.at(-1), ['warn', { reason: 'the receiver has read nothing for 30 ms' }]);
  const [socket] = (await connection) as [Socket];
  socket.destroy();
});

await t.test('a connection that does not come about in its time is given up', async (t) => {
  const sockets: Socket[] = [];
  const { logged, log } = streamTo(t, {
    port: 1,
    connectMs: 5,
    connect: () => {
      const mute = new Socket();
      sockets.push(mute);
      return mute;
    },
  });
  await logged(/^no connection/);
  await logged(/^no connection/);
  t.match(log.lines[0], ['warn', { reason: 'no connection within 5 ms' }]);
  t.ok(sockets[0]?.destroyed);
});

await t.test('destroy ends it at once: connected, connecting, or waiting to try again', async (t) => {
  const { server, port } = await tcpServer();
  const connectedStream = streamTo(t, { port });
  const connection = once(server, 'connection');
  await connectedStream.connected();
  const [socket] = (await connection) as [Socket];
  const connecting = streamTo(t, { port: 1, connect: () => new Socket() });
  const gone = once(socket.resume(), 'close');
  connectedStream.stream.destroy();
  connecting.stream.destroy();
  await gone;
  t.notOk(connectedStream.stream.ready);
  t.same(connectedStream.seen.retryMs, []);
  server.close();
  await once(server, 'close');
  const waiting = streamTo(t, { port, retryMinMs: 1_000_000 });
  await waiting.logged(/^no connection/);
  waiting.stream.destroy();
  await once(waiting.stream, 'close');
});

await t.test('a chunk that is longer than a packet may be is not sent', async (t) => {
  const { server, port } = await tcpServer();
  t.teardown(() => server.close());
  let oversized = 0;
  const { connected, write, seen } = streamTo(t, { port, packetBytes: 5, onOversized: () => oversized++ });
  const [socket] = (await once(server, 'connection')) as [Socket];
  await connected();
  const data = once(socket, 'data');
  await write('a:1|cc\n');
  await write('b:1|c\n');
  t.equal(String((await data)[0]), 'b:1|c\n');
  t.same([oversized, seen.lost], [1, 0]);
});

await t.test('after a stop it connects no more, and what is written is counted', async (t) => {
  const { server, port } = await tcpServer();
  t.teardown(() => server.close());
  const { stream, connected, write, seen } = streamTo(t, { port });
  const [socket] = (await once(server, 'connection')) as [Socket];
  await connected();
  const closed = once(socket.resume(), 'close');
  stream.stop();
  t.equal(stream.ready, false);
  await write('a\nb\n');
  await closed;
  t.match(seen, { lost: 2, errors: 0, retryMs: [] });
});
