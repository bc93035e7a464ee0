import { setImmediate } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { ControlServer } from '../../src/blocker/control-server.js';
import { bansArguments } from '../../src/operator/arguments.js';
import { type BansOptions, runBans } from '../../src/operator/bans.js';
import { rounds } from '../rounds.js';
import { keptLog } from '../wire/line-client.js';
import { FakeOperator, NOW } from '../wire/operator-fixtures.js';
import { socketPath } from '../wire/socket-path.js';
import { startLineServer } from '../wire/start-line-server.js';

/** A blocker on a real socket, and the command line to it. */
async function setUp(t: Test) {
  const operator = new FakeOperator();
  const { onLine, onOversize } = new ControlServer(operator);
  const path = socketPath(t);
  const stop = new AbortController();
  const { log } = keptLog();
  const options = { path, mode: 0o600, gid: null, setting: 'CONTROL_SOCKET', onLine, onOversize, log };
  const server = await startLineServer(options, stop.signal);
  t.teardown(() => server.close());
  return { operator, server, bans: (line: string, more?: Partial<BansOptions>) => bans(path, line, more) };
}

async function bans(path: string, line: string, more: Partial<BansOptions> = {}) {
  const wanted = bansArguments(line.split(' '));
  if (wanted instanceof Error || wanted.command === 'help') throw new Error(`a test's own: ${line}`);
  const said = { out: '', err: '' };
  const stdout = { write: (text: string) => (said.out += text) };
  const stderr = { write: (text: string) => (said.err += text) };
  async function* stdin() {}
  const code = await runBans({ arguments: wanted, path, stdin: stdin(), stdout, stderr, now: () => NOW, ...more });
  return { code, ...said };
}

async function* input(text: string) {
  yield Buffer.from(text);
}

await t.test('an operator bans, looks, tests and ends bans', async (t) => {
  const { bans, operator } = await setUp(t);
  t.strictSame(await bans('list'), { code: 0, out: 'nobody is banned\n', err: '' });
  t.strictSame(await bans('add 203.0.113.9 2001:db8::/64 --for 2h --reason noisy'), {
    code: 0,
    out: '203.0.113.9 is banned\n2001:db8::/64 is banned\n',
    err: '',
  });
  t.strictSame(operator.asked, ['add 203.0.113.9/32 7200 noisy', 'add 2001:db8::/64 7200 noisy']);
  t.match(await bans('list'), { code: 0, out: /2001:db8::\/64 +noisy +manual +0 s ago +2 h .*\n.*203\.0\.113\.9 /s });
  t.match(await bans('test 203.0.113.9 203.0.113.8'), {
    code: 0,
    out: /is banned \(manual: noisy\) for another 2 h\n.*can be\n/,
  });
  t.match(await bans('status'), { code: 0, out: /desired {4}2 bans\nenforced {3}2 bans\n/ });
  t.strictSame(await bans('remove 203.0.113.9'), { code: 0, out: '203.0.113.9 is banned no more\n', err: '' });
  t.strictSame(await bans('flush --yes'), { code: 0, out: '1 ban ended\n', err: '' });
});

await t.test('what is refused, not banned or could not be has its exit code', async (t) => {
  const { bans, operator } = await setUp(t);
  t.match(await bans('add 192.0.2.1 203.0.113.9'), {
    code: 1,
    out: /^192\.0\.2\.1 is not banned: it is on the allowlist.*\n203.* is banned\n$/,
  });
  t.match(await bans('add 203.0.113.9'), { code: 0, out: /is banned already/ });
  t.match(await bans('remove 203.0.113.8 203.0.113.9'), { code: 1, out: /was not banned\n.*is banned no more\n/ });
  t.match(await bans('test 192.0.2.1'), { code: 1, out: /cannot be: it is on the allowlist/ });
  operator.fault = 'nft: not permitted';
  t.match(await bans('status'), { code: 1, out: /nftables: nft: not permitted\n/ });
  operator.test = async () => ({
    refusal: 'bans_max',
    ban: (await operator.list())[0] ?? null,
    sockets: 0,
  });
  await bans('add 203.0.113.9');
  t.match(await bans('test 203.0.113.9'), { code: 0, out: /is banned .*; a new ban would be refused/ });
  operator.flush = () => Promise.reject(new Error('nft: not permitted'));
  t.strictSame(await bans('flush --yes'), {
    code: 1,
    out: '',
    err: 'asterisk-auth-stats: the blocker could not do it: Error: nft: not permitted\n',
  });
});

await t.test(
  'one phone behind an address is banned by its socket, and lifted with it or with its address',
  async (t) => {
    const { bans, operator } = await setUp(t);
    t.strictSame(await bans('add 203.0.113.9:5062 203.0.113.9:5071 [2001:db8::1]:5062'), {
      code: 0,
      out: '203.0.113.9:5062 is banned\n203.0.113.9:5071 is banned\n[2001:db8::1]:5062 is banned\n',
      err: '',
    });
    t.match(await bans('list'), {
      out: / {2}\[2001:db8::1\]:5062 .*\n {2}203\.0\.113\.9:5071 .*\n {2}203\.0\.113\.9:5062 /s,
    });
    t.match(await bans('test 203.0.113.9'), { code: 0, out: /is not banned, and can be; 2 of its sockets are/ });
    t.strictSame(await bans('remove [2001:db8::1]:5062'), {
      code: 0,
      out: '[2001:db8::1]:5062 is banned no more\n',
      err: '',
    });
    t.strictSame(await bans('remove 203.0.113.9'), {
      code: 0,
      out: '203.0.113.9 itself was not banned; its sockets :5062, :5071 are banned no more\n',
      err: '',
    });
    t.equal(operator.bans.size, 0);
  },
);

