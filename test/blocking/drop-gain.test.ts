import t from 'tap';
import { DropGain } from '../../src/blocking/drop-gain.js';

await t.test('what was dropped before the first look is not counted, and then what came since the last', async (t) => {
  const gain = new DropGain();
  t.strictSame(gain.of({ packets: 100, bytes: 9_000 }), { packets: 0, bytes: 0 });
  t.strictSame(gain.of({ packets: 103, bytes: 9_300 }), { packets: 3, bytes: 300 });
  t.strictSame(gain.of({ packets: 103, bytes: 9_300 }), { packets: 0, bytes: 0 });
});

await t.test('totals that begin anew add what they have, and never go down', async (t) => {
  const gain = new DropGain();
  gain.of({ packets: 100, bytes: 9_000 });
  t.strictSame(gain.of({ packets: 2, bytes: 120 }), { packets: 2, bytes: 120 });
  t.strictSame(gain.of({ packets: 3, bytes: 100 }), { packets: 3, bytes: 100 }, 'one of them is enough');
  t.strictSame(gain.of({ packets: 4, bytes: 160 }), { packets: 1, bytes: 60 });
});
