import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import t, { type Test } from 'tap';
import { loadReplayConfig } from '../../src/config/replay-config.js';
import { replayArguments } from '../../src/replay/arguments.js';
import { type ReplayOptions, replayFiles } from '../../src/replay/replay.js';
import { encodeSecurityEvent, remoteAddress } from '../../src/simulator/frames.js';
import { encodeAnswer } from '../../src/wire/ban-answer-codec.js';

const START = Date.UTC(2026, 2, 1);
const RECORDINGS = fileURLToPath(new URL('../fixtures/replay', import.meta.url));
/** So few that no tuning of the defaults changes these tests. */
const FIVE = { environment: { ENUMERATION_ACCOUNTS: '5' } };
const never = new AbortController().signal;
const recordingOf = (name: string) => readFileSync(new URL(`../fixtures/recordings/22/${name}`, import.meta.url));

interface Replayed {
  readonly end: string;
  readonly out: string;
  readonly err: string;
}

interface World {
  readonly environment?: Record<string, string>;
  readonly stdin?: Readable;
  readonly signal?: AbortSignal;
  readonly columns?: number;
  readonly now?: number;
  readonly resolve?: ReplayOptions['resolve'];
}

/** Runs `replay` with these arguments in a world of its own. */
async function replay(args: readonly string[], world: World = {}): Promise<Replayed> {
  const {
    environment = {},
    stdin = new PassThrough(),
    signal = never,
    columns,
    now = START + 3_600_000,
    resolve,
  } = world;
  const wanted = replayArguments(args);
  const loaded = loadReplayConfig(environment, () => new Uint8Array());
  if (wanted instanceof Error || loaded.kind !== 'config') throw new Error('the test is wrong', { cause: wanted });
  const texts = { out: '', err: '' };
  const write = (name: 'out' | 'err') => (text: string) => {
    texts[name] += text;
  };
  const out = { write: write('out'), ...(columns !== undefined && { isTTY: true, columns }) };
  const options = {
    arguments: wanted,
    config: loaded.config,
    stdin,
    clock: () => now,
    silenceMs: 1_000,
    ...(resolve && { resolve }),
  };
  const end = await replayFiles({ ...options, out, err: { write: write('err') } }, signal);
  return { end, ...texts };
}

/** A stream of AMI in which an address guesses at other accounts that do not exist, one a second. */
function guesses(
  count: number,
  address = '203.0.113.9',
  account = (n: number) => `10${n}`,
  event: 'InvalidAccountID' | 'InvalidPassword' = 'InvalidAccountID',
  everyMs = 1_000,
  afterMs = 0,
): string {
  return Array.from({ length: count }, (_, n) =>
    encodeSecurityEvent(
      {
        event,
        service: 'PJSIP',
        account: account(n),
        sessionId: `call ${n}`,
        remote: remoteAddress(`${address.includes(':') ? 'IPV6' : 'IPV4'}/TCP/${address}`, 5060),
      },
      { at: START + afterMs + n * everyMs, systemName: 'office', timestamps: false },
    ),
  ).join('');
}

function loginAt(address: string, account: string, afterMs: number): string {
  const remote = remoteAddress(`IPV4/TCP/${address}`, 5060);
  return encodeSecurityEvent(
    {
      event: 'SuccessfulAuth',
      service: 'PJSIP',
      account,
      sessionId: `login-${afterMs}`,
      usingPassword: true,
      remote,
    },
    { at: START + afterMs, systemName: 'office', timestamps: false },
  );
}

/** What is made of a step, as JSON has it. */
interface Made {
  readonly judged: { readonly place: { readonly guesses: number } } | null;
}

function fileOf(t: Test, bytes: Buffer | string): string {
  const file = join(t.testdir({}), 'recording');
  writeFileSync(file, bytes);
  return file;
}

