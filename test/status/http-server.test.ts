import { once } from 'node:events';
import { request } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import { exporterStatus } from '../../src/status/exporter-status.js';
import { Health } from '../../src/status/health.js';
import {
  HTTP_LIMITS,
  type HttpLimits,
  type HttpServer,
  listenError,
  startHttpServer,
} from '../../src/status/http-server.js';

async function setUp(t: Test, limits: Partial<HttpLimits> = {}) {
  const time = { now: 1_700_000_000_000 };
  const health = new Health({ clock: () => time.now, flushMs: 1000 });
  const stop = new AbortController();
  const options = { host: '127.0.0.1', port: 0, limits: { ...HTTP_LIMITS, ...limits } };
  const server = await startHttpServer(options, exporterStatus(health, '9.8.7'), stop.signal);
  t.teardown(() => server.close());
  return { server, health, time, stop };
}

async function ask({ port }: HttpServer, path: string, method = 'GET', headers: Record<string, string> = {}) {
  const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false });
  sent.end();
  const [response] = await once(sent, 'response');
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

/** A raw connection; `ended` gives what came until the server closed it. */
async function dial({ port }: HttpServer, send = '') {
  const socket = connect({ host: '127.0.0.1', port });
  const ended = received(socket);
  await once(socket, 'connect');
  socket.write(send);
  return { socket, ended };
}

async function received(socket: Socket): Promise<string> {
  let all = '';
  socket.on('data', (chunk) => {
    all += chunk;
  });
  // A reset is as good an end as any here.
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('close', resolve));
  return all;
}

await t.test('/healthz is 200 while flushes end, and 503 with the reason when they do not', async (t) => {
  const { server, health, time } = await setUp(t);
  t.match(await ask(server, '/healthz'), { status: 200, body: 'ok\n' });
  time.now += 13_001;
  t.match(await ask(server, '/healthz'), { status: 503, body: /^no flush has ended for 13 s.*\n$/ });
  health.flushed();
  t.match(await ask(server, '/healthz'), { status: 200, body: 'ok\n' });
});

await t.test(
  '/readyz is 200 while events can be counted, and 503 with the reason and the way to mend it when not',
  async (t) => {
    const { server, health } = await setUp(t);
    t.match(await ask(server, '/readyz'), { status: 503, body: /^not connected: / });
    health.sourceState({ state: 'connected' });
    t.match(await ask(server, '/readyz'), { status: 200, body: 'ok\n' });
    health.sourceState({ state: 'deaf', reason: 'add security to read= in manager.conf' });
    t.match(await ask(server, '/readyz'), { status: 503, body: /add security to read= in manager\.conf\n$/ });
  },
);

await t.test('/metrics is in the text format of Prometheus and names the versions', async (t) => {
  const { server, health } = await setUp(t);
  health.malformed('oversize');
  const { status, headers, body } = await ask(server, '/metrics');
  t.equal(status, 200);
  t.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  t.match(body, `asterisk_auth_stats_build_info{version="9.8.7",node="${process.version}"} 1\n`);
  t.match(body, 'asterisk_auth_stats_malformed_total{reason="oversize"} 1\n');
  t.match(body, /^process_resident_memory_bytes [1-9]\d{6,}$/m);
});

await t.test('HEAD gives the headers of GET without the body', async (t) => {
  const { server } = await setUp(t);
  for (const path of ['/healthz', '/readyz']) {
    const get = await ask(server, path);
    const head = await ask(server, path, 'HEAD');
    t.equal(head.status, get.status);
    t.equal(head.body, '');
    t.equal(head.headers['content-length'], String(get.body.length));
  }
  t.match(await ask(server, '/metrics', 'HEAD'), { status: 200, body: '' });
});

await t.test(
  'other methods get 405 and the ones that there are, other paths get 404 and the ones that there are',
  async (t) => {
    const { server } = await setUp(t);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE']) {
      t.match(await ask(server, '/metrics', method), { status: 405, headers: { allow: 'GET, HEAD' } }, method);
    }
    for (const path of [
      '/',
      '/metrics/',
      '/Metrics',
      '//metrics',
      '/constructor',
      '/healthz/../metrics',
      '/?/metrics',
    ]) {
      t.match(await ask(server, path), { status: 404, body: /\/healthz, \/readyz, \/metrics\n$/ }, path);
    }
    t.match(await ask(server, '/nothing', 'POST'), { status: 404 });
  },
);

await t.test('a query is ignored', async (t) => {
  const { server } = await setUp(t);
  t.match(await ask(server, '/healthz?verbose=/x?y'), { status: 200 });
});

await t.test('no answer is kept by a cache or guessed to be something else', async (t) => {
  const { server } = await setUp(t);
  for (const path of ['/healthz', '/readyz', '/metrics', '/nothing']) {
    const { headers } = await ask(server, path);
    t.match(headers, {
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-type': /^text\/plain; /,
    });
  }
});

await t.test('headers beyond the limit get 431', async (t) => {
  const { server } = await setUp(t);
  t.match(await ask(server, '/healthz', 'GET', { 'x-long': 'x'.repeat(7000) }), { status: 200 });
  t.match(await ask(server, '/healthz', 'GET', { 'x-long': 'x'.repeat(8200) }), { status: 431 });
});

