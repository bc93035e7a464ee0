import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { settings } from '../src/config/schema.js';
import { type RaisedEvent, remoteAddress } from '../src/simulator/frames.js';
import { SimulatedPbx } from '../src/simulator/pbx.js';
import { StatsdReceiver } from '../src/simulator/statsd-receiver.js';
import { eventually, tcpServer } from './metrics/fixtures.js';
import { socketPath } from './wire/socket-path.js';

const SECRET = 'correct horse battery';
const CONFIGURED = { AMI_HOST: '127.0.0.1', AMI_USERNAME: 'secmon', AMI_SECRET: SECRET };
const PROGRAM = fileURLToPath(new URL('../src/cli.js', import.meta.url));
const SETTINGS = new Set([...settings.values()].map(({ env }) => env));
const NOT_OURS = Object.fromEntries(Object.entries(process.env).filter(([name]) => !SETTINGS.has(name)));

interface LogLine {
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** Starts a process of its own. */
function start(t: Test, args: readonly string[], environment: Record<string, string>) {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { ...NOT_OURS, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  const output = new EventEmitter();
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      output.emit('text');
    });
  }
  const ended = once(child, 'close');
  void ended.then(() => output.emit('text'));
  const lines = (): LogLine[] =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  return {
    child,
    text: () => text,
    lines,
    /** Waits until something is written that matches. */
    async wrote(pattern: RegExp) {
      while (!pattern.test(text)) {
        if (child.exitCode !== null) throw new Error(`it exited with ${child.exitCode} and wrote ${text}`);
        await once(output, 'text');
      }
    },
    async code(): Promise<number | null> {
      const [code] = await ended;
      return code;
    },
  };
}

async function pbxAndStatsd(t: Test) {
  const rest = new AbortController();
  t.teardown(() => rest.abort());
  const users = new Map([['secmon', { secret: SECRET, read: ['security', 'system'] as const }]]);
  const pbx = await SimulatedPbx.listen({ users, rejectMs: 5 }, rest.signal);
  const receiver = await StatsdReceiver.listen(rest.signal);
  return {
    pbx,
    receiver,
    environment: { ...CONFIGURED, AMI_PORT: String(pbx.port), STATSD_PORT: String(receiver.port) },
  };
}

/** A port on which nobody listens. */
async function deadPort(): Promise<number> {
  const { server, port } = await tcpServer();
  server.close();
  await once(server, 'close');
  return port;
}

const GUESS: RaisedEvent = {
  event: 'InvalidPassword',
  service: 'SIP',
  account: '201',
  sessionId: 'call',
  remote: remoteAddress('IPV4/UDP/203.0.113.9', 5060),
};

// These wait for processes: one can start while another one waits.
t.jobs = 2;

void t.test(
  'with nothing configured it is the demo, in lines where there is no terminal, and SIGINT ends it with 0',
  async (t) => {
    const { child, wrote, code, text } = start(t, [], {});
    await wrote(/^up .*\n/);
    child.kill('SIGINT');
    t.equal(await code(), 0);
    t.match(text(), /^(up 00:00:\d\d .* failed [\d,]+ .*\n){2}$/);
  },
);

void t.test('demo is the demo also where a PBX is configured, and who stops reading it sees no error', async (t) => {
  const { child, wrote, code, text } = start(t, ['demo'], CONFIGURED);
  await wrote(/^up .*\n/);
  child.stdout.destroy();
  child.kill('SIGTERM');
  t.equal(await code(), 0);
  t.match(text(), /^up .*\n$/);
});

void t.test('simulate is a PBX under attack for whoever has the login, until it is told to end', async (t) => {
  const { environment, receiver } = await pbxAndStatsd(t);
  const settings = { ...environment, AMI_PORT: String(await deadPort()), FLUSH_MS: '100' };
  const pbx = start(t, ['simulate'], settings);
  await pbx.wrote(/under attack/);
  const exporter = start(t, ['run'], settings);
  await exporter.wrote(/security events arrive/);
  await eventually(() => receiver.totals().get('security.failed_auth.PJSIP.count') ?? null);
  for (const { child, code } of [exporter, pbx]) {
    child.kill('SIGTERM');
    t.equal(await code(), 0);
  }
  t.match(pbx.lines(), [
    { level: 30, host: '127.0.0.1', port: Number(settings.AMI_PORT), username: 'secmon' },
    { msg: 'stopping', signal: 'SIGTERM' },
  ]);
  t.notMatch(pbx.text(), SECRET);
});

void t.test('a simulated PBX that cannot listen says why, and ends with 1', async (t) => {
  const { server, port } = await tcpServer();
  t.teardown(() => server.close());
  const { code, lines } = start(t, ['simulate'], { ...CONFIGURED, AMI_PORT: String(port) });
  t.equal(await code(), 1);
  t.match(lines(), [{ level: 60, msg: /EADDRINUSE/ }]);
});

