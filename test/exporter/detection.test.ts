import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import t, { type Test } from 'tap';
import type { Address } from '../../src/domain/remote-address.js';
import { remoteAddress } from '../../src/simulator/frames.js';
import { SimulatedPbx } from '../../src/simulator/pbx.js';
import { encodeTrustWord } from '../../src/wire/trust-word.js';
import { eventually } from '../metrics/fixtures.js';
import { runningExporter } from './running-exporter.js';

const SECRET = 'correct horse battery';

/** A PBX that people guess at, and exporters that watch it. */
async function attacked(t: Test, environment: Readonly<Record<string, string>> = {}) {
  const rest = new AbortController();
  t.teardown(() => rest.abort());
  const users = new Map([['secmon', { secret: SECRET, read: ['security', 'system'] as const }]]);
  const pbx = await SimulatedPbx.listen({ users, systemName: 'lab' }, rest.signal);
  const remote = (address: string) => remoteAddress(`IPV4/TCP/${address}`, 40_000);
  return {
    start: async () => {
      const settings = {
        AMI_HOST: '127.0.0.1',
        AMI_PORT: String(pbx.port),
        AMI_USERNAME: 'secmon',
        AMI_SECRET: SECRET,
      };
      const exporter = await runningExporter(t, { ...settings, ...environment });
      await eventually(() => (exporter.logged('security events arrive').length > 0 ? true : null));
      return exporter;
    },
    /** Each is a login of its own at the manager interface. */
    guess: (times: number, address = '203.0.113.9') => {
      const event = { event: 'InvalidPassword', service: 'AMI', account: 'admin', sessionId: '0x1' } as const;
      for (let n = 0; n < times; n++) pbx.raise({ ...event, remote: remote(address) });
    },
    /** Each in a call of its own. */
    call: (times: number) => {
      const event = { event: 'ChallengeResponseFailed', service: 'PJSIP', account: '100' } as const;
      for (let n = 0; n < times; n++) pbx.raise({ ...event, sessionId: `call-${n}`, remote: remote('203.0.113.9') });
    },
    login: (address = '203.0.113.9') => {
      const event = { event: 'SuccessfulAuth', service: 'AMI', account: 'admin', sessionId: '0x1' } as const;
      pbx.raise({ ...event, usingPassword: false, remote: remote(address) });
    },
  };
}

