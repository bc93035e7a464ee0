import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { parseEndpoint } from '../../src/domain/remote-address.js';
import { SECURITY_EVENT_NAMES, type SecurityEvent, type SecurityEventName } from '../../src/domain/security-event.js';
import { MALFORMED_REASONS, type SourceState } from '../../src/domain/source.js';
import { Health, STATSD_DROP_REASONS } from '../../src/status/health.js';

const START = 1_700_000_000_000;

function setUp(flushMs = 1000) {
  const time = { now: START };
  const health = new Health({ clock: () => time.now, flushMs, rssBytes: () => 50_000_000 });
  return { health, time };
}

function event(name: SecurityEventName, service = 'PJSIP'): SecurityEvent {
  const endpoint = parseEndpoint('IPV4/UDP/203.0.113.9');
  if (endpoint === null) throw new Error('not an endpoint');
  const common = { pbx: 'pbx', at: START, service, account: null, sessionId: 's', remote: { ...endpoint, port: 5060 } };
  return { ...common, event: name } as SecurityEvent;
}

const CONNECTED: SourceState = { state: 'connected' };
const HEARING: SourceState = { state: 'hearing' };
const DEAF: SourceState = { state: 'deaf', reason: 'add security to read= in manager.conf' };
const PARTLY: SourceState = { state: 'partly-deaf', missing: ['InvalidAccountID'], reason: 'mend the eventfilter' };
const LOST: SourceState = { state: 'disconnected', reason: 'connection reset', retryMs: 1000 };

const counters = (health: Health) =>
  Object.fromEntries(health.take().flatMap(({ kind, name, value }) => (kind === 'counter' ? [[name, value]] : [])));
const gauges = (health: Health) =>
  Object.fromEntries(health.take().flatMap(({ kind, name, value }) => (kind === 'gauge' ? [[name, value]] : [])));

await t.test('before anything happened there are gauges and no counters', async (t) => {
  t.strictSame(setUp().health.take(), [
    { kind: 'gauge', name: 'exporter.connected', value: 0 },
    { kind: 'gauge', name: 'exporter.hearing', value: 0 },
    { kind: 'gauge', name: 'exporter.types_missing', value: 0 },
    { kind: 'gauge', name: 'exporter.last_event_seconds', value: 0 },
    { kind: 'gauge', name: 'exporter.uptime_seconds', value: 0 },
    { kind: 'gauge', name: 'exporter.memory_rss_bytes', value: 50_000_000 },
  ]);
});

await t.test(
  'a counter is given as what was added since the last take, and not at all when that is nothing',
  async (t) => {
    const { health } = setUp();
    health.eventRead(event('SuccessfulAuth'));
    health.eventRead(event('InvalidPassword'));
    health.malformed('oversize');
    health.statsdError();
    health.statsdDropped('stream', 7);
    health.httpRefused();
    health.logIgnored();
    health.logIgnored();
    t.strictSame(counters(health), {
      'exporter.events': 2,
      'exporter.malformed.oversize': 1,
      'exporter.statsd.errors': 1,
      'exporter.statsd.dropped.stream': 7,
      'exporter.http.refused': 1,
      'exporter.log.ignored': 2,
    });
    t.strictSame(counters(health), {});
    health.statsdDropped('stream', 2);
    t.strictSame(counters(health), { 'exporter.statsd.dropped.stream': 2 });
  },
);

await t.test('how far a log is behind is told for a log only', async (t) => {
  const { health } = setUp();
  const lag = () => health.take().find(({ name }) => name === 'exporter.log.lag_bytes');
  t.equal(lag(), undefined);
  health.logLag(4096);
  t.match(lag(), { kind: 'gauge', value: 4096 });
  health.logLag(0);
  t.match(lag(), { value: 0 });
});

await t.test('every type of event and every reason is counted in its own place', async (t) => {
  const { health } = setUp();
  for (const name of SECURITY_EVENT_NAMES) health.eventRead(event(name));
  for (const reason of MALFORMED_REASONS) health.malformed(reason);
  for (const reason of STATSD_DROP_REASONS) health.statsdDropped(reason, 1);
  const { events, malformed, statsdDropped } = health.snapshot();
  t.strictSame(events, Object.fromEntries(SECURITY_EVENT_NAMES.map((name) => [name, 1])));
  t.strictSame(malformed, Object.fromEntries(MALFORMED_REASONS.map((reason) => [reason, 1])));
  t.strictSame(statsdDropped, Object.fromEntries(STATSD_DROP_REASONS.map((reason) => [reason, 1])));
});