await t.test('a recording is read as it would have been live, and told', async (t) => {
  const { end, out, err } = await replay([fileOf(t, guesses(20))], FIVE);
  t.match({ end, err }, { end: 'done', err: '' });
  t.match(out, 'events 20, failed 20, logins 0');
  t.match(out, /^No good login would have been refused\.\n\n/);
  t.match(out, /203\.0\.113\.9 +20 +20 .* after 5 \(enumeration, 1 h\) +15$/m);
  t.match(out, 'Decisions: bans 1 (enumeration 1)\n');
  t.match(out, '15 of 20 attempts would not have reached the PBX');
  t.match(out, 'in force at the end 1, now 1');
});

await t.test("the exporter's settings hold", async (t) => {
  const file = fileOf(t, guesses(20));
  const { out } = await replay([file], { environment: { ENUMERATION_ACCOUNTS: '7' } });
  t.match(out, / after 7 \(enumeration/);
  const { out: spared } = await replay([file], { environment: { ALLOWLIST: '203.0.113.0/24' } });
  t.match(spared, 'none (allowlisted)');
  const named = { environment: { ALLOWLIST: 'a-friend' }, resolve: async () => [{ address: '203.0.113.9' }] };
  t.match((await replay([file], named)).out, 'none (allowlisted)');
});

await t.test('all three formats, compressed or not, in the order given, are one story', async (t) => {
  const folder = t.testdir({});
  const names = ['ami', 'security', 'messages'].map((ending) => `pjsip-udp4-register-wrongpw.${ending}`);
  for (const name of names) writeFileSync(join(folder, `${name}.gz`), gzipSync(recordingOf(name)));
  const { end, out } = await replay([...names.map((name) => join(folder, `${name}.gz`)), '--json']);
  t.equal(end, 'done');
  t.match(JSON.parse(out), {
    inputs: [{ format: 'ami' }, { format: 'security-log' }, { format: 'messages-log' }],
    totals: { events: 7, failed: 3, malformed: {} },
  });
});

await t.test('what clients forged is counted and is no event', async (t) => {
  const { out } = await replay([fileOf(t, recordingOf('pjsip-inject-event.ami')), '--json']);
  t.match(JSON.parse(out), { totals: { events: 3, malformed: { key_order: 2, privilege: 2 } } });
});

await t.test('a login is explained too', async (t) => {
  const file = fileOf(t, recordingOf('pjsip-inject-event.ami'));
  const { out } = await replay([file, '--explain', '127.0.0.1']);
  t.match(out, /SuccessfulAuth {2}AMI {2}secmon {2}login {2}residents 1$/m);
});

await t.test('who shares a prefix that is banned is kept out', async (t) => {
  const hosts = Array.from({ length: 20 }, (_, n) => `2001:db8:1::${n + 1}`);
  const stream = hosts.map((host, n) => guesses(4, host, (m) => `${1000 + 4 * n + m}`)).join('');
  const { out } = await replay([fileOf(t, stream), '--json']);
  const { attackers, decisions } = JSON.parse(out);
  t.ok(decisions.keptOut > 0);
  t.ok(
    attackers.top.some(
      ({ firstBan }: { firstBan: { target: string } | null }) => firstBan?.target === '2001:db8:1::/64',
    ),
  );
});

await t.test('standard input is read, also compressed, and a format that is given is not found out', async (t) => {
  for (const bytes of [Buffer.from(guesses(3)), gzipSync(guesses(3))]) {
    const stdin = new PassThrough();
    stdin.end(bytes);
    t.match(JSON.parse((await replay(['-', '--json'], { stdin })).out), { totals: { events: 3 } });
  }
  const stdin = new PassThrough();
  stdin.end(guesses(3));
  const { out } = await replay(['-', '--json', '--source', 'security-log'], { stdin });
  t.match(JSON.parse(out), { inputs: [{ name: '-', format: 'security-log' }], totals: { events: 0 } });
});

await t.test('what is empty is no fault', async (t) => {
  const stdin = new PassThrough();
  stdin.end();
  const { end, out } = await replay([fileOf(t, ''), '-'], { stdin });
  t.equal(end, 'done');
  t.match(out, /recording: empty, 0 bytes\n-: empty, 0 bytes\nNo security event was found/);
});

await t.test('a file that is not there is told before anything is read', async (t) => {
  const file = fileOf(t, guesses(3));
  const { end, out, err } = await replay([file, `${file}\u001b2`]);
  t.match({ end, out }, { end: 'no-input', out: '' });
  t.match(err, /recording\\x1b2: no such file or directory\n$/);
});

await t.test('so is one that nobody knows', async (t) => {
  const { end, out, err } = await replay([fileOf(t, 'hello\n')]);
  t.match({ end, out }, { end: 'bad-data', out: '' });
  t.match(err, /neither AMI nor a security log nor a messages log/);
  const stdin = new PassThrough();
  stdin.end('hello\n');
  const read = await replay(['-'], { stdin });
  t.equal(read.end, 'bad-data');
  t.match(read.err, /-: neither AMI/);
});

await t.test('of a damaged file what can be read is told', async (t) => {
  const noise = (n: number) => `${Math.imul(n, 2_654_435_761) >>> 0}`;
  const bytes = gzipSync(guesses(20_000, '203.0.113.9', noise));
  const { end, out, err } = await replay([fileOf(t, bytes.subarray(0, -100)), '--json']);
  t.equal(end, 'bad-data');
  t.match(err, /unexpected end of file/);
  const { inputs, totals } = JSON.parse(out);
  t.match(inputs, [{ fault: /unexpected end of file/ }]);
  t.ok(totals.events > 0);
});

await t.test('the year that a log leaves out is that of its file', async (t) => {
  const stdin = new PassThrough();
  stdin.end(recordingOf('pjsip-udp4-register-wrongpw.messages'));
  const now = Date.UTC(2024, 11, 24);
  const { out } = await replay(['-', '--json'], { stdin, now });
  t.equal(new Date(JSON.parse(out).totals.lastAt).getUTCFullYear(), 2024);
});

await t.test('hostile text is made visible', async (t) => {
  const file = fileOf(
    t,
    guesses(9, '203.0.113.9', (n) => `\u001b[2J${n}\u202e`),
  );
  const { out } = await replay([file, '--explain', '203.0.113.9']);
  t.match(out, '\\x1b[2J0\\u{202e}');
  t.notMatch(out, /[\u001b\u202e]/);
});

await t.test('why an address was banned is explained', async (t) => {
  const file = fileOf(t, guesses(8) + guesses(1, '203.0.113.10'));
  const { out } = await replay([file, '--explain', '203.0.113.9'], { ...FIVE, columns: 300 });
  t.match(out, '203.0.113.9: 8 events');
  t.match(
    out,
    /104 {2}unknown_account, a stranger's request without a password .* names 5\n {6}ban of 203\.0\.113\.9\/32 for 1 h: enumeration; rests on 5 attempts at 5 accounts .*\n {6}finding enumeration \(warning, ban\): .*; evidence: names 5 \(1\.00\)\n/,
  );
  t.match(out, /107 {2}unknown_account {2}kept out: banned already$/m);
  t.match(out, /names 5 of 5.*\n.*\n.*\n {2}banned until 2026-03-01 01:00:04/);
  const six = fileOf(t, guesses(8, '2001:db8:1::9').replaceAll('IPV4', 'IPV6'));
  const { out: of64 } = await replay([six, '--explain', '2001:db8:1::9', '--json'], FIVE);
  t.match(JSON.parse(of64), { explanation: { address: '2001:db8:1::9', steps: 8, state: { bans: 1, failures: 5 } } });
  const { out: unseen } = await replay([file, '--explain', '198.51.100.1', '--json']);
  t.match(JSON.parse(unseen), { explanation: { steps: 0, state: null } });
});

await t.test('after a login the explanation does not show what the login forgave', async (t) => {
  const file = join(RECORDINGS, 'login-after-failures.ami');
  const { out } = await replay([file, '--explain', '198.51.100.5', '--json']);
  const { lines } = JSON.parse(out).explanation as { lines: { account: string; made: Made[] }[] };
  const guessesAfter = lines
    .filter(({ account }) => account === 'foo' || account === 'russ')
    .flatMap(({ made }) => made.map(({ judged }) => Math.round(judged?.place.guesses ?? Number.NaN)));
  t.strictSame(guessesAfter.slice(0, 3), [1, 2, 1]);
});

await t.test('a break-in is explained with its evidence, and its login is no loss', async (t) => {
  const guessed = guesses(60, '203.0.113.9', (n) => `10${n}`, 'InvalidPassword');
  const file = fileOf(t, guessed + loginAt('203.0.113.9', '103', 90_000));
  const { out } = await replay([file, '--explain', '203.0.113.9']);
  t.match(
    out,
    /^No good login would have been refused\.\n1 guesser's login would have been refused: 203\.0\.113\.9 \(1\)\n/,
  );
  t.match(
    out,
    /103 {2}login {2}kept out: banned already .*\n {6}finding breach \((critical|warning), .*\): .*; evidence: guesses_here 1 \(\d/,
  );
});

await t.test('good logins that bans would have refused lead the report, by address', async (t) => {
  const logins = [20_000, 30_000, 40_000].map((at) => loginAt('203.0.113.9', '777', at)).join('');
  const file = fileOf(t, guesses(20) + logins + loginAt('203.0.113.10', '778', 50_000));
  const { out } = await replay([file], FIVE);
  t.match(out, /^3 good logins would have been refused: 203\.0\.113\.9 \(3\)\n\n/);
  const { refused, decisions } = JSON.parse((await replay([file, '--json'], FIVE)).out);
  t.match(refused, { good: { logins: 3, addresses: { top: [{ address: '203.0.113.9', logins: 3 }] } } });
  t.match(decisions, { bans: 1, inForceAtEnd: 1 }, 'no login has ended the ban');
});

await t.test('offices in which some phones fail lose no login', async () => {
  for (const [name, logins] of [
    ['office-one-backoff-phone.ami.gz', 434],
    ['ipv6-office-64.ami.gz', 145],
  ] as const) {
    const { end, out } = await replay([join(RECORDINGS, name), '--json']);
    t.equal(end, 'done');
    const none = { logins: 0 };
    const { refused, totals } = JSON.parse(out);
    t.match(refused, { good: none, guessed: none, unproven: none }, name);
    t.equal(totals.logins, logins);
    t.match((await replay([join(RECORDINGS, name)])).out, /^No good login would have been refused\./);
  }
});

await t.test('whoever is on the allowlist is not said to have logged in', async (t) => {
  const file = fileOf(t, guesses(20, '10.1.2.3'));
  const { out } = await replay([file, '--explain', '10.1.2.3'], {
    environment: { ALLOWLIST: '10.0.0.0/8', ...FIVE.environment },
  });
  t.match(out, 'none (allowlisted)');
  t.match(out, /finding enumeration \(warning, allowlisted\)/);
  t.match(out, 'on the allowlist yes');
  t.notMatch(out.replace('No good login', '').replace('logins 0', ''), /log(ged )?in|lives? /);
});

await t.test('on a terminal no line is wider than it', async (t) => {
  const { out } = await replay([fileOf(t, guesses(20))], { columns: 60 });
  t.ok(out.split('\n').every((line) => line.length <= 60));
});

await t.test('an abort ends the reading with a report of what was read', async (t) => {
  const stop = new AbortController();
  let left = 10;
  const stdin = new Readable({
    read() {
      if (left-- > 0) this.push(guesses(2_000));
      else stop.abort();
    },
  });
  const { end, out, err } = await replay(['-', fileOf(t, guesses(3))], { stdin, signal: stop.signal });
  t.match({ end, err }, { end: 'interrupted', err: '' });
  t.match(out, /Interrupted: .*\n2026-03-01 .*\nevents \d+,\d{3}, /);
  const early = await replay([fileOf(t, guesses(3))], { signal: AbortSignal.abort() });
  t.match(early, { end: 'interrupted', err: '', out: /Interrupted: .*\nNo security event/ });
});

await t.test('five megabytes are read without losing an event', async (t) => {
  const { out } = await replay([
    fileOf(
      t,
      guesses(18_000, '203.0.113.9', (n) => `${n % 50}`),
    ),
    '--json',
  ]);
  const { inputs, totals } = JSON.parse(out);
  t.ok(inputs[0].bytes > 5_000_000);
  t.match(totals, { events: 18_000, attempts: 18_000, malformed: {} });
});

/** Short: a socket's path has 107 bytes at most. */
function socketPath(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'replay-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return join(folder, 'socket');
}

/** A blocker that bans all that it is asked to, once; resolves to its socket and the lines that it was sent. */
async function blocker(t: Test): Promise<{ readonly path: string; readonly lines: string[] }> {
  const path = socketPath(t);
  const lines: string[] = [];
  const known = new Set<string>();
  const server = createServer((socket) => {
    t.teardown(() => socket.destroy());
    socket.on('data', (chunk) => {
      for (const line of chunk.toString().trimEnd().split('\n')) {
        lines.push(line);
        const { address, port = null } = JSON.parse(line);
        const result = known.has(`${address} ${port}`) ? 'already_banned' : 'banned';
        known.add(`${address} ${port}`);
        socket.write(`${encodeAnswer({ address, port, result, reason: null })}\n`);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  t.teardown(() => server.close());
  return { path, lines };
}

await t.test('bans that are in force are handed to the blocker, for the time that is left', async (t) => {
  const { path, lines } = await blocker(t);
  const file = join(dirname(path), 'recording');
  writeFileSync(file, guesses(20));
  const world = { environment: { DECISION_SOCKET: path, ...FIVE.environment } };
  const { end, out } = await replay([file, '--ban'], { ...world, now: START + 604_000 });
  t.equal(end, 'done');
  t.match(out, /Handed to the blocker:\n {2}203\.0\.113\.9\/32 banned\n$/);
  t.match(JSON.parse(lines[0] ?? ''), { address: '203.0.113.9/32', seconds: 3_000, at: START + 604_000 });
  const late = { ...world, now: START + 86_400_000 };
  t.match(JSON.parse((await replay([file, '--ban', '--json'], late)).out), { banned: [] });
  t.match(JSON.parse((await replay([file, '--ban-all', '--json'], late)).out), {
    banned: [{ result: 'already_banned', seconds: 3_600 }],
  });
});

await t.test(
  'all bans are handed over, those of sockets with their ports, and a second time they are there already',
  async (t) => {
    const { path, lines } = await blocker(t);
    const file = join(dirname(path), 'recording');
    writeFileSync(file, guesses(20) + guesses(20, '203.0.113.10', () => '100', 'InvalidPassword', 10_000));
    const environment = { DECISION_SOCKET: path, BAN_THRESHOLD: '3', ...FIVE.environment };
    const first = await replay([file, '--ban-all'], { environment });
    t.match(first.out, /\n {2}203\.0\.113\.9\/32 banned\n {2}203\.0\.113\.10:5060 banned\n$/);
    t.match(
      lines.map((line) => JSON.parse(line)),
      [
        { address: '203.0.113.9/32', port: undefined },
        { address: '203.0.113.10/32', port: 5060 },
      ],
    );
    const second = await replay([file, '--ban-all'], { environment });
    t.match(second.out, /\n {2}203\.0\.113\.9\/32 already banned\n {2}203\.0\.113\.10:5060 already banned\n$/);
  },
);

await t.test('without a socket, or without a blocker, nobody is banned', async (t) => {
  const file = fileOf(t, guesses(20));
  const { end, out, err } = await replay([file, '--ban']);
  t.match({ end, out, err }, { end: 'no-socket', out: '', err: /DECISION_SOCKET is missing/ });
  const alone = await replay([file, '--ban'], {
    environment: { DECISION_SOCKET: socketPath(t), ...FIVE.environment },
  });
  t.equal(alone.end, 'no-blocker');
  t.match(alone.out, '203.0.113.9/32 not answered');
  t.match(alone.err, /no connection to the blocker: there is no such socket/);
});
