import { EventEmitter, once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import { type ExporterConfig, loadConfig } from '../../src/config/load-config.js';
import type { SecurityEventName } from '../../src/domain/security-event.js';
import type { SourceState } from '../../src/domain/source.js';
import { type ExporterOptions, runExporter } from '../../src/exporter/exporter.js';
import { scenario } from '../../src/simulator/attacks.js';
import { type RaisedEvent, remoteAddress } from '../../src/simulator/frames.js';
import { SimulatedPbx } from '../../src/simulator/pbx.js';
import type { PbxOptions, PbxUser } from '../../src/simulator/pbx-options.js';
import { seededRandom } from '../../src/simulator/random.js';
import { StatsdReceiver } from '../../src/simulator/statsd-receiver.js';
import { eventually, recordedLog, tcpServer } from '../metrics/fixtures.js';

const SECRET = 'correct horse battery';
const ANY_PORT = { host: '127.0.0.1', port: 0 };
const PBX: Partial<PbxOptions> = {
  systemName: 'lab',
  users: new Map<string, PbxUser>([
    ['secmon', { secret: SECRET, read: ['security', 'system'] }],
    ['hushed', { secret: SECRET, read: ['security', 'system'], hides: (name) => name === 'SuccessfulAuth' }],
  ]),
};

/** A PBX and a StatsD, and exporters between them. Whatever a test leaves running ends with it. */
async function setUp(t: Test, environment: Record<string, string> = {}) {
  const rest = new AbortController();
  t.teardown(() => rest.abort());
  const pbx = await SimulatedPbx.listen(PBX, rest.signal);
  const receiver = await StatsdReceiver.listen(rest.signal);
  const config = configOf({
    AMI_HOST: '127.0.0.1',
    AMI_PORT: String(pbx.port),
    AMI_USERNAME: 'secmon',
    AMI_SECRET: SECRET,
    STATSD_PORT: String(receiver.port),
    FLUSH_MS: '100',
    DETECT: 'false',
    ...environment,
  });
  const log = recordedLog();
  const start = (
    own: Partial<Pick<ExporterConfig, 'statsd' | 'http' | 'stopSeconds'>> = {},
    onState: ExporterOptions['onState'] = () => undefined,
  ) => {
    const stop = new AbortController();
    const states: SourceState[] = [];
    const changes = new EventEmitter();
    let seen = 0;
    const options: ExporterOptions = {
      config: { ...config, ...own },
      log,
      version: '1.2.3',
      onState: (state) => {
        states.push(state);
        changes.emit('state');
        onState(state);
      },
    };
    const ended = runExporter(options, stop.signal);
    t.teardown(() => {
      stop.abort();
      return ended.catch(() => undefined);
    });
    return {
      states,
      ended,
      stop: () => {
        stop.abort();
        return ended;
      },
      /** Waits for the states that come next, which must be these. */
      async next(...names: SourceState['state'][]) {
        while (states.length < seen + names.length) await once(changes, 'state');
        t.same(
          states.slice(seen, seen + names.length).map(({ state }) => state),
          names,
        );
        seen += names.length;
      },
    };
  };
  return { pbx, receiver, config, log, start };
}

function configOf(environment: Record<string, string>): ExporterConfig {
  const loaded = loadConfig(environment, () => new Uint8Array());
  if (loaded.kind !== 'config') throw new Error(JSON.stringify(loaded));
  return loaded.config;
}

/** Resolves once the receiver has been told of so many events: by then it has their meters, which are sent before. */
const eventsAt = (receiver: StatsdReceiver, count: number) =>
  eventually(() => ((receiver.totals().get('exporter.events') ?? 0) >= count ? true : null));

/** The meters below a name. */
const under = (receiver: StatsdReceiver, prefix: string) =>
  Object.fromEntries([...receiver.totals()].filter(([name]) => name.startsWith(prefix)));

const sum = (meters: Record<string, number>) => Object.values(meters).reduce((all, value) => all + value, 0);

/** What each event says beyond what all say. */
const DETAILS: { readonly [Name in SecurityEventName]: object } = {
  FailedACL: { aclName: 'office' },
  InvalidAccountID: {},
  SessionLimit: {},
  MemoryLimit: {},
  LoadAverageLimit: {},
  RequestNotSupported: { requestType: 'FOO' },
  RequestNotAllowed: { requestType: 'Action: Command' },
  AuthMethodNotAllowed: { authMethod: 'basic' },
  RequestBadFormat: { requestType: 'registration' },
  SuccessfulAuth: { usingPassword: true },
  UnexpectedAddress: { expectedAddress: 'IPV4/UDP/192.0.2.1/5060' },
  ChallengeResponseFailed: {},
  InvalidPassword: {},
  ChallengeSent: {},
  InvalidTransport: { attemptedTransport: 'UDP' },
};

function event(name: SecurityEventName, service: string, endpoint: string): RaisedEvent {
  const common = { service, account: '201', sessionId: 'call', remote: remoteAddress(endpoint, 5060) };
  return { event: name, ...common, ...DETAILS[name] } as RaisedEvent;
}

const raise = (pbx: SimulatedPbx, times: number, ...[name, service, endpoint]: Parameters<typeof event>) => {
  for (let time = 0; time < times; time += 1) pbx.raise(event(name, service, endpoint));
};

await t.test('what a PBX reports is at the receiver under the promised names, with exact sums', async (t) => {
  const { pbx, receiver, start } = await setUp(t);
  const { next } = start();
  await next('connected', 'hearing');
  raise(pbx, 7, 'InvalidAccountID', 'PJSIP', 'IPV4/UDP/203.0.113.9');
  raise(pbx, 5, 'ChallengeResponseFailed', 'PJSIP', 'IPV4/TCP/203.0.113.9');
  raise(pbx, 3, 'ChallengeResponseFailed', 'PJSIP', 'IPV6/TLS/2001:db8:bad::1');
  raise(pbx, 4, 'InvalidPassword', 'SIP', 'IPV4/UDP/192.0.2.66');
  raise(pbx, 2, 'InvalidAccountID', 'AMI', 'IPV4/TCP/198.51.100.80');
  raise(pbx, 1, 'InvalidPassword', 'AMI', 'IPV6/TCP/fe80::1%eth0');
  // A good phone: asked, answered, let in.
  raise(pbx, 6, 'ChallengeSent', 'PJSIP', 'IPV4/UDP/192.0.2.201');
  raise(pbx, 6, 'SuccessfulAuth', 'PJSIP', 'IPV4/UDP/192.0.2.201');
  await eventsAt(receiver, 35);
  t.strictSame(under(receiver, 'security.'), {
    'security.failed_auth.PJSIP.IPV4/UDP/203_0_113_9': 7,
    'security.failed_auth.PJSIP.IPV4/TCP/203_0_113_9': 5,
    'security.failed_auth.PJSIP.IPV6/TLS/2001_db8_bad__1': 3,
    'security.failed_auth.PJSIP.count': 15,
    'security.failed_auth.SIP.IPV4/UDP/192_0_2_66': 4,
    'security.failed_auth.SIP.count': 4,
    'security.failed_auth.AMI.IPV4/TCP/198_51_100_80': 2,
    'security.failed_auth.AMI.IPV6/TCP/fe80__1_eth0': 1,
    'security.failed_auth.AMI.count': 3,
    'security.events.PJSIP.InvalidAccountID': 7,
    'security.events.PJSIP.ChallengeResponseFailed': 8,
    'security.events.PJSIP.ChallengeSent': 6,
    'security.events.PJSIP.SuccessfulAuth': 6,
    'security.events.SIP.InvalidPassword': 4,
    'security.events.AMI.InvalidAccountID': 2,
    'security.events.AMI.InvalidPassword': 1,
    // Our own login.
    'security.events.AMI.SuccessfulAuth': 1,
  });
  t.equal(receiver.totals().get('exporter.events'), 35);
  t.equal(receiver.badLines, 0);
});

await t.test('all fifteen events are counted, and three of them as failures', async (t) => {
  const { pbx, receiver, start } = await setUp(t);
  const { next } = start();
  await next('connected', 'hearing');
  const names = Object.keys(DETAILS) as SecurityEventName[];
  for (const [index, name] of names.entries()) raise(pbx, index + 1, name, 'PJSIP', 'IPV4/WSS/203.0.113.9');
  await eventsAt(receiver, 121);
  t.strictSame(
    under(receiver, 'security.events.PJSIP.'),
    Object.fromEntries(names.map((name, index) => [`security.events.PJSIP.${name}`, index + 1])),
  );
  // InvalidAccountID is the second of them, ChallengeResponseFailed the twelfth, InvalidPassword the thirteenth.
  t.strictSame(under(receiver, 'security.failed_auth.'), {
    'security.failed_auth.PJSIP.IPV4/WSS/203_0_113_9': 27,
    'security.failed_auth.PJSIP.count': 27,
  });
  t.strictSame(under(receiver, 'exporter.malformed'), {});
});

await t.test('the prefix and the type of meters are those that were asked for', async (t) => {
  const { receiver, start } = await setUp(t, { STATSD_PREFIX: 'voice.lab', STATSD_METER_TYPE: 'm' });
  start();
  await eventually(() => receiver.totals().get('voice.lab.security.events.AMI.SuccessfulAuth') ?? null);
  t.ok([...receiver.totals().keys(), ...receiver.gauges().keys()].every((name) => name.startsWith('voice.lab.')));
});

await t.test('in every service the count is the sum of the addresses and other, whatever attacks', async (t) => {
  const { pbx, receiver, start } = await setUp(t, { ADDRESSES_PER_FLUSH: '4', ADDRESSES_REMEMBERED: '8' });
  const { next } = start();
  await next('connected', 'hearing');
  const failures = new Map<string, number>();
  let raised = 0;
  for (const { event } of scenario(seededRandom(7))) {
    pbx.raise(event);
    raised += 1;
    if (event.event === 'InvalidAccountID' || /Failed|Password/.test(event.event)) {
      failures.set(event.service, (failures.get(event.service) ?? 0) + 1);
    }
    if (raised === 1000) break;
  }
  await eventsAt(receiver, raised + 1);
  t.same([...failures.keys()].sort(), ['AMI', 'PJSIP', 'SIP']);
  for (const [service, count] of failures) {
    const { [`security.failed_auth.${service}.count`]: total, ...parts } = under(
      receiver,
      `security.failed_auth.${service}.`,
    );
    t.equal(total, count, service);
    t.equal(sum(parts), count, service);
  }
  t.equal(
    receiver.totals().get('exporter.addresses.capped'),
    sum(Object.fromEntries([...receiver.totals()].filter(([name]) => name.endsWith('.other')))),
  );
  t.ok((receiver.totals().get('security.failed_auth.PJSIP.other') ?? 0) > 0);
  t.equal(sum(under(receiver, 'security.events.')), raised + 1);
  t.notMatch([...receiver.totals().keys()].join('\n'), /failed_auth.*192_0_2_20[1-5]/, 'good phones never fail');
});

await t.test('what is no event is counted by its fault, and the events around it all the same', async (t) => {
  const { pbx, receiver, start } = await setUp(t, { AMI_MESSAGE_BYTES_MAX: '4096' });
  const { next } = start();
  await next('connected', 'hearing');
  const head = 'Event: InvalidPassword\r\nPrivilege: security,all\r\n';
  const guess = () => raise(pbx, 1, 'InvalidPassword', 'PJSIP', 'IPV4/UDP/203.0.113.9');
  for (const block of [
    `${head}EventTV: yesterday\r\n`,
    `${head}Service: PJSIP\r\n`,
    `${head}EventTV: 2026-11-21T02:10:22.123+0000\r\nSeverity: Grave\r\n`,
    'Event: InvalidPassword\r\nPrivilege: call,all\r\n',
    'Event: Invented\r\nPrivilege: security,all\r\n',
    'AccountID: forged\r\n',
    'AccountID: forged again\r\n',
  ]) {
    pbx.send(`${block}\r\n`);
    guess();
  }
  pbx.raise({ ...event('InvalidPassword', 'PJSIP', 'IPV4/UDP/203.0.113.9'), account: 'x'.repeat(5000) });
  guess();
  await eventsAt(receiver, 9);
  pbx.send(head);
  pbx.closeAll();
  await eventually(() => receiver.totals().get('exporter.malformed.truncated') ?? null);
  t.strictSame(under(receiver, 'exporter.malformed.'), {
    'exporter.malformed.event_tv': 1,
    'exporter.malformed.key_order': 1,
    'exporter.malformed.value': 1,
    'exporter.malformed.privilege': 1,
    'exporter.malformed.unknown_event': 1,
    'exporter.malformed.no_event': 2,
    'exporter.malformed.oversize': 1,
    'exporter.malformed.truncated': 1,
  });
  t.strictSame(under(receiver, 'security.failed_auth.'), {
    'security.failed_auth.PJSIP.IPV4/UDP/203_0_113_9': 8,
    'security.failed_auth.PJSIP.count': 8,
  });
});

await t.test('a PBX that restarts is a gap and a reconnect, and then events count as before', async (t) => {
  const { pbx, receiver, log, start } = await setUp(t);
  const { next, states } = start();
  await next('connected', 'hearing');
  raise(pbx, 2, 'InvalidPassword', 'SIP', 'IPV4/UDP/192.0.2.66');
  await eventsAt(receiver, 3);
  t.match(Object.fromEntries(receiver.gauges()), { 'exporter.connected': 1, 'exporter.hearing': 1 });
  pbx.closeAll('restart');
  await next('disconnected');
  await eventually(() => (receiver.gauges().get('exporter.connected') === 0 ? true : null));
  t.equal(receiver.gauges().get('exporter.hearing'), 0);
  await next('connected', 'hearing');
  raise(pbx, 3, 'InvalidPassword', 'SIP', 'IPV4/UDP/192.0.2.66');
  await eventsAt(receiver, 7);
  t.match(Object.fromEntries(receiver.gauges()), { 'exporter.connected': 1, 'exporter.hearing': 1 });
  t.match(Object.fromEntries(receiver.totals()), {
    'security.failed_auth.SIP.count': 5,
    'security.events.AMI.SuccessfulAuth': 2,
    'exporter.gaps': 1,
    'exporter.reconnects': 1,
  });
  t.match(states[2], { state: 'disconnected', reason: 'Asterisk restarts' });
  t.notMatch(JSON.stringify(log.lines), SECRET, 'the secret is in no line');
  t.strictSame(
    log.lines.map(([level, , message]) => [level, message]),
    [
      ['info', 'connected to Asterisk'],
      ['info', 'security events arrive'],
      ['warn', 'lost the connection to Asterisk: what it reports until it is back is missed'],
      ['info', 'connected to Asterisk again'],
      ['info', 'security events arrive'],
    ],
  );
});

await t.test('a line that fits into no datagram is counted as dropped, and the others arrive', async (t) => {
  const { pbx, receiver, config, start } = await setUp(t);
  const { next } = start({ statsd: { ...config.statsd, packetBytes: 44 } });
  await next('connected', 'hearing');
  // Its line has 48 bytes.
  raise(pbx, 1, 'InvalidPassword', 'SIP', 'IPV4/UDP/192.0.2.66');
  await eventually(() => receiver.totals().get('exporter.statsd.dropped.packet_bytes') ?? null);
  t.match(Object.fromEntries(receiver.totals()), {
    'exporter.statsd.dropped.packet_bytes': 1,
    'exporter.events': 2,
    'security.failed_auth.SIP.count': 1,
  });
  t.notOk(receiver.totals().has('security.failed_auth.SIP.IPV4/UDP/192_0_2_66'));
});

await t.test('the gauges of its own health are plausible', async (t) => {
  const { receiver, start } = await setUp(t);
  start();
  await eventsAt(receiver, 1);
  const uptime = await eventually(() => receiver.gauges().get('exporter.uptime_seconds') ?? null);
  t.ok(uptime > 0 && uptime < 60, `up for ${uptime} s`);
  const sinceEvent = receiver.gauges().get('exporter.last_event_seconds') ?? -1;
  t.ok(sinceEvent >= 0 && sinceEvent <= uptime, `${sinceEvent} s since our own login`);
  t.ok((receiver.gauges().get('exporter.memory_rss_bytes') ?? 0) > 10_000_000);
});

await t.test('a stop in the middle of a stream of events sends all that was read, and ends with true', async (t) => {
  // No other flush than the last one.
  const { pbx, receiver, start } = await setUp(t, { FLUSH_MS: '60000' });
  const { next, stop } = start({ http: ANY_PORT });
  await next('connected', 'hearing');
  let raised = 1;
  let ended: Promise<boolean> | null = null;
  for (let turn = 0; turn < 40; turn += 1) {
    raise(pbx, 25, 'InvalidPassword', 'SIP', `IPV4/UDP/192.0.2.${turn % 5}`);
    raised += 25;
    await new Promise(setImmediate);
    if (turn === 20) ended = stop();
  }
  t.equal(await ended, true);
  const read = await eventually(() => receiver.totals().get('exporter.events') ?? null);
  t.ok(read > 1 && read < raised, `${read} of ${raised} events were read`);
  t.equal(sum(under(receiver, 'security.events.')), read);
  const { 'security.failed_auth.SIP.count': count, ...addresses } = under(receiver, 'security.failed_auth.SIP.');
  t.equal(count, read - 1, 'all but our own login');
  t.equal(sum(addresses), read - 1);
  t.same(pbx.loggedIn, []);
  t.equal(receiver.gauges().get('exporter.connected'), 0, 'and nobody takes the last word for a connection');
});

await t.test('an exporter that is stopped before it begins ends with true and has asked for nothing', async (t) => {
  const { start, pbx } = await setUp(t);
  t.equal(await start().stop(), true);
  t.same(pbx.loggedIn, []);
});

await t.test('/readyz follows the connection to the PBX', async (t) => {
  const { pbx, log, start } = await setUp(t);
  pbx.voice = 'nothing';
  const { next, stop } = start({ http: ANY_PORT });
  const port = await eventually(() => servingPort(log.lines));
  t.match(await ask(port, '/readyz'), {
    status: 503,
    body: /^not connected: the first connection is still being made/,
  });
  pbx.voice = 'all';
  pbx.closeAll();
  await next('disconnected', 'connected', 'hearing');
  t.match(await ask(port, '/readyz'), { status: 200 });
  t.match(await ask(port, '/healthz'), { status: 200 });
  const { body } = await ask(port, '/metrics');
  t.match(body, 'build_info{version="1.2.3",');
  await metricsBecome(
    port,
    (later) => metricOf(later, 'last_flush_timestamp_seconds') > metricOf(body, 'last_flush_timestamp_seconds'),
  );
  pbx.voice = 'nothing';
  pbx.closeAll();
  await next('disconnected');
  t.match(await ask(port, '/readyz'), { status: 503, body: 'not connected: closed by Asterisk\n' });
  await stop();
  await t.rejects(ask(port, '/readyz'), { code: 'ECONNREFUSED' });
});

await t.test('an HTTP port that is in use is an error with the fix, and nothing is left running', async (t) => {
  const { pbx, receiver, start } = await setUp(t);
  const { server, port } = await tcpServer();
  t.teardown(() => server.close());
  await t.rejects(start({ http: { host: '127.0.0.1', port } }).ended, {
    message: `HTTP_PORT: port ${port} of 127.0.0.1 is in use; choose a free port, or stop the program that has it`,
  });
  await onlyLeft('TCPServerWrap', 'TCPServerWrap', 'UDPWrap');
  t.same(pbx.loggedIn, []);
  t.equal(receiver.totals().size, 0);
});

await t.test(
  'a fault of our own ends it with that fault, after the last window, and nothing is left running',
  async (t) => {
    const { receiver, start, log } = await setUp(t);
    const { ended } = start({ http: ANY_PORT }, ({ state }) => {
      if (state === 'connected') throw new TypeError('a broken promise');
    });
    await t.rejects(ended, { name: 'TypeError', message: 'a broken promise' });
    await eventually(() => receiver.gauges().get('exporter.uptime_seconds') ?? null);
    const port = servingPort(log.lines);
    t.ok(port);
    await t.rejects(ask(port ?? 0, '/healthz'), { code: 'ECONNREFUSED' });
    await onlyLeft('TCPServerWrap', 'UDPWrap');
  },
);

await t.test('a stop with a receiver that is not there ends with false when the grace time ends', async (t) => {
  const { server, port } = await tcpServer();
  server.close();
  await once(server, 'close');
  const { pbx, log, start } = await setUp(t, { STATSD_PROTOCOL: 'tcp', STATSD_PORT: String(port) });
  const { next, stop } = start({ stopSeconds: 0.3, http: ANY_PORT });
  await next('connected', 'hearing');
  await metricsBecome(servingPort(log.lines) ?? 0, (body) => metricOf(body, 'statsd_errors_total') > 0);
  raise(pbx, 1, 'InvalidPassword', 'SIP', 'IPV4/UDP/192.0.2.66');
  const began = performance.now();
  t.equal(await stop(), false);
  const took = performance.now() - began;
  t.ok(took >= 290 && took < 2000, `${took} ms`);
  t.match(log.lines.at(-1), ['warn', { readings: Number }, 'the grace time ended before the last readings were sent']);
});

await t.test('a user to whom security events are hidden makes it deaf: told, logged and not ready', async (t) => {
  const { log, start, receiver } = await setUp(t, { AMI_USERNAME: 'hushed' });
  const { next, states } = start({ http: ANY_PORT });
  await next('connected', 'deaf');
  t.match(states.at(-1), { state: 'deaf', reason: /did not report this very login.* within 5 s/ });
  t.match(log.lines.at(-1), ['warn', { reason: /In manager\.conf/ }, /^deaf: /]);
  t.match(await ask(servingPort(log.lines) ?? 0, '/readyz'), { status: 503, body: /security events do not arrive/ });
  t.match(Object.fromEntries(receiver.gauges()), { 'exporter.connected': 1, 'exporter.hearing': 0 });
});

function servingPort(lines: ReturnType<typeof recordedLog>['lines']): number | null {
  const serving = lines.find(([, , message]) => message.startsWith('serving /healthz'))?.[1];
  return serving !== undefined && 'port' in serving ? Number(serving.port) : null;
}

async function ask(port: number, path: string) {
  const sent = request({ host: '127.0.0.1', port, path, agent: false });
  sent.end();
  const [response] = await once(sent, 'response');
  return { status: response.statusCode, body: await text(response) };
}

/** Asks until what /metrics says is as it should be. */
async function metricsBecome(port: number, isSo: (body: string) => boolean) {
  while (!isSo((await ask(port, '/metrics')).body));
}

function metricOf(body: string, name: string): number {
  return Number(new RegExp(`^asterisk_auth_stats_${name} (.*)$`, 'm').exec(body)?.[1]);
}

/** Resolves once no other sockets and servers are open than these, which are the test's own. */
async function onlyLeft(...own: string[]) {
  const open = () => process.getActiveResourcesInfo().filter((name) => /^(TCP|UDP)/.test(name));
  await eventually(() => (open().sort().join() === own.join() ? true : null));
}
