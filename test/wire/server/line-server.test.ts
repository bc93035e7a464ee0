import { existsSync, unlinkSync, writeFileSync } from 'node:fs';
import { Server } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { LineServerOptions } from '../../../src/wire/server/line-server.js';
import { keptLog, LineClient } from '../line-client.js';
import { socketPath } from '../socket-path.js';
import { startLineServer } from '../start-line-server.js';

/** A server that answers each line with itself, unless told otherwise. */
async function setUp(t: Test, options: Partial<LineServerOptions> = {}) {
  const path = options.path ?? socketPath(t);
  const stop = new AbortController();
  const { log, written } = keptLog();
  const server = await startLineServer(
    {
      path,
      mode: 0o600,
      gid: null,
      setting: 'DECISION_SOCKET',
      onLine: async (line, reply) => {
        await reply(`you said ${line}`);
      },
      onOversize: () => undefined,
      log,
      ...options,
    },
    stop.signal,
  );
  t.teardown(() => server.close());
  return { server, path, stop, written, client: (more = {}) => LineClient.open(t, path, more) };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await setImmediate();
}

await t.test('lines are answered to whom they came from, however they are cut', async (t) => {
  const { client, server } = await setUp(t);
  const [one, two] = [await client(), await client()];
  one.write('a\nb');
  two.write('x\n');
  one.write('c\n');
  t.strictSame(await one.line(2), ['you said a', 'you said bc']);
  t.strictSame(await two.line(1), ['you said x']);
  t.match(server.counts, { connections: 2, refused: 0, unread: 0, failed: 0 });
});

await t.test('who says all at once and shuts its side still gets every answer', async (t) => {
  const releases: (() => void)[] = [];
  const { client, server } = await setUp(t, {
    onLine: async (line, reply) => {
      await new Promise<void>((resolve) => releases.push(resolve));
      await reply(line);
    },
  });
  const asker = await client({ allowHalfOpen: true });
  asker.socket.end('a\nb\nnever finished');
  await until(() => releases.length === 2);
  for (let turns = 0; turns < 20; turns += 1) await setImmediate();
  t.equal(server.counts.connections, 1, 'it is waited for');
  for (const release of releases) release();
  await asker.closed;
  t.strictSame(asker.lines, ['a', 'b']);
});

await t.test('a line that is too long is counted and skipped, and can be answered', async (t) => {
  let oversize = 0;
  const count = () => {
    oversize += 1;
  };
  const { client } = await setUp(t, {
    onOversize: (reply) => {
      count();
      void reply('too long');
    },
  });
  const asker = await client();
  asker.write(`${'x'.repeat(5_000)}\nok\n`);
  t.strictSame(await asker.line(2), ['too long', 'you said ok']);
  t.equal(oversize, 1);
  const silent = await setUp(t, { onOversize: count });
  const other = await silent.client();
  other.write(`${'x'.repeat(2_049)}\n${'y'.repeat(2_048)}\n`);
  t.strictSame(await other.line(1), [`you said ${'y'.repeat(2_048)}`]);
  t.equal(oversize, 2);
});

await t.test('connections beyond the most are closed and counted; one that ends makes room', async (t) => {
  const { client, server } = await setUp(t, { connectionsMax: 2 });
  const first = await client();
  const second = await client();
  for (let count = 1; count <= 3; count += 1) {
    await (await client()).closed;
    t.match(server.counts, { connections: 2, refused: count });
  }
  first.socket.destroy();
  await until(() => server.counts.connections === 1);
  const third = await client();
  third.write('a\n');
  second.write('b\n');
  t.strictSame([await third.line(1), await second.line(1)], [['you said a'], ['you said b']]);
});

await t.test('who does not read its answers is closed and counted, and nobody else is disturbed', async (t) => {
  const { client, server } = await setUp(t, {
    unreadBytesMax: 200_000,
    unreadMs: 3_600_000,
    onLine: (line, reply) => {
      for (let count = 0; line === 'much' && count < 1_000; count += 1) void reply('x'.repeat(2_000));
      void reply(line);
    },
  });
  const deaf = await client();
  deaf.socket.pause();
  const other = await client();
  deaf.write('much\n');
  await until(() => server.counts.unread > 0);
  deaf.socket.resume();
  await deaf.closed;
  other.write('a\n');
  t.strictSame(await other.line(1), ['a']);
  t.match(server.counts, { connections: 1, unread: 1, failed: 0 });
});

