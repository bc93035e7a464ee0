import t from 'tap';
import { schema } from '../../../src/config/schema.js';
import { parseEndpoint } from '../../../src/domain/remote-address.js';
import { DIALECTS, type DialectName } from '../../../src/metrics/dialects/dialects.js';
import { failureSamples, lineIn, type Sample } from './samples.js';

await t.test('every dialect can be chosen by its name', async (t) => {
  for (const word of Object.keys(DIALECTS)) t.equal(schema.statsd.dialect.format(word), word);
});

await t.test('influx is another name of telegraf', async (t) => {
  t.equal(DIALECTS.influx, DIALECTS.telegraf);
});

await t.test('the longest line of every dialect fits the shortest packet that can be set', async (t) => {
  const zone = 'z'.repeat(32);
  const from = parseEndpoint(`IPV6/WSS/1111:2222:3333:4444:5555:6666:7777:8888%${zone}`);
  if (from === null) throw new Error('not an endpoint');
  const longest: Partial<Sample> = { prefix: 'p'.repeat(128), pbx: '☎'.repeat(128), value: 1e12 };
  const samples = failureSamples('S'.repeat(64), from, longest);
  for (const name of Object.keys(DIALECTS) as DialectName[]) {
    const bytes = Math.max(...samples.map((one) => Buffer.byteLength(lineIn(name, one))));
    t.ok(bytes <= 512, `${name}: ${bytes}`);
  }
});
