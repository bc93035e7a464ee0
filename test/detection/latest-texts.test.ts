import fc from 'fast-check';
import t from 'tap';
import { LatestTexts } from '../../src/detection/latest-texts.js';

await t.test('the latest texts are kept, each once, and nothing else', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 300 }),
      fc.constantFrom(1, 5, 40),
      (ns, kept) => {
        const latest = new LatestTexts(kept);
        let expected: string[] = [];
        for (const text of ns.map(String)) {
          if (latest.has(text) !== expected.includes(text)) return false;
          if (expected.includes(text)) continue;
          latest.add(text);
          expected = [...expected, text].slice(-kept);
        }
        return latest.length === expected.length && [...latest].join() === expected.join();
      },
    ),
  );
  t.end();
});

await t.test('two texts that are hashed alike are two texts', (t) => {
  const latest = new LatestTexts(64);
  // Of a long text every second letter counts.
  const alike = (odd: string) => `x${odd}`.repeat(64);
  for (let n = 0; n < 20; n++) latest.add(`${n}`);
  latest.add(alike('a'));
  t.notOk(latest.has(alike('b')));
  latest.add(alike('b'));
  t.ok(latest.has(alike('a')));
  t.ok(latest.has(alike('b')));
  t.end();
});
