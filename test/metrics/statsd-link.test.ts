import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { StatsD } from 'hot-shots';
import t from 'tap';
import { type StatsdLink, tcpLink, udpLink } from '../../src/metrics/statsd-link.js';
import { eventually, recordedLog, tcpServer, udpReceiver } from './fixtures.js';

const options = (port: number, host = '127.0.0.1') => ({
  host,
  port,
  packetBytes: 1432,
  log: recordedLog(),
  onError: () => undefined,
});

const sent = (client: StatsD, name: string) =>
  new Promise<Error | null | undefined>((resolve) => {
    client.sendMessage(`${name}:1|m`, resolve);
  });

function now(link: StatsdLink): StatsD {
  const client = link.client();
  if (client === null) throw new Error('an IP address needs no lookup');
  return client;
}

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
  const udp = udpLink(options(receiver.port));
  t.teardown(() => udp.close());
  const client = now(udp);
  await sent(client, 'security.events.PJSIP.FailedACL');
  const datagrams = await receiver.received(1);
  t.same(datagrams.map(String), ['security.events.PJSIP.FailedACL:1|m']);
  t.match(client, { datadog: false, includeDatadogTelemetry: false, telemetry: null, globalTags: [] });
});

await t.test('datagrams go over IPv6 where the address is one', async (t) => {
  await using receiver = await udpReceiver('::1');
  const udp = udpLink(options(receiver.port, '::1'));
  t.teardown(() => udp.close());
  const client = now(udp);
  await sent(client, 'six');
  t.same((await receiver.received(1)).map(String), ['six:1|m']);
});

await t.test(
  'there is no client before the name has an address, then each datagram goes to the one it has now',
  async (t) => {
    await using first = await udpReceiver('127.0.0.1');
    await using second = await udpReceiver('127.0.0.2', first.port);
    let now = 0;
    let address = '127.0.0.1';
    const resolve = async () => [{ address, family: 4 }];
    const udp = udpLink(options(first.port, 'statsd.example'), { resolve, now: () => now });
    t.teardown(() => udp.close());
    t.equal(udp.client(), null);
    const client = await eventually(() => udp.client());
    await sent(client, 'one');
    t.same((await first.received(1)).map(String), ['one:1|m']);
    address = '127.0.0.2';
    now = 60_000;
    t.equal(udp.client(), client);
    await setImmediate();
    await sent(client, 'two');
    t.same((await second.received(1)).map(String), ['two:1|m']);
  },
);

await t.test('a name that never had an address can be closed', async () => {
  await udpLink(options(1, 'statsd.example'), { resolve: () => new Promise(() => undefined) }).close();
});

await t.test('over TCP there is a client while there is a connection', async (t) => {
  const { server, port } = await tcpServer();
  t.teardown(() => server.close());
  const tcp = tcpLink({ ...options(port), onLost: () => t.fail('nothing is lost') });
  t.equal(tcp.client(), null);
  const [socket] = (await once(server, 'connection')) as [Socket];
  const client = await eventually(() => tcp.client());
  const data = once(socket, 'data');
  await sent(client, 'a');
  t.equal(String((await data)[0]), 'a:1|m\n');
  await tcp.close();
  t.equal(tcp.client(), null);
});

await t.test('close ends a write that the receiver does not read, without a word on the console', async (t) => {
  const { server, port } = await tcpServer({ pauseOnConnect: true });
  const console = t.capture(globalThis.console, 'error');
  let lost = 0;
  const tcp = tcpLink({
    ...options(port),
    onLost: (lines) => {
      lost += lines;
    },
  });
  const [socket] = (await once(server, 'connection')) as [Socket];
  const client = await eventually(() => tcp.client());
  const stuck = sent(client, 'a'.repeat(20_000_000));
  await tcp.close();
  await stuck;
  t.equal(lost, 1);
  socket.destroy();
  server.close();
  await once(server, 'close');
  t.same(console(), []);
});
