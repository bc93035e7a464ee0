import dgram from 'node:dgram';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Writable } from 'node:stream';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import type { Reading } from '../../src/domain/reading.js';
import { type DropReason, StatsdSink, type StatsdSinkOptions, statsdClient } from '../../src/metrics/statsd-sink.js';
import { eventually, recordedLog, tcpServer, udpReceiver } from './fixtures.js';

function sinkTo(t: Test, port: number, options: Partial<StatsdSinkOptions> = {}) {
  const log = recordedLog();
  const seen = { dropped: [] as [DropReason, number][], errors: 0 };
  const sink = new StatsdSink({
    host: '127.0.0.1',
    port,
    protocol: 'udp',
    prefix: null,
    meterType: 'c',
    dialect: 'graphite',
    pbx: null,
    packetBytes: 1432,
    log,
    onError: () => {
      seen.errors += 1;
    },
    onDrop: (reason, lines) => {
      seen.dropped.push([reason, lines]);
    },
    ...options,
  });
  t.teardown(() => sink.close());
  return { sink, log, seen };
}

const meter = (name: string, value = 1): Reading => ({ kind: 'meter', name, value });
const meters = (count: number, length: number) =>
  Array.from({ length: count }, (_, index) => meter(`${index}`.padStart(length - ':1|c'.length, 'x')));

await t.test('each kind of reading has its type, and the prefix goes before each name', async (t) => {
  await using receiver = await udpReceiver();
  const { sink } = sinkTo(t, receiver.port, { prefix: 'site', meterType: 'm' });
  t.ok(sink.ready());
  await sink.send([
    meter('security.failed_auth.PJSIP.IPV4/UDP/203_0_113_9', 3),
    { kind: 'counter', name: 'exporter.gaps', value: 2 },
    { kind: 'gauge', name: 'exporter.uptime_seconds', value: 1.5 },
  ]);
  const [datagram] = await receiver.received(1);
  t.equal(
    String(datagram),
    [
      'site.security.failed_auth.PJSIP.IPV4/UDP/203_0_113_9:3|m',
      'site.exporter.gaps:2|c',
      'site.exporter.uptime_seconds:1.5|g',
    ].join('\n'),
  );
});

const bytes = fc.integer({ min: 5, max: 40 });

await t.test('every line is in one packet, in order, and no packet is too long or needlessly short', async (t) => {
  const isPacked = (lengths: readonly number[], packetBytes: number) => {
    const packets: string[][] = [];
    const stream = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        packets.push(String(chunk).trimEnd().split('\n'));
        done();
      },
    });
    const client = statsdClient({ prefix: null, dialect: 'graphite', packetBytes }, stream);
    for (const length of lengths) client.sendStat('n'.repeat(length - ':1|c'.length), 1, 'c', undefined, {});
    client.flush();
    client.close();
    const size = (lines: readonly string[]) => lines.join('\n').length;
    const isFull = (packet: readonly string[], index: number) => {
      const next = packets[index + 1]?.slice(0, 1) ?? [];
      return size(packet) <= packetBytes && (next.length === 0 || size([...packet, ...next]) > packetBytes);
    };
    const same = JSON.stringify(packets.flat().map(({ length }) => length)) === JSON.stringify(lengths);
    return same && packets.every(isFull);
  };
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 60, size: 'max' }), fc.integer({ min: 40, max: 200 }), isPacked),
    ),
  );
});

