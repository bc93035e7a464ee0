import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, Socket } from 'node:net';
import t, { type Test } from 'tap';
import { ControlServer } from '../../src/blocker/control-server.js';
import { ControlClient, type ControlClientOptions } from '../../src/operator/client.js';
import { encodeAnswer } from '../../src/wire/operator-answer-codec.js';
import { FakeOperator, LISTED, target } from '../wire/operator-fixtures.js';
import { socketPath } from '../wire/socket-path.js';

type Answering = (line: string, write: (text: string) => void, socket: Socket) => void;

/** A blocker that answers each line as it is told to. */
async function blocker(t: Test, answer: Answering): Promise<string> {
  const path = socketPath(t);
  const server = createServer((socket) => {
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      const lines = (text + chunk.toString()).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) answer(line, (said) => socket.write(`${said}\n`), socket);
    });
    t.teardown(() => socket.destroy());
  });
  server.listen(path);
  await once(server, 'listening');
  t.teardown(() => server.close());
  return path;
}

async function open(t: Test, path: string, options: Partial<ControlClientOptions> = {}): Promise<ControlClient> {
  const client = await ControlClient.open({ path, silenceMs: 60_000, ...options });
  t.teardown(() => client.close());
  return client;
}

const HOST = target('203.0.113.9');

await t.test('all that can be asked is answered, also all at once', async (t) => {
  const operator = new FakeOperator();
  const server = new ControlServer(operator);
  const path = await blocker(t, (line, write) => {
    void server.onLine(line, async (text) => {
      write(text);
      return true;
    });
  });
  const client = await open(t, path);
  t.strictSame(await client.list(), []);
  t.strictSame(await client.add({ target: HOST, seconds: 60, reason: 'noisy' }), { result: 'banned', reason: null });
  t.strictSame(await client.list(), await operator.list());
  t.strictSame(await client.test(target('192.0.2.1')), { refusal: 'allowlisted', ban: null, sockets: 0 });
  t.strictSame(await client.status(), await operator.status());
  await client.add({ target: target('203.0.113.9:5062'), seconds: 60, reason: 'noisy' });
  t.strictSame(await client.remove(HOST), { isRemoved: true, sockets: 1, ports: [5062], isSaved: true });
  t.strictSame(await client.flush(), { count: 0, isSaved: true });
  const hosts = Array.from({ length: 1_000 }, (_, host) => target(`203.0.${host >> 8}.${host & 255}`));
  const added = await Promise.all(hosts.map((host) => client.add({ target: host, seconds: 60, reason: 'x' })));
  t.ok(added.every(({ result }) => result === 'banned'));
  t.equal((await client.list()).length, 1_000);
});

await t.test('answers find their questions in whatever order they come', async (t) => {
  const ids: number[] = [];
  const target = { address: '::1/128', port: null };
  const removed = { type: 'removed', ...target, sockets: 0, ports: [], isSaved: true } as const;
  const path = await blocker(t, (line, write) => {
    ids.push(JSON.parse(line).id);
    if (ids.length < 3) return;
    for (const id of ids.reverse()) {
      write(encodeAnswer({ id, ...removed, isRemoved: id === 2 }));
    }
  });
  const client = await open(t, path);
  t.strictSame(await Promise.all([HOST, HOST, HOST].map(async (host) => (await client.remove(host)).isRemoved)), [
    false,
    true,
    false,
  ]);
});

await t.test('who is silent is not waited for, who answers is', async (t) => {
  const path = await blocker(t, (line, write) => {
    const { id, type } = JSON.parse(line);
    if (type === 'flush') write(encodeAnswer({ id, type: 'flushed', count: 1, isSaved: true }));
  });
  const client = await open(t, path, { silenceMs: 30 });
  await client.flush();
  await new Promise((resolve) => setTimeout(resolve, 60));
  t.strictSame(await client.flush(), { count: 1, isSaved: true }, 'nobody waits between two questions');
  const [list, status] = await Promise.allSettled([client.list(), client.status()]);
  const failed = { status: 'rejected', reason: { failure: 'no-blocker', message: /has said nothing for 30 ms/ } };
  t.match([list, status], [failed, failed]);
  await t.rejects(client.flush(), { message: /has said nothing for 30 ms/ }, 'and there is nobody to ask any more');
});

await t.test('a blocker that closes fails all that is asked', async (t) => {
  const path = await blocker(t, (_, __, socket) => socket.destroy());
  const client = await open(t, path);
  await t.rejects(client.status(), { failure: 'no-blocker', message: /has closed the connection/ });
  const own = await open(t, path);
  const asked = own.list();
  own.close();
  await t.rejects(asked, { message: /is closed/ });
});

await t.test('a failure of the blocker is told, without its control characters', async (t) => {
  const path = await blocker(t, (line, write) => {
    const { id, type } = JSON.parse(line);
    const fault = { type: 'fault', fault: 'failed', message: 'nft \u202e not permitted' } as const;
    write(encodeAnswer({ ...fault, id: type === 'flush' ? null : id }));
  });
  const client = await open(t, path);
  const told = { failure: 'failed', message: 'the blocker could not do it: nft \\u{202e} not permitted' };
  await t.rejects(client.status(), told);
  await t.rejects(client.list(), told, 'the connection goes on');
  await t.rejects(client.flush(), told, 'a fault of a request that could not be read');
  await t.rejects(client.status(), told, 'after which nothing can be asked');
});

await t.test('what does not speak the same ends the connection', async (t) => {
  const end = (count: number) => encodeAnswer({ id: 1, type: 'end', count });
  const ban = encodeAnswer({ id: 1, type: 'ban', ban: LISTED });
  for (const lines of [
    ['220 mail.example.com'],
    ['x'.repeat(5_000)],
    [encodeAnswer({ id: 9, type: 'flushed', count: 1, isSaved: true })],
    [encodeAnswer({ id: 1, type: 'flushed', count: 1, isSaved: true })],
    [ban, end(2)],
    [ban, ban, ban, end(3)],
  ]) {
    const path = await blocker(t, (_, write) => write(lines.join('\n')));
    const client = await open(t, path, { listMax: 2 });
    await t.rejects(client.list(), { failure: 'no-blocker', message: /does not speak as this version does/ });
  }
});

await t.test('where there is no connection, why is told', async (t) => {
  const path = socketPath(t);
  await t.rejects(ControlClient.open({ path }), { failure: 'no-blocker', message: /no such socket/ });
  writeFileSync(path, '');
  await t.rejects(ControlClient.open({ path }), { failure: 'no-blocker', message: /nothing listens/ });
  await t.rejects(ControlClient.open({ path: `${path}/s` }), {
    failure: 'wrong-path',
    message: /is CONTROL_SOCKET right/,
  });
  await t.rejects(ControlClient.open({ path: `/${'x'.repeat(107)}` }), { failure: 'wrong-path', message: /107 bytes/ });
  await t.rejects(ControlClient.open({ path, silenceMs: 5, connect: () => new Socket() }), {
    failure: 'no-blocker',
    message: /nobody has answered for 5 ms/,
  });
});

await t.test('a connection that breaks tells why', async (t) => {
  let own: Socket | undefined;
  const path = await blocker(t, () => own?.destroy(Object.assign(new Error('read EIO'), { code: 'EIO' })));
  const { connect } = await import('node:net');
  const client = await open(t, path, {
    connect: (name) => {
      own = connect(name);
      return own;
    },
  });
  await t.rejects(client.list(), { failure: 'no-blocker', message: /read EIO/ });
});
