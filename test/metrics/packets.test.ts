import fc from 'fast-check';
import t from 'tap';
import { type Line, type LineOptions, lineOf, packets } from '../../src/metrics/packets.js';

const plain: LineOptions = { prefix: '', meterType: 'c', dialect: 'graphite', pbx: null };

await t.test('a meter is sent as the chosen type, a counter as c, a gauge as g', async (t) => {
  const type = (kind: 'meter' | 'counter' | 'gauge', meterType: 'c' | 'm') =>
    lineOf({ kind, name: 'n', value: 1 }, { ...plain, meterType }).text;
  t.same(
    [type('meter', 'c'), type('meter', 'm'), type('counter', 'm'), type('gauge', 'm')],
    ['n:1|c', 'n:1|m', 'n:1|c', 'n:1|g'],
  );
});

await t.test('the prefix goes before the name, with a dot', async (t) => {
  const line = lineOf({ kind: 'counter', name: 'exporter.gaps', value: 12 }, { ...plain, prefix: 'site.a' });
  t.same(line, { text: 'site.a.exporter.gaps:12|c', bytes: 'site.a.exporter.gaps:12|c'.length });
});

const line = fc.integer({ min: 4, max: 40 }).map((bytes): Line => ({ text: 'n:1|c', bytes }));
const size = (packet: readonly Line[]) => packet.reduce((bytes, { bytes: more }) => bytes + 1 + more, -1);

await t.test('every line is in one packet, in order, and no packet is too long or needlessly short', async () => {
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 60, size: 'max' }),
      fc.integer({ min: 40, max: 200 }),
      (lines, bytesMax) => {
        const filled = packets(lines, bytesMax);
        const flat = filled.flat();
        return (
          flat.length === lines.length &&
          flat.every((one, index) => one === lines[index]) &&
          filled.every((packet, index) => {
            const next = filled[index + 1]?.slice(0, 1) ?? [];
            return size(packet) <= bytesMax && (next.length === 0 || size([...packet, ...next]) > bytesMax);
          })
        );
      },
    ),
  );
});