await t.test(
  'only the three failures count as failed authentication, and unknown services share one place',
  async (t) => {
    const { health } = setUp();
    for (const name of SECURITY_EVENT_NAMES) health.eventRead(event(name, 'SIP'));
    for (const service of ['PJSIP', 'AMI', 'AMI', 'Evil', '__proto__'])
      health.eventRead(event('InvalidPassword', service));
    t.strictSame(health.snapshot().failedAuth, { PJSIP: 1, SIP: 3, AMI: 2, IAX2: 0, other: 2 });
  },
);

await t.test('deltas over any takes add up to the totals', async (t) => {
  type Step = (health: Health) => void;
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.constantFrom(...SECURITY_EVENT_NAMES).map(
      (name): Step =>
        (health) =>
          health.eventRead(event(name)),
    ),
    fc.constantFrom(...MALFORMED_REASONS).map(
      (reason): Step =>
        (health) =>
          health.malformed(reason),
    ),
    fc.constantFrom(CONNECTED, HEARING, DEAF, LOST).map(
      (state): Step =>
        (health) =>
          health.sourceState(state),
    ),
    fc.tuple(fc.constantFrom(...STATSD_DROP_REASONS), fc.nat(50)).map(
      ([reason, lines]): Step =>
        (health) =>
          health.statsdDropped(reason, lines),
    ),
  );
  const run = (health: Health, steps: readonly (Step | 'take')[]) => {
    const sums = new Map<string, number>();
    const add = () => {
      for (const [name, value] of Object.entries(counters(health))) sums.set(name, (sums.get(name) ?? 0) + value);
    };
    for (const step of steps) step === 'take' ? add() : step(health);
    add();
    return [...sums].sort();
  };
  const property = fc.property(fc.array(fc.oneof(step, fc.constant('take' as const))), (steps) => {
    const atOnce = steps.filter((step) => step !== 'take');
    assert.deepEqual(run(setUp().health, steps), run(setUp().health, atOnce));
  });
  t.doesNotThrow(() => fc.assert(property));
});

await t.test('ages are given in seconds: of the program, and of the last event', async (t) => {
  const { health, time } = setUp();
  time.now += 5000;
  t.match(gauges(health), { 'exporter.uptime_seconds': 5, 'exporter.last_event_seconds': 5 });
  health.eventRead(event('ChallengeSent'));
  t.match(gauges(health), { 'exporter.last_event_seconds': 0 });
  time.now += 1250.4;
  t.match(gauges(health), { 'exporter.uptime_seconds': 6.25, 'exporter.last_event_seconds': 1.25 });
  t.equal(health.snapshot().lastEventAt, START + 5000);
});

await t.test('a clock that is set back gives no negative age', async (t) => {
  const { health, time } = setUp();
  health.eventRead(event('ChallengeSent'));
  health.snapshot();
  time.now -= 3_600_000;
  t.match(gauges(health), { 'exporter.uptime_seconds': 0, 'exporter.last_event_seconds': 0 });
  t.equal(health.snapshot().unhealthy, null);
});

await t.test('a stop is told as no connection, and is no gap', async (t) => {
  const { health } = setUp();
  health.sourceState({ state: 'connected' });
  health.sourceState({ state: 'hearing' });
  t.match(gauges(health), { 'exporter.connected': 1, 'exporter.hearing': 1 });
  health.sourceStopped();
  t.match(gauges(health), { 'exporter.connected': 0, 'exporter.hearing': 0 });
  t.equal(health.snapshot().gaps, 0);
  t.match(health.snapshot().unready, 'stopping');
});