await t.test('connections beyond the limit are closed and counted, and the others are served', async (t) => {
  const { server, health } = await setUp(t, { connectionsMax: 2 });
  const first = await dial(server, 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(first.socket, 'data');
  const second = await dial(server);
  const third = await dial(server);
  t.equal(await third.ended, '');
  t.equal(health.snapshot().httpRefused, 1);
  second.socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
  t.match(String(await once(second.socket, 'data')), /^HTTP\/1\.1 200 /);
  first.socket.destroy();
  second.socket.destroy();
});

// Each test leaves but one of the limits that can end its client.
const LONG = { headersMs: 60_000, requestMs: 60_000, keepAliveMs: 60_000, idleMs: 60_000 };

await t.test('a client that sends nothing or half of its headers is closed', async (t) => {
  const { server } = await setUp(t, { ...LONG, headersMs: 100 });
  const silent = await dial(server);
  const slow = await dial(server, 'GET /healthz HTTP/1.1\r\nHost: x\r\n');
  t.match(await silent.ended, /^HTTP\/1\.1 408 /);
  t.match(await slow.ended, /^HTTP\/1\.1 408 /);
});

await t.test('a client that sends half of its body is closed', async (t) => {
  const { server } = await setUp(t, { ...LONG, headersMs: 100, requestMs: 150 });
  const { ended } = await dial(server, 'POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf');
  t.match(await ended, /^HTTP\/1\.1 405 /);
});

// Node's own limit is 5 s.
await t.test('a client that asks nothing more is closed', { timeout: 4000 }, async (t) => {
  const { server } = await setUp(t, { ...LONG, keepAliveMs: 50 });
  const { ended } = await dial(server, 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
  t.match(await ended, /^HTTP\/1\.1 200 /);
});

await t.test('a client that does not take its answers is closed', async (t) => {
  const { server } = await setUp(t, { ...LONG, connectionsMax: 1, idleMs: 100 });
  const socket = connect({ host: '127.0.0.1', port: server.port });
  socket.on('error', () => {});
  t.teardown(() => socket.destroy());
  // Some 50 MB of answers: more than the buffers of both sides hold.
  socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(10_000));
  await once(socket, 'readable');
  // It holds the only place, so the next client is served when it is gone.
  const served = () =>
    ask(server, '/healthz').then(
      () => true,
      () => false,
    );
  t.notOk(await served());
  while (!(await served()));
});

await t.test('close ends at once, whatever clients are doing, and can be called again', async (t) => {
  const { server } = await setUp(t);
  const silent = await dial(server);
  const slow = await dial(server, 'GET /healthz HTTP/1.1\r\nHost: x\r\n');
  const idle = await dial(server, 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(idle.socket, 'data');
  const began = performance.now();
  await server.close();
  await Promise.all([silent.ended, slow.ended, idle.ended]);
  t.ok(performance.now() - began < 1000);
  await server.close();
  await t.rejects(ask(server, '/healthz'), { code: 'ECONNREFUSED' });
});

await t.test('the signal closes the server', async (t) => {
  const { server, stop } = await setUp(t);
  const { ended } = await dial(server);
  stop.abort();
  await ended;
  await t.rejects(ask(server, '/healthz'), { code: 'ECONNREFUSED' });
});

await t.test(
  'a signal that comes before the server listens ends the start, and nothing listens afterwards',
  async (t) => {
    const health = new Health({ clock: () => 0, flushMs: 1000 });
    const port = await freePort();
    const stop = new AbortController();
    const started = startHttpServer({ host: 'localhost', port }, exporterStatus(health, '1'), stop.signal);
    const reason = new Error('stop');
    stop.abort(reason);
    await t.rejects(started, reason);
    await t.rejects(startHttpServer({ host: 'localhost', port }, exporterStatus(health, '1'), stop.signal), reason);
    // The name is looked up by now, since a second look-up after it is.
    await (
      await startHttpServer({ host: 'localhost', port: 0 }, exporterStatus(health, '1'), new AbortController().signal)
    ).close();
    await t.rejects(once(connect({ host: 'localhost', port }), 'connect'), { code: 'ECONNREFUSED' });
  },
);

await t.test('where it cannot listen, the error names the variable and the fix', async (t) => {
  const health = new Health({ clock: () => 0, flushMs: 1000 });
  const start = (host: string, port: number) =>
    startHttpServer({ host, port }, exporterStatus(health, '1'), new AbortController().signal);
  const { server } = await setUp(t);
  await t.rejects(start('127.0.0.1', server.port), {
    message: `HTTP_PORT: port ${server.port} of 127.0.0.1 is in use; choose a free port, or stop the program that has it`,
    cause: { code: 'EADDRINUSE' },
  });
  await t.rejects(start('192.0.2.1', 0), {
    message: 'HTTP_HOST: 192.0.2.1 is not an address of this machine; choose one that is, or 0.0.0.0 or :: for all',
    cause: { code: 'EADDRNOTAVAIL' },
  });

  // What needs another user or a name server is asked of the function itself.
  const message = (code: string) =>
    listenError(Object.assign(new Error('no luck'), { code }), 'pbx', 80, 'HTTP_PORT').message;
  t.equal(message('EACCES'), 'HTTP_PORT: this user may not listen on port 80; choose one from 1024 on');
  const unknown = 'HTTP_HOST: the name pbx cannot be looked up; correct it, or write an IP address';
  t.equal(message('ENOTFOUND'), unknown);
  t.equal(message('EAI_AGAIN'), unknown);
  t.equal(message('EINVAL'), 'HTTP_HOST, HTTP_PORT: cannot listen on port 80 of pbx: no luck; choose others');
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