/** A server that answers each line with a megabyte, waiting for the reader, and tells whether it was read. */
async function longAnswers(t: Test, unreadMs: number) {
  const told: boolean[] = [];
  const written = { lines: 0 };
  const onLine: LineServerOptions['onLine'] = async (_, reply) => {
    for (let count = 0; count < 500; count += 1) {
      if (!(await reply('x'.repeat(2_000)))) {
        told.push(false);
        return;
      }
      written.lines += 1;
    }
    told.push(true);
  };
  return { ...(await setUp(t, { unreadMs, onLine })), told, written };
}

await t.test('a writer that waits for its reader goes on when that reads', async (t) => {
  const { client, server, told, written } = await longAnswers(t, 60_000);
  const asker = await client();
  asker.socket.pause();
  asker.write('a\n');
  await until(() => written.lines > 0);
  for (let turns = 0; turns < 50; turns += 1) await setImmediate();
  t.ok(written.lines < 400, `${written.lines} written`);
  asker.socket.resume();
  await asker.line(500);
  t.strictSame(told, [true]);
  t.match(server.counts, { connections: 1, unread: 0 });
});

await t.test('a writer is told when its reader goes', async (t) => {
  const { client, server, told, written } = await longAnswers(t, 60_000);
  const asker = await client();
  asker.socket.pause();
  asker.write('a\n');
  await until(() => written.lines > 0);
  asker.socket.destroy();
  await until(() => told.length === 1);
  t.strictSame(told, [false]);
  t.match(server.counts, { unread: 0, failed: 0 });
});

await t.test('a writer is told when its reader never reads', async (t) => {
  const { client, server, told } = await longAnswers(t, 30);
  const asker = await client();
  asker.socket.pause();
  asker.write('a\n');
  await until(() => told.length === 1);
  t.strictSame(told, [false]);
  t.match(server.counts, { unread: 1, failed: 0 });
});

await t.test('while many lines are at work no more are read', async (t) => {
  let begun = 0;
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { client } = await setUp(t, {
    pendingMax: 4,
    onLine: async (line, reply) => {
      begun += 1;
      await held;
      await reply(line);
    },
  });
  const asker = await client();
  // More than the socket's buffers and one chunk hold.
  const count = 100_000;
  asker.write(Array.from({ length: count }, (_, index) => `line ${index}\n`).join(''));
  await until(() => begun >= 4);
  for (let turns = 0; turns < 200; turns += 1) await setImmediate();
  t.ok(begun < count / 2, `${begun} begun`);
  release();
  const lines = await asker.line(count);
  t.equal(lines.length, count);
  t.equal(lines.at(-1), `line ${count - 1}`);
});

await t.test(
  'a failure of ours ends its connection, is logged and counted, and nobody else is disturbed',
  async (t) => {
    const { client, server, written } = await setUp(t, {
      onLine: (line, reply) => {
        if (line === 'now') throw new RangeError('broken promise');
        if (line === 'later') return Promise.reject(new RangeError('broken promise'));
        return void reply(line);
      },
    });
    const other = await client();
    for (const line of ['now', 'later']) {
      const asker = await client();
      asker.write(`${line}\n`);
      await asker.closed;
    }
    other.write('a\n');
    t.strictSame(await other.line(1), ['a']);
    t.equal(server.counts.failed, 2);
    t.match(written, [
      { level: 'error', fields: { error: 'RangeError: broken promise' }, message: /could not be answered/ },
      { level: 'error' },
    ]);
  },
);

await t.test('an answer to somebody who has gone is nobody’s fault', async (t) => {
  let answer: () => Promise<boolean> = () => Promise.resolve(true);
  const { client, server } = await setUp(t, {
    onLine: (line, reply) => {
      answer = () => reply(line);
    },
  });
  const asker = await client();
  asker.write('a\n');
  await until(() => server.counts.connections === 1);
  asker.socket.destroy();
  await until(() => server.counts.connections === 0);
  t.equal(await answer(), false);
  t.match(server.counts, { unread: 0, failed: 0 });
});

