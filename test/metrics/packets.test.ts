import fc from 'fast-check';
import t from 'tap';
import { type Line, lineOf, packets } from '../../src/metrics/packets.js';

await t.test('a meter is sent as the chosen type, a counter as c, a gauge as g', async (t) => {
  const type = (kind: 'meter' | 'counter' | 'gauge', meterType: 'c' | 'm') =>
    lineOf({ kind, name: 'n', value: 1 }, { prefix: '', meterType }).type;
  t.same([type('meter', 'c'), type('meter', 'm'), type('counter', 'm'), type('gauge', 'm')], ['c', 'm', 'c', 'g']);
});

await t.test('the prefix goes before the name, with a dot', async (t) => {
  const line = lineOf({ kind: 'counter', name: 'exporter.gaps', value: 12 }, { prefix: 'site.a', meterType: 'c' });
  t.same(line, { name: 'site.a.exporter.gaps', value: 12, type: 'c', bytes: 'site.a.exporter.gaps:12|c'.length });
});

const line = fc.integer({ min: 4, max: 40 }).map((bytes): Line => ({ name: 'n', value: 1, type: 'c', bytes }));
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
