import t from 'tap';
import {
  isCount,
  isFlag,
  isListOf,
  isNullOr,
  isOneOf,
  isPoints,
  isPort,
  isRecordOf,
  isText,
  isTime,
  isTupleOf,
} from '../../src/detection/saved-form.js';

await t.test('a form takes what it is there for, and nothing else', async (t) => {
  const cases: [form: (value: unknown) => boolean, good: unknown[], bad: unknown[]][] = [
    [isText, ['', 'x'], [null, 1, ['x']]],
    [isFlag, [true, false], [0, null, 'true']],
    [isTime, [0, 1.5, 8.64e15], [-1, 8.65e15, Number.NaN, '0', null]],
    [isPoints, [0, 0.25, 1e15], [-0.1, 1e16, Number.POSITIVE_INFINITY, null]],
    [isCount, [0, 7], [1.5, -1, Number.NaN, '7', 2 ** 60]],
    [isPort, [0, 65_535], [65_536, 0.5, -1]],
    [isOneOf(['a', 'b']), ['a', 'b'], ['c', '', null]],
    [isNullOr(isText), [null, 'x'], [undefined, 1]],
    [isListOf(isText, 2), [[], ['x'], ['x', 'y']], [['x', 'y', 'z'], [1], { length: 0 }, null]],
    [isTupleOf(isText, isCount), [['x', 1]], [['x'], ['x', 1, 2], [1, 'x'], { 0: 'x', 1: 1, length: 2 }]],
    [isRecordOf({ a: isText }), [{ a: 'x' }], [{}, { a: 1 }, { a: 'x', b: 1 }, { b: 'x' }, null, [], 'a']],
  ];
  for (const [form, good, bad] of cases) {
    for (const value of good) t.equal(form(value), true, JSON.stringify(value));
    for (const value of bad) t.equal(form(value), false, JSON.stringify(value));
  }
});

await t.test('what an object inherits is none of its own', async (t) => {
  const inherits: unknown = Object.assign(Object.create({ toString: 'x' }), { other: 'x' });
  t.equal(isRecordOf({ toString: isText })(inherits), false);
});