await t.test('a stop answers what is at work, reads no more, and removes the socket', async (t) => {
  let release: () => void = () => undefined;
  const begun: string[] = [];
  const { client, server, path, stop } = await setUp(t, {
    onLine: async (line, reply) => {
      begun.push(line);
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      await reply(line);
    },
  });
  const asker = await client();
  const idle = await client();
  asker.write('a\n');
  await until(() => begun.length === 1);
  stop.abort();
  t.notOk(existsSync(path));
  asker.write('b\n');
  await idle.closed;
  release();
  await server.close();
  await asker.closed;
  t.strictSame([asker.lines, begun], [['a'], ['a']]);
  t.equal(server.close(), server.close());
});

await t.test('a stop does not wait for ever', async (t) => {
  const { client, server } = await setUp(t, { graceMs: 20, onLine: () => new Promise(() => undefined) });
  const asker = await client();
  asker.write('a\n');
  await until(() => server.counts.connections === 1);
  for (let turns = 0; turns < 20; turns += 1) await setImmediate();
  await server.close();
  await asker.closed;
  t.equal(server.counts.connections, 0);
});

await t.test('a socket that somebody removed is made anew, and connections go on', async (t) => {
  const { client, server, path, written } = await setUp(t);
  const old = await client();
  t.equal(await server.check(), true);
  t.strictSame(written, []);
  unlinkSync(path);
  t.strictSame(await Promise.all([server.check(), server.check()]), [true, true]);
  const fresh = await client();
  old.write('a\n');
  fresh.write('b\n');
  t.strictSame([await old.line(1), await fresh.line(1)], [['you said a'], ['you said b']]);
  t.match(written, [{ level: 'warn', message: /is made anew/ }]);
  await server.close();
  t.notOk(existsSync(path));
});

await t.test(
  'what has come in its place is left alone, told once, and the socket made anew when it has gone',
  async (t) => {
    const { client, server, path, written } = await setUp(t);
    unlinkSync(path);
    writeFileSync(path, 'mine');
    t.equal(await server.check(), false);
    t.equal(await server.check(), false);
    t.match(written, [{ level: 'error', fields: { error: /is no socket/ }, message: /trying again/ }]);
    t.equal(written.length, 1);
    unlinkSync(path);
    t.equal(await server.check(), true);
    (await client()).socket.destroy();
    unlinkSync(path);
    const other = await setUp(t, { path });
    t.equal(await server.check(), false, 'another blocker');
    await server.close();
    t.equal(await other.server.check(), true, "our stop does not take away another one's socket");
  },
);

await t.test('after a stop nothing is made anew, and what is being made is taken away', async (t) => {
  const { server, path } = await setUp(t);
  unlinkSync(path);
  const checking = server.check();
  await server.close();
  await checking;
  t.notOk(existsSync(path));
  t.equal(await server.check(), false);
  t.notOk(existsSync(path));
});

await t.test('a start that is stopped is none', async (t) => {
  const { log } = keptLog();
  const path = socketPath(t);
  const ignore = () => undefined;
  const options = { path, mode: 0o600, gid: null, setting: 'X', onLine: ignore, onOversize: ignore, log };
  await t.rejects(startLineServer(options, AbortSignal.abort(new Error('stopped'))), { message: 'stopped' });
  const stop = new AbortController();
  const starting = startLineServer(options, stop.signal);
  stop.abort(new Error('stopped'));
  await t.rejects(starting, { message: 'stopped' });
  t.notOk(existsSync(path));
});

await t.test('a connection that cannot be accepted is counted', async (t) => {
  const servers: Server[] = [];
  const listen = Server.prototype.listen;
  t.intercept(Server.prototype, 'listen', {
    value(this: Server, ...args: [handle: unknown]) {
      servers.push(this);
      return listen.apply(this, args);
    },
  });
  const { server, client } = await setUp(t);
  servers[0]?.emit('error', new Error('EMFILE'));
  t.equal(server.counts.failed, 1);
  // One that was waiting to be accepted while we stop.
  const late = await client();
  await server.close();
  await late.closed;
});
