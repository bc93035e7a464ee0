import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import t from 'tap';
import { detached } from '../../src/text/detached.js';

await t.test('a detached text is the same text', async (t) => {
  const check = fc.check(fc.property(fc.string({ unit: 'grapheme' }), (text) => detached(text) === text));
  t.notOk(check.failed, `holds for ${check.numRuns} texts`);
});

await t.test('a detached text does not keep the text alive that it was cut from', async (t) => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const kept = Array.from({ length: 200 }, (_, i) => {
    const large = Buffer.alloc(100_000, `${i} of many texts, `).toString('latin1');
    return detached(large.slice(10, 50));
  });
  collectGarbage();
  const grownMb = (process.memoryUsage().heapUsed - before) / 1e6;
  t.equal(kept.length, 200);
  t.ok(grownMb < 5, `${grownMb.toFixed(1)} MB instead of 20`);
});