await t.test('a removal that is not on the disk yet is told, and is not all done', async (t) => {
  const { bans, operator } = await setUp(t);
  operator.isSaving = false;
  await bans('add 203.0.113.9 203.0.113.8');
  t.match(await bans('remove 203.0.113.9'), {
    code: 1,
    out: /^203\.0\.113\.9 is banned no more; but the disk did not take that, and a restart of the blocker may bring it back/,
  });
  t.match(await bans('flush --yes'), { code: 1, out: /^1 ban ended; but the disk did not take that/ });
});

await t.test('--json is an object a line, and a list is an array', async (t) => {
  const { bans, operator } = await setUp(t);
  const json = async (line: string) => (await bans(`${line} --json`)).out;
  t.equal(await json('list'), '[]\n');
  t.equal(
    await json('add 203.0.113.9 192.0.2.1'),
    '{"address":"203.0.113.9/32","port":null,"result":"banned","reason":null}\n{"address":"192.0.2.1/32","port":null,"result":"refused","reason":"allowlisted"}\n',
  );
  await bans('add ::1 --reason ü\u202e');
  const list = await json('list');
  t.strictSame(JSON.parse(list), await operator.list());
  t.match(list, /^[\x20-\x7e\n]+$/);
  t.strictSame(JSON.parse(await json('test ::1')), {
    address: '::1/128',
    port: null,
    refusal: null,
    ban: (await operator.list())[0],
    sockets: 0,
  });
  t.strictSame(JSON.parse(await json('status')), await operator.status());
  t.equal(
    await json('remove ::1'),
    '{"address":"::1/128","port":null,"isRemoved":true,"sockets":0,"ports":[],"isSaved":true}\n',
  );
  t.equal(await json('flush --yes'), '{"count":1,"isSaved":true}\n');
});

await t.test('addresses come from standard input, and a bad line is told and does not stop the rest', async (t) => {
  const { bans, operator } = await setUp(t);
  const stdin = input('# friends\n203.0.113.1\npbx\n203.0.113.2');
  t.strictSame(await bans('add -', { stdin }), {
    code: 1,
    out: '203.0.113.1 is banned\n203.0.113.2 is banned\n',
    err: 'asterisk-auth-stats: standard input, line 3: "pbx" is no IP address and no prefix\n',
  });
  t.equal(operator.bans.size, 2);
  t.strictSame(await bans('remove -', { stdin: input('203.0.113.1\n') }), {
    code: 0,
    out: '203.0.113.1 is banned no more\n',
    err: '',
  });
});

await t.test(
  'many addresses go over one connection, no more at once than its window, and are told in order',
  async (t) => {
    const { bans, operator, server } = await setUp(t);
    let open = 0;
    let openMax = 0;
    let connectionsMax = 0;
    const add = operator.add.bind(operator);
    operator.add = async (ban) => {
      open += 1;
      openMax = Math.max(openMax, open);
      connectionsMax = Math.max(connectionsMax, server.counts.connections);
      await setImmediate();
      open -= 1;
      return add(ban);
    };
    const hosts = Array.from({ length: rounds(20_000) }, (_, host) => `203.0.${host >> 8}.${host & 255}`);
    const { code, out } = await bans('add -', { stdin: input(hosts.join('\n')) });
    t.equal(code, 0);
    t.equal(out, hosts.map((host) => `${host} is banned\n`).join(''));
    t.equal(operator.bans.size, hosts.length);
    t.ok(openMax > 16 && openMax <= 256, `${openMax} at once`);
    t.equal(connectionsMax, 1);
    const list = await bans('list --json');
    t.equal(JSON.parse(list.out).length, hosts.length);
  },
);

await t.test('a terminal has no line that is wider than it', async (t) => {
  const { bans } = await setUp(t);
  await bans('add 203.0.113.9');
  for (const [more, widest] of [
    [{ isTTY: true, columns: 40 }, 40],
    [{ isTTY: true }, 80],
    [{}, 120],
  ] as const) {
    let out = '';
    await bans('list', { stdout: { ...more, write: (text) => (out += text) } });
    const width = Math.max(...out.split('\n').map(({ length }) => length));
    t.ok(width <= widest && width > widest / 2, `${width} columns`);
  }
});

await t.test('where no blocker answers, why is told', async (t) => {
  const path = socketPath(t);
  t.match(await bans(path, 'list'), {
    code: 69,
    out: '',
    err: /^asterisk-auth-stats: no connection.*is the blocker running/,
  });
  t.match(await bans(`${path}/${'x'.repeat(107)}`, 'list'), { code: 78, err: /CONTROL_SOCKET/ });
  const denied = () => {
    throw Object.assign(new Error('not a ControlError'), { code: 'EACCES' });
  };
  await t.rejects(bans(path, 'list', { connect: denied }), { message: 'not a ControlError' });
  const silent = await setUp(t);
  silent.operator.list = () => new Promise(() => undefined);
  t.match(await silent.bans('list', { silenceMs: 20 }), { code: 69, err: /has said nothing for 20 ms/ });
  silent.operator.add = () => new Promise(() => undefined);
  t.match(await silent.bans('add ::1 ::2', { silenceMs: 20 }), { code: 69, out: '' });
});