await t.test('nothing of Datadog is added, whatever the environment says', async (t) => {
  const environment = {
    DD_AGENT_HOST: '127.0.0.9',
    DD_DOGSTATSD_PORT: '1',
    DD_DOGSTATSD_URL: 'udp://127.0.0.9:1',
    DD_ENTITY_ID: 'entity',
    DD_ENV: 'production',
    DD_SERVICE: 'service',
    DD_VERSION: '1',
    DD_TAGS: 'a:b',
    DATADOG_TAGS: 'c:d',
    DD_EXTERNAL_ENV: 'external',
    DD_CARDINALITY: 'high',
    DD_ORIGIN_DETECTION_ENABLED: 'true',
  };
  t.intercept(process, 'env', { value: { ...process.env, ...environment } });
  await using receiver = await udpReceiver();
  const { sink } = sinkTo(t, receiver.port, { meterType: 'm' });
  await sink.send([meter('security.events.PJSIP.FailedACL')]);
  t.same((await receiver.received(1)).map(String), ['security.events.PJSIP.FailedACL:1|m']);
  const client = statsdClient({ prefix: null, dialect: 'dogstatsd', packetBytes: 512 }, new Writable());
  t.match(client, { datadog: false, includeDatadogTelemetry: false, telemetry: null, globalTags: [] });
  client.close();
});

await t.test('a name that never had an address can be closed', async (t) => {
  const { sink } = sinkTo(t, 1, { host: 'statsd.example', dns: { resolve: () => new Promise(() => undefined) } });
  t.notOk(sink.ready());
  await sink.close();
  t.notOk(sink.ready());
});

await t.test('close ends a write that the receiver does not read, without a word on the console', async (t) => {
  const { server, port } = await tcpServer({ pauseOnConnect: true });
  const console = t.capture(globalThis.console, 'error');
  const { sink, seen } = sinkTo(t, port, { protocol: 'tcp', packetBytes: 30_000_000 });
  const [socket] = (await once(server, 'connection')) as [Socket];
  await eventually(() => (sink.ready() ? true : null));
  const stuck = sink.send([meter('a'.repeat(20_000_000))]);
  await sink.close();
  await stuck;
  t.same(seen.dropped, [['stream', 1]]);
  t.notOk(sink.ready());
  socket.destroy();
  server.close();
  await once(server, 'close');
  t.same(console(), []);
});

await t.test('every line arrives once, in datagrams as full as they may be and no longer', async (t) => {
  await using receiver = await udpReceiver();
  const { sink, seen } = sinkTo(t, receiver.port, { packetBytes: 100 });
  const readings = meters(300, 24);
  await sink.send(readings);
  const datagrams = await receiver.received(75);
  t.ok(datagrams.every(({ length }) => length === 4 * 24 + 3));
  t.same(
    datagrams.flatMap((datagram) => String(datagram).split('\n')),
    readings.map(({ name }) => `${name}:1|c`),
  );
  t.same(seen, { dropped: [], errors: 0 });
});

await t.test('a datagram may have exactly as many bytes as the limit says', async (t) => {
  await using receiver = await udpReceiver();
  const { sink, seen } = sinkTo(t, receiver.port, { packetBytes: 49 });
  await sink.send([...meters(2, 24), ...meters(1, 49)]);
  t.same(
    (await receiver.received(2)).map(({ length }) => length),
    [49, 49],
  );
  t.same(seen.dropped, []);
});

await t.test('a line that is longer than a datagram may be is dropped and counted, the others are sent', async (t) => {
  await using receiver = await udpReceiver();
  const { sink, seen, log } = sinkTo(t, receiver.port, { packetBytes: 48 });
  await sink.send([...meters(1, 20), ...meters(2, 49), ...meters(1, 20)]);
  await sink.send(meters(1, 49));
  t.same(
    (await receiver.received(2)).map(({ length }) => length),
    [20, 20],
  );
  t.same(seen.dropped, [
    ['packet_bytes', 2],
    ['packet_bytes', 1],
  ]);
  t.same(log.lines, [
    [
      'warn',
      { lines: 2, error: 'a line is longer than 48 bytes', suppressed: 0 },
      'lines were not sent to the StatsD receiver: packet_bytes',
    ],
  ]);
});