void t.test('SIGTERM sends what was counted, and ends with 0', async (t) => {
  const { pbx, receiver, environment } = await pbxAndStatsd(t);
  const port = await deadPort();
  // No other flush than the last one.
  const own = { FLUSH_MS: '60000', HTTP_PORT: String(port) };
  const { child, wrote, code, lines, text } = start(t, ['run'], { ...environment, ...own });
  await wrote(/security events arrive/);
  for (let guess = 0; guess < 5; guess += 1) pbx.raise(GUESS);
  while (!(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).includes('{event="InvalidPassword"} 5\n'));
  t.equal(receiver.totals().size, 0);
  child.kill('SIGTERM');
  t.equal(await code(), 0);
  await eventually(() => receiver.totals().get('exporter.events') ?? null);
  t.same(Object.fromEntries(receiver.totals()), {
    'security.events.AMI.SuccessfulAuth': 1,
    'security.events.SIP.InvalidPassword': 5,
    'security.failed_auth.SIP.IPV4/UDP/203_0_113_9': 5,
    'security.failed_auth.SIP.count': 5,
    // The simulator repeats one packet.
    'security.failed_auth.SIP.attempts': 1,
    'exporter.events': 6,
  });
  t.match(lines(), [
    { msg: 'starting', level: 30, version: String, node: process.version, source: `127.0.0.1:${pbx.port}` },
    { msg: 'serving /healthz, /readyz and /metrics', port },
    { msg: 'connected to Asterisk' },
    { msg: 'security events arrive' },
    { msg: 'stopping: sending what was counted', signal: 'SIGTERM' },
    { msg: 'stopped', isDone: true },
  ]);
  t.notMatch(text(), SECRET);
});

void t.test('the blocker runs until a signal, and says what becomes of the bans', async (t) => {
  const path = socketPath(t);
  for (const [flush, told] of [
    ['false', 'stopping: the bans stay'],
    ['true', 'stopping: the bans end'],
  ] as const) {
    const environment = { DECISION_SOCKET: path, CONTROL_SOCKET: `${path}c`, BLOCKER_FLUSH_ON_STOP: flush };
    const { child, wrote, code, lines } = start(t, ['blocker'], environment);
    await wrote(/"listening"/);
    child.kill('SIGTERM');
    t.equal(await code(), 0);
    t.match(lines()[0], { msg: 'starting', firewall: 'dry-run' });
    t.ok(
      lines().some(({ msg }) => msg === told),
      told,
    );
    t.match(lines().at(-1), { msg: 'stopped', isDone: true });
  }
});

void t.test('with a log as its source it says which, and ends when it is told to', async (t) => {
  const LOG_FILE = `${t.testdir({ log: '' })}/log`;
  const { child, wrote, code, lines } = start(t, ['run'], { SOURCE: 'security-log', LOG_FILE });
  await wrote(/reading/);
  child.kill('SIGTERM');
  t.equal(await code(), 0);
  t.match(lines()[0], { msg: 'starting', source: LOG_FILE });
});

void t.test('a wrong secret is told and tried again; a second signal does not wait for the receiver', async (t) => {
  const { environment } = await pbxAndStatsd(t);
  const { child, wrote, code, lines, text } = start(t, [], {
    ...environment,
    AMI_SECRET: `not the ${SECRET}`,
    AMI_RECONNECT_MAX_SECONDS: '1',
    STATSD_PROTOCOL: 'tcp',
    STATSD_PORT: String(await deadPort()),
    STOP_SECONDS: '3600',
    LOG_LEVEL: 'debug',
  });
  await wrote(/still no connection to Asterisk/);
  t.match(
    lines().find(({ msg }) => msg.startsWith('no connection to Asterisk')),
    { level: 40, reason: /login refused/, retryMs: Number },
  );
  child.kill('SIGTERM');
  await wrote(/stopping/);
  child.kill('SIGINT');
  t.equal(await code(), 1);
  t.notMatch(text(), SECRET);
});

void t.test('a receiver that is not there when the grace time ends makes it end with 1', async (t) => {
  const { environment } = await pbxAndStatsd(t);
  const own = { STATSD_PROTOCOL: 'tcp', STATSD_PORT: String(await deadPort()), STOP_SECONDS: '1' };
  const { child, wrote, code, lines } = start(t, ['run'], { ...environment, ...own });
  await wrote(/security events arrive/);
  child.kill('SIGTERM');
  t.equal(await code(), 1);
  t.match(lines().slice(-2), [
    { level: 40, msg: 'the grace time ended before the last readings were sent' },
    { msg: 'stopped', isDone: false },
  ]);
});

void t.test('what cannot start says what to do, and ends with 1', async (t) => {
  const { environment } = await pbxAndStatsd(t);
  const { server, port } = await tcpServer();
  t.teardown(() => server.close());
  const { code, lines, text } = start(t, ['run'], { ...environment, HTTP_PORT: String(port) });
  t.equal(await code(), 1);
  t.match(lines().at(-1), { level: 60, msg: /^HTTP_PORT: port \d+ of 127\.0\.0\.1 is in use; choose a free port/ });
  t.notMatch(text(), SECRET);
});
