import fc from 'fast-check';
import t from 'tap';
import { asciiJson, hasExactly, isWhole, parseObject } from '../../src/wire/json-line.js';

await t.test('any text in an object comes back, out of printable ASCII', async (t) => {
  const check = (text: string) => {
    const line = asciiJson({ text });
    return /^[\x20-\x7e]*$/.test(line) && parseObject(line)?.['text'] === text;
  };
  t.doesNotThrow(() => fc.assert(fc.property(fc.string({ unit: 'binary' }), check), { numRuns: 1000 }));
  t.equal(asciiJson({ a: 'ü\u2028\x7f\ud800' }), '{"a":"\\u00fc\\u2028\\u007f\\ud800"}');
});

await t.test('only an object is one', async (t) => {
  t.strictSame(parseObject(' {"a": 1} '), { a: 1 });
  for (const text of ['', 'null', '[]', '1', '"{}"', '{', '{}{}', "{'a':1}"]) t.equal(parseObject(text), null, text);
});

await t.test('the keys of an object are exactly those, in any order', async (t) => {
  t.ok(hasExactly({ b: undefined, a: 1 }, ['a', 'b']));
  t.notOk(hasExactly({ a: 1 }, ['a', 'b']));
  t.notOk(hasExactly({ a: 1, b: 2, c: 3 }, ['a', 'b']));
  t.notOk(hasExactly({ a: 1, c: 3 }, ['a', 'toString']), 'what is inherited is no key');
});

await t.test('a whole number is one within its limits', async (t) => {
  for (const value of [1, 2, 3]) t.ok(isWhole(value, 1, 3), String(value));
  for (const value of [0, 4, 1.5, Number.NaN, '2', 2n, null]) t.notOk(isWhole(value, 1, 3), String(value));
  t.ok(isWhole(2 ** 53 - 1, 0));
  t.notOk(isWhole(2 ** 53, 0));
  t.ok(isWhole(0, 0));
  t.notOk(isWhole(-0, 0), 'it would be written as 0');
});