await t.test('a source is ready from its connection on, unless it is found to be deaf', async (t) => {
  const { health } = setUp();
  const after = (state: SourceState) => {
    health.sourceState(state);
    const { connected, hearing, unready } = health.snapshot();
    const sent = gauges(health);
    t.equal(sent['exporter.connected'], Number(connected));
    t.equal(sent['exporter.hearing'], Number(hearing));
    return { connected, hearing, unready };
  };
  t.equal(health.snapshot().unready, 'not connected: the first connection is still being made');
  t.strictSame(after(CONNECTED), { connected: true, hearing: false, unready: null });
  t.strictSame(after(HEARING), { connected: true, hearing: true, unready: null });
  t.strictSame(after(DEAF), {
    connected: true,
    hearing: false,
    unready: 'connected, but security events do not arrive: add security to read= in manager.conf',
  });
  t.strictSame(after(LOST), { connected: false, hearing: false, unready: 'not connected: connection reset' });
  t.strictSame(after(CONNECTED), { connected: true, hearing: false, unready: null });
});

await t.test('a lost connection is a gap and the next one a reconnect; tries that fail are neither', async (t) => {
  const { health } = setUp();
  const counts = () => {
    const { reconnects, gaps } = health.snapshot();
    return { reconnects, gaps };
  };
  for (const state of [LOST, LOST, CONNECTED, DEAF, HEARING]) health.sourceState(state);
  t.strictSame(counts(), { reconnects: 0, gaps: 0 });
  for (const state of [LOST, LOST]) health.sourceState(state);
  t.strictSame(counts(), { reconnects: 0, gaps: 1 });
  for (const state of [CONNECTED, LOST, CONNECTED]) health.sourceState(state);
  t.strictSame(counts(), { reconnects: 2, gaps: 2 });
  t.strictSame(counters(health), { 'exporter.reconnects': 2, 'exporter.gaps': 2 });
});

await t.test('the exporter is healthy until no flush has ended for three intervals and ten seconds', async (t) => {
  const { health, time } = setUp(2000);
  time.now += 16_000;
  t.equal(health.snapshot().unhealthy, null);
  time.now += 1;
  t.equal(health.snapshot().unhealthy, 'no flush has ended for 16 s, and the limit is 16 s: restart the exporter');
  health.flushed();
  t.equal(health.snapshot().unhealthy, null);
  t.equal(health.snapshot().lastFlushAt, START + 16_001);
  time.now += 60_000;
  t.match(health.snapshot().unhealthy, 'for 60 s');
});

await t.test('a snapshot does not change afterwards', async (t) => {
  const { health } = setUp();
  const before = health.snapshot();
  health.eventRead(event('InvalidPassword'));
  health.malformed('address');
  health.statsdDropped('socket', 3);
  t.equal(before.events.InvalidPassword, 0);
  t.equal(before.failedAuth.PJSIP, 0);
  t.equal(before.malformed.address, 0);
  t.equal(before.statsdDropped.socket, 0);
});

await t.test('without another probe the memory is that of the process', async (t) => {
  const health = new Health({ clock: () => START, flushMs: 1000 });
  t.ok((gauges(health)['exporter.memory_rss_bytes'] ?? 0) > 1_000_000);
});

await t.test('partly deaf is hearing and not ready, and says which types are missing until they come', async (t) => {
  const { health } = setUp();
  health.sourceState(CONNECTED);
  health.sourceState(PARTLY);
  t.match(gauges(health), { 'exporter.connected': 1, 'exporter.hearing': 1, 'exporter.types_missing': 1 });
  const { missing, unready, unhealthy } = health.snapshot();
  t.match(missing, { InvalidAccountID: 1, SuccessfulAuth: 0 });
  t.match(unready, /not every type of security event arrives: mend the eventfilter/);
  t.equal(unhealthy, null);
  health.sourceState(HEARING);
  t.match(gauges(health), { 'exporter.types_missing': 0 });
  t.equal(health.snapshot().unready, null);
});

await t.test('what was heard is counted by service and type, and any other word is one service', async (t) => {
  const { health } = setUp();
  health.eventRead(event('ChallengeSent'));
  health.eventRead(event('ChallengeSent', 'AMI'));
  health.eventRead(event('ChallengeSent', 'TEST'));
  const { heard, events } = health.snapshot();
  t.match(heard, { PJSIP: { ChallengeSent: 1 }, AMI: { ChallengeSent: 1 }, other: { ChallengeSent: 1 } });
  t.equal(events.ChallengeSent, 3);
});