/** A blocker that only listens. */
async function listening(t: Test) {
  // A socket's path has 107 bytes at most, and a test's directory has a long name.
  const directory = mkdtempSync(join(tmpdir(), 'blocker-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'socket');
  const decisions: unknown[] = [];
  let drop: () => void = () => undefined;
  let say: (line: string) => void = () => undefined;
  const server = createServer((socket) => {
    drop = () => void socket.destroy();
    say = (line) => void socket.write(line);
    createInterface(socket).on('line', (line) => decisions.push(JSON.parse(line)));
  }).listen(path);
  await once(server, 'listening');
  t.teardown(() => server.close());
  return {
    path,
    decisions,
    drop: () => drop(),
    answer: (address: string, result: string) => say(`${JSON.stringify({ v: 1, address, result })}\n`),
  };
}

/** As they stand in the log. */
function findings({ lines }: { readonly lines: readonly (readonly [string, object, string])[] }): unknown[] {
  return lines.flatMap(([, fields]) => ('finding' in fields ? [fields.finding] : []));
}

await t.test('guessing is told in the log and as meters, and the blocker hears whom to ban', async (t) => {
  const { path, decisions } = await listening(t);
  const { start, guess } = await attacked(t, { DECISION_SOCKET: path });
  const { receiver, log, stop } = await start();
  guess(25);
  await eventually(() => receiver.totals().get('security.findings.brute_force') ?? null);
  await eventually(() => (decisions.length > 0 ? true : null));
  t.match(decisions, [{ type: 'ban', address: '203.0.113.9/32', reason: 'brute_force', evidence: { attempts: 10 } }]);
  t.match(findings(log), [{ rule: 'brute_force', severity: 'warning' }]);
  t.match(Object.fromEntries(receiver.totals()), {
    'security.failed_auth.AMI.count': 25,
    'security.failed_auth.AMI.attempts': 25,
    'security.decisions.ban': 1,
    'exporter.decisions.sent': 1,
  });
  t.match(Object.fromEntries(receiver.gauges()), { 'exporter.detection.addresses': 2, 'exporter.decisions.queued': 0 });
  t.equal(await stop(), true);
});

await t.test('what the banned still send is counted apart, and so are guesses that found no room', async (t) => {
  const { start, guess, login, call } = await attacked(t);
  const { receiver, stop } = await start();
  call(17);
  await eventually(() => receiver.totals().get('exporter.detection.limits_reached.sessions') ?? null);
  guess(30, '203.0.113.10');
  login('203.0.113.10');
  await eventually(() => receiver.totals().get('security.kept_out.AMI.logins') ?? null);
  t.match(Object.fromEntries(receiver.totals()), {
    'exporter.detection.limits_reached.sessions': 1,
    'security.failed_auth.PJSIP.attempts': 17,
    'security.failed_auth.AMI.attempts': 30,
    'security.kept_out.AMI.attempts': 20,
    'security.kept_out.AMI.logins': 1,
  });
  t.equal(await stop(), true);
});

await t.test("an operator's word is taken in while it runs, and ends a ban", async (t) => {
  const { path, decisions } = await listening(t);
  const STATE_DIR = `${t.testdir()}/state`;
  const { start, guess } = await attacked(t, { DECISION_SOCKET: path, STATE_DIR });
  const { receiver, logged, stop } = await start();
  guess(25);
  await eventually(() => (decisions.length > 0 ? true : null));
  const line = encodeTrustWord({ account: '100', address: '203.0.113.9' as Address, isTrusted: true, at: Date.now() });
  writeFileSync(`${STATE_DIR}/trusted.jsonl`, `{}\n${line}\n`);
  await eventually(() => (decisions.length > 1 ? true : null));
  t.match(decisions[1], { type: 'unban', address: '203.0.113.9/32', reason: 'forgiven' });
  t.match(logged('an operator says'), [{ account: '100', address: '203.0.113.9', isTrusted: true }]);
  t.match(logged('unban decided'), [{ target: '203.0.113.9/32' }]);
  const taken = { account: '100', address: '203.0.113.9' as Address, isTrusted: false, at: Date.now() };
  appendFileSync(`${STATE_DIR}/trusted.jsonl`, `${encodeTrustWord(taken)}\n`);
  await eventually(() => (logged('does no more').length > 0 ? true : null));
  t.match(logged('does no more'), [{ account: '100', address: '203.0.113.9', isTrusted: false }]);
  await eventually(() => (receiver.gauges().get('exporter.trust.words') === 1 ? true : null));
  t.match(Object.fromEntries(receiver.gauges()), { 'exporter.trust.words': 1, 'exporter.trust.refused': 1 });
  t.equal(await stop(), true);
});

await t.test('whoever is on the allowlist is told of and not banned', async (t) => {
  const { start, guess } = await attacked(t, { ALLOWLIST: '203.0.113.0/24' });
  const { receiver, log, stop } = await start();
  guess(25);
  await eventually(() => receiver.totals().get('security.findings.brute_force') ?? null);
  t.match(findings(log)[0], { rule: 'brute_force', action: 'allowlisted' });
  t.equal(receiver.totals().get('security.decisions.ban'), undefined);
  t.equal(await stop(), true);
});

await t.test('what was learnt before a restart is known after it', async (t) => {
  const { start, guess, login } = await attacked(t, { STATE_DIR: `${t.testdir()}/state` });
  const first = await start();
  guess(4);
  await eventually(() => (first.receiver.totals().get('security.failed_auth.AMI.attempts') === 4 ? true : null));
  t.equal(await first.stop(), true);
  const second = await start();
  t.match(
    second.logged('what was learnt before the restart'),
    [{ loaded: 7, refused: 0 }],
    'two places in two networks, two accounts, the PBX',
  );
  await eventually(() => (second.receiver.gauges().get('exporter.state.waiting') === 0 ? true : null));
  login();
  await eventually(() => second.receiver.totals().get('security.findings.breach') ?? null);
  t.match(findings(second.log), [{ rule: 'breach', severity: 'info', attempts: 4 }]);
  t.equal(await second.stop(), true);
});

await t.test('a second exporter with the same state ends with what to do', async (t) => {
  const STATE_DIR = `${t.testdir()}/state`;
  const { start } = await attacked(t, { STATE_DIR });
  await start();
  const second = await runningExporter(t, { SOURCE: 'messages-log', LOG_FILE: '/nowhere', STATE_DIR });
  await t.rejects(second.ended, { name: 'StateError', message: /STATE_DIR/ });
});

await t.test('a blocker that is not there is told once, and holds nothing up', async (t) => {
  const { start, guess } = await attacked(t, { DECISION_SOCKET: '/nonexistent/blocker.sock', STOP_SECONDS: '1' });
  const { receiver, logged, stop } = await start();
  guess(25);
  await eventually(() => (receiver.gauges().get('exporter.decisions.queued') === 1 ? true : null));
  // Time for more tries than one.
  await eventually(() => ((receiver.gauges().get('exporter.uptime_seconds') ?? 0) > 1 ? true : null));
  t.equal(logged('no connection to the blocker').length, 1);
  t.equal(await stop(), false);
  t.strictSame(logged('before all decisions were sent'), [{ decisions: 1 }], 'and a stop says what nobody took');
});

await t.test('what the blocker answers is counted by what became of the ban', async (t) => {
  const { path, decisions, answer } = await listening(t);
  const { start, guess } = await attacked(t, { DECISION_SOCKET: path });
  const { receiver, stop } = await start();
  guess(25);
  await eventually(() => (decisions.length > 0 ? true : null));
  answer('203.0.113.9/32', 'refused');
  await eventually(() => receiver.totals().get('exporter.decisions.refused') ?? null);
  t.equal(receiver.totals().get('exporter.decisions.banned'), undefined);
  t.equal(await stop(), true);
});

await t.test('an alert that nobody takes until the end of a stop is said', async (t) => {
  const server = createHttpServer(() => undefined).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const { start, guess } = await attacked(t, { ALERT_WEBHOOK_URL: `http://127.0.0.1:${port}/`, STOP_SECONDS: '1' });
  const { receiver, logged, stop } = await start();
  guess(25);
  await eventually(() => receiver.totals().get('security.findings.brute_force') ?? null);
  t.equal(await stop(), false);
  t.match(logged('before all alerts were sent'), [{ alerts: Number }]);
});

await t.test('a webhook is told, and what it is told is signed', async (t) => {
  const requests: IncomingHttpHeaders[] = [];
  const server = createHttpServer((request, response) => {
    requests.push(request.headers);
    request.resume();
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  for (const secret of ['', 'hunter2']) {
    const url = `http://127.0.0.1:${port}/`;
    const { start, guess } = await attacked(t, { ALERT_WEBHOOK_URL: url, ALERT_WEBHOOK_SECRET: secret });
    const { stop } = await start();
    guess(25);
    const count = requests.length;
    await eventually(() => (requests.length > count ? true : null));
    t.equal(requests.at(-1)?.['x-signature-256'] !== undefined, secret !== '');
    await stop();
  }
});

await t.test('a blocker that goes away and comes back is told of each time', async (t) => {
  const { path, drop } = await listening(t);
  const { start } = await attacked(t, { DECISION_SOCKET: path });
  const { logged, stop } = await start();
  await eventually(() => (logged('connected to the blocker').length === 1 ? true : null));
  drop();
  await eventually(() => (logged('connected to the blocker').length === 2 ? true : null));
  t.equal(logged('no connection to the blocker').length, 1);
  await stop();
});
