import { createSocket } from 'node:dgram';
import fc from 'fast-check';
import t from 'tap';
import { parseStatsdLine, StatsdReceiver } from '../../src/simulator/statsd-receiver.js';

await t.test('lines that arrive over UDP are added up by name', async (t) => {
  const stop = new AbortController();
  const receiver = await StatsdReceiver.listen(stop.signal);
  const sender = createSocket('udp4');
  sender.send('a:2|c\nb.c/d:1|m\nexporter.up:7|g\n', receiver.port, '127.0.0.1');
  sender.send('a:3|c', receiver.port, '127.0.0.1');
  while (receiver.totals().get('a') !== 5) await new Promise(setImmediate);
  t.same(
    [...receiver.totals()],
    [
      ['a', 5],
      ['b.c/d', 1],
    ],
  );
  t.same([...receiver.gauges()], [['exporter.up', 7]]);
  sender.close();
  stop.abort();
  t.throws(() => receiver.port, 'it is closed');
});

await t.test('a gauge is its last value, also a negative one or a fraction', async (t) => {
  const receiver = new StatsdReceiver();
  receiver.receive('lag:3|g\nlag:-1.5|g');
  t.same([...receiver.gauges()], [['lag', -1.5]]);
  t.equal(receiver.totals().size, 0);
});

await t.test('a line that is not exactly name:value|type is counted and nothing else', async (t) => {
  const receiver = new StatsdReceiver();
  const bad = ['a', 'a:1', 'a:x|c', ':1|c', 'a:1|ms', 'a:1|c|@0.1', 'a:1|c|#tag:x', '2001:db8::1:1|c', 'a:1e999|c'];
  receiver.receive(`${bad.join('\n')}\nok:1|c\n\n`);
  t.equal(receiver.badLines, bad.length);
  t.same([...receiver.totals()], [['ok', 1]]);
});

await t.test('a new name beyond the limit is counted as overflow, and known names still count', async (t) => {
  const receiver = new StatsdReceiver(2);
  receiver.receive('a:1|c\nb:1|c\nc:1|c\na:1|c\ng:1|g');
  t.same(
    [...receiver.totals()],
    [
      ['a', 2],
      ['b', 1],
    ],
  );
  t.same([...receiver.gauges()], [['g', 1]], 'gauges have room of their own');
  t.equal(receiver.overflow, 1);
});

await t.test('any name without a colon and a bar comes back with its value', async () => {
  const name = fc.string({ minLength: 1 }).filter((text) => !/[:|]/.test(text));
  const kind = fc.constantFrom('c', 'm', 'g');
  fc.assert(
    fc.property(name, fc.integer({ min: -1e9, max: 1e9 }), kind, (name, value, type) => {
      const line = parseStatsdLine(`${name}:${value}|${type}`);
      return line?.name === name && line.value === value && line.type === type;
    }),
  );
});
