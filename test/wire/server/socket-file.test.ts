import { once } from 'node:events';
import { existsSync, lstatSync, mkdirSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { dirname } from 'node:path';
import t, { type Test } from 'tap';
import { SocketFile, type SocketFileOptions } from '../../../src/wire/server/socket-file.js';
import { socketPath } from '../socket-path.js';

async function listen(t: Test, options: Partial<SocketFileOptions> & { readonly path: string }) {
  const server = createServer((socket) => socket.end());
  t.teardown(() => server.close());
  const file = await SocketFile.listen(server, { mode: 0o660, gid: null, setting: 'DECISION_SOCKET', ...options });
  return { server, file };
}

const modeOf = (path: string) => lstatSync(path).mode & 0o777;

/** What a process leaves behind that dies: a socket that nobody listens on. */
async function leaveBehind(path: string): Promise<void> {
  const server = createServer();
  server.listen(`${path}.dead`);
  await once(server, 'listening');
  renameSync(`${path}.dead`, path);
  await closed(server);
}

async function closed(server: Server): Promise<void> {
  const done = once(server, 'close');
  server.close();
  await done;
}

await t.test('the socket has its mode, whatever the mask of the process is, and can be connected to', async (t) => {
  for (const mode of [0o660, 0o600]) {
    for (const mask of [0o077, 0]) {
      const path = socketPath(t);
      const before = process.umask(mask);
      await listen(t, { path, mode });
      t.equal(process.umask(before), mask, 'the mask is as it was');
      t.equal(modeOf(path), mode);
      await once(connect(path), 'connect');
      t.notOk(existsSync(`${path}~`));
    }
  }
});

await t.test('it has its mode and its group before anybody finds it', async (t) => {
  const path = socketPath(t);
  const given: [path: string, uid: number, gid: number, mode: number, isFound: boolean][] = [];
  const lchown = (name: unknown, uid: number, gid: number) => {
    given.push([String(name), uid, gid, modeOf(String(name)), existsSync(path)]);
  };
  await listen(t, { path, gid: 4711, lchown });
  t.strictSame(given, [[`${path}~`, -1, 4711, 0o660, false]]);
  const gid = process.getgid?.() ?? 0;
  const real = socketPath(t);
  await listen(t, { path: real, gid });
  t.equal(lstatSync(real).gid, gid);
});

await t.test('a group that it cannot be given to ends the start, and leaves nothing behind', async (t) => {
  const path = socketPath(t);
  const lchown = () => {
    throw new Error('EPERM: operation not permitted');
  };
  await t.rejects(listen(t, { path, gid: 0, lchown }), {
    name: 'SocketFileError',
    message:
      'DECISION_SOCKET_GROUP: the socket cannot be given to group 0: EPERM: operation not permitted; make this user a member of the group, or choose another one',
  });
  t.notOk(existsSync(path));
  t.notOk(existsSync(`${path}~`));
});

await t.test('what a dead process left behind is replaced', async (t) => {
  const path = socketPath(t);
  await leaveBehind(path);
  await leaveBehind(`${path}~`);
  await listen(t, { path });
  await once(connect(path), 'connect');
});

await t.test('a socket that somebody listens on is left alone', async (t) => {
  const path = socketPath(t);
  const { file } = await listen(t, { path });
  await t.rejects(listen(t, { path }), {
    message: `DECISION_SOCKET: another blocker listens at ${path}; stop it, or choose another path`,
  });
  t.ok(file.isThere());
  const starting = socketPath(t);
  await listen(t, { path: `${starting}~` });
  await t.rejects(listen(t, { path: starting }), /another blocker listens at .*~; stop it/);
});

await t.test('what is no socket is never removed', async (t) => {
  for (const suffix of ['', '~']) {
    for (const make of [writeFileSync, (path: string) => mkdirSync(path), (path: string) => symlinkSync('/x', path)]) {
      const path = socketPath(t);
      make(path + suffix, '');
      await t.rejects(listen(t, { path }), { message: /^DECISION_SOCKET: .* is no socket, and so it is not replaced/ });
      t.ok(lstatSync(path + suffix));
    }
  }
});

await t.test('a file that comes while it is being made is left alone', async (t) => {
  const path = socketPath(t);
  const lchown = () => writeFileSync(path, 'mine');
  await t.rejects(listen(t, { path, gid: 0, lchown }), /another blocker listens/);
  t.ok(lstatSync(path).isFile());
  const replaced = socketPath(t);
  await leaveBehind(replaced);
  const replace = () => {
    unlinkSync(replaced);
    writeFileSync(replaced, 'mine');
  };
  await t.rejects(listen(t, { path: replaced, gid: 0, lchown: replace }), /another blocker listens/);
  t.ok(lstatSync(replaced).isFile());
});

await t.test('a folder that cannot be used is told with what to do', async (t) => {
  const path = socketPath(t);
  await t.rejects(listen(t, { path: `${path}/below/s` }), {
    message: `DECISION_SOCKET: there is no folder ${path}/below; create it (RuntimeDirectory= in systemd's unit does), or choose another path`,
  });
  writeFileSync(path, '');
  await t.rejects(listen(t, { path: `${path}/s`, setting: 'CONTROL_SOCKET' }), /^CONTROL_SOCKET: .* is no folder/);
  const long = `${dirname(path)}/${'x'.repeat(106 - dirname(path).length)}`;
  await t.rejects(listen(t, { path: long }), /^DECISION_SOCKET: .*x is longer than the 106 bytes/);
  await listen(t, { path: long.slice(0, -1) });
  t.ok(lstatSync(long.slice(0, -1)).isSocket(), 'a path of 106 bytes is not cut');
});

await t.test('only our own file is removed', async (t) => {
  const path = socketPath(t);
  const { file, server } = await listen(t, { path });
  t.ok(file.isThere());
  renameSync(path, `${path}.away`);
  t.notOk(file.isThere());
  file.remove();
  const other = await listen(t, { path });
  t.notOk(file.isThere());
  file.remove();
  await closed(server);
  t.ok(other.file.isThere(), 'also when the server is closed');
  other.file.remove();
  t.notOk(existsSync(path));
});
