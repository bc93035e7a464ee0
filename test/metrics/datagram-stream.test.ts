import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { DatagramStream, type DatagramStreamOptions } from '../../src/metrics/datagram-stream.js';
import { eventually, recordedLog, udpReceiver } from './fixtures.js';

function streamTo(t: Test, port: number, options: Partial<DatagramStreamOptions> = {}) {
  const lost: [lines: number, error: string][] = [];
  const stream = new DatagramStream({
    host: '127.0.0.1',
    port,
    packetBytes: 1432,
    log: recordedLog(),
    onError: () => undefined,
    onOversized: () => lost.push([1, 'oversized']),
    onLost: (lines, error) => lost.push([lines, error]),
    ...options,
  });
  t.teardown(() => stream.destroy());
  return { stream, lost };
}

const written = (stream: DatagramStream, text: string) =>
  new Promise<void>((resolve) => {
    stream.write(text, () => resolve());
  });

await t.test('a chunk is a datagram without its last newline', async (t) => {
  await using receiver = await udpReceiver();
  const { stream, lost } = streamTo(t, receiver.port);
  await written(stream, 'a:1|c\nb:1|c\n');
  t.same((await receiver.received(1)).map(String), ['a:1|c\nb:1|c']);
  t.same(lost, []);
});

await t.test('datagrams go over IPv6 where the address is one', async (t) => {
  await using receiver = await udpReceiver('::1');
  const { stream } = streamTo(t, receiver.port, { host: '::1' });
  await written(stream, 'six:1|m\n');
  t.same((await receiver.received(1)).map(String), ['six:1|m']);
});

await t.test(
  'it is not ready before the name has an address, then each datagram goes to the one it has now',
  async (t) => {
    await using first = await udpReceiver('127.0.0.1');
    await using second = await udpReceiver('127.0.0.2', first.port);
    let now = 0;
    let address = '127.0.0.1';
    const resolve = async () => [{ address, family: 4 }];
    const { stream, lost } = streamTo(t, first.port, { host: 'statsd.example', resolve, now: () => now });
    t.equal(stream.ready, false);
    await eventually(() => (stream.ready ? true : null));
    await written(stream, 'one:1|m\n');
    t.same((await first.received(1)).map(String), ['one:1|m']);
    address = '127.0.0.2';
    now = 60_000;
    t.equal(stream.ready, true);
    await setImmediate();
    await written(stream, 'two:1|m\n');
    t.same((await second.received(1)).map(String), ['two:1|m']);
    t.same(lost, []);
  },
);

await t.test('what is written without an address, or after a stop, is counted', async (t) => {
  const { stream, lost } = streamTo(t, 1, { host: 'statsd.example', resolve: () => new Promise(() => undefined) });
  await written(stream, 'a:1|c\nb:1|c\n');
  stream.stop();
  t.equal(stream.ready, false);
  await written(stream, 'c:1|c\n');
  t.same(lost, [
    [2, 'not connected'],
    [1, 'not connected'],
  ]);
  stream.destroy();
  await once(stream, 'close');
});

await t.test('a chunk that is longer than a datagram may be is not sent', async (t) => {
  await using receiver = await udpReceiver();
  const { stream, lost } = streamTo(t, receiver.port, { packetBytes: 5 });
  await written(stream, 'a:1|cc\n');
  await written(stream, 'b:1|c\n');
  t.same((await receiver.received(1)).map(String), ['b:1|c']);
  t.same(lost, [[1, 'oversized']]);
});