await t.test('datagrams are paced: 16, then a pause of 5 ms', async (t) => {
  await using receiver = await udpReceiver();
  const { sink } = sinkTo(t, receiver.port, { packetBytes: 30 });
  const arrived: number[] = [];
  receiver.socket.on('message', () => arrived.push(performance.now()));
  const start = performance.now();
  await sink.send(meters(65, 30));
  t.ok(performance.now() - start > 4 * 5 - 4, 'each of the 4 timers may be early by a millisecond');
  await receiver.received(65);
});

await t.test('a datagram that the kernel refuses is counted with all its lines', async (t) => {
  await using receiver = await udpReceiver();
  const { sink, seen, log } = sinkTo(t, receiver.port, { packetBytes: 70_000 });
  await sink.send(meters(70, 990));
  t.same(seen, { dropped: [['socket', 70]], errors: 1 });
  t.match(log.lines, [['warn', { lines: 70, error: /EMSGSIZE/ }, /: socket$/]]);
});

await t.test('a socket that could not be bound loses its packet, not those that follow', async (t) => {
  await using receiver = await udpReceiver();
  const { sink, seen } = sinkTo(t, receiver.port);
  const { bind } = dgram.Socket.prototype;
  t.teardown(() => {
    dgram.Socket.prototype.bind = bind;
  });
  dgram.Socket.prototype.bind = function refused(this: dgram.Socket) {
    process.nextTick(() => this.emit('error', new Error('bind EMFILE')));
    return this;
  };
  await sink.send([meter('a'), meter('b')]);
  dgram.Socket.prototype.bind = bind;
  t.same(seen, { dropped: [['socket', 2]], errors: 1 });
  await sink.send([meter('c')]);
  t.same((await receiver.received(1)).map(String), ['c:1|c']);
  const console = t.capture(globalThis.console, 'error');
  await sink.close();
  t.same(console(), []);
});

await t.test('what is left of a send when the sink is closed is counted', async (t) => {
  await using receiver = await udpReceiver();
  const { sink, seen } = sinkTo(t, receiver.port, { packetBytes: 30 });
  const sending = sink.send(meters(100, 30));
  await receiver.received(16);
  await Promise.all([sink.close(), sink.close()]);
  await sending;
  const dropped = seen.dropped.reduce((sum, [, lines]) => sum + lines, 0);
  t.ok(dropped > 0);
  await receiver.received(100 - dropped);
  t.notOk(sink.ready());
});

await t.test('over TCP each line ends with a newline', async (t) => {
  const { server, port } = await tcpServer();
  const { sink, seen } = sinkTo(t, port, { protocol: 'tcp', packetBytes: 50 });
  t.notOk(sink.ready(), 'not before it is connected');
  const [socket] = (await once(server, 'connection')) as [Socket];
  await eventually(() => (sink.ready() ? true : null));
  await sink.send(meters(5, 24));
  await sink.close();
  const received = (await socket.setEncoding('utf8').toArray()).join('');
  t.equal(
    received,
    meters(5, 24)
      .map(({ name }) => `${name}:1|c\n`)
      .join(''),
  );
  t.same(seen.dropped, []);
  server.close();
});

await t.test('when the TCP connection is lost the sink is not ready, and what was to be sent is counted', async (t) => {
  const { server, port } = await tcpServer();
  const { sink, seen, log } = sinkTo(t, port, { protocol: 'tcp', packetBytes: 1_000_000 });
  const [socket] = (await once(
    server.once('connection', (one) => one.pause()),
    'connection',
  )) as [Socket];
  await eventually(() => (sink.ready() ? true : null));
  const sending = sink.send(meters(30, 900_000));
  socket.destroy();
  server.close();
  await sending;
  t.notOk(sink.ready());
  const dropped = seen.dropped.reduce((sum, [, lines]) => sum + lines, 0);
  t.ok(dropped > 0 && seen.dropped.every(([reason]) => reason === 'stream'));
  await eventually(() => (log.lines.length > 2 ? true : null));
  t.match(log.lines, [
    ['info', {}, /^connected/],
    ['warn', {}, /./],
    ['warn', {}, /./],
  ]);
});
