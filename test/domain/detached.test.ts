import fc from 'fast-check';
import t from 'tap';
import { detached } from '../../src/domain/detached.js';

await t.test('a detached text is the same text', async (t) => {
  const check = fc.check(fc.property(fc.string({ unit: 'grapheme' }), (text) => detached(text) === text));
  t.notOk(check.failed);
});

await t.test('a detached text does not keep the text alive that it was cut from', async (t) => {
  const kept: string[] = [];
  const before = process.memoryUsage().heapUsed;
  for (let n = 0; n < 400; n++) {
    const parent = Buffer.alloc(100_000, `${n} `).toString('latin1');
    kept.push(detached(parent.slice(100, 150)));
  }
  global.gc?.();
  const grownBytes = process.memoryUsage().heapUsed - before;
  t.equal(kept.length, 400);
  // With the parents it would be 40 MB; garbage that was not collected yet makes up the allowance.
  t.ok(grownBytes < 30_000_000, `${grownBytes} bytes`);
});
