import fc from 'fast-check';
import t from 'tap';
import { encodeMessage, parseMessage } from '../../../src/sources/ami/message.js';

await t.test('a message is read by its keys, and what is no line of a key is left out', async (t) => {
  const message = parseMessage('Response: Success\r\nMessage: a: b\r\nEmpty: \r\nno key\r\n: no name\r\nKey:value');
  t.strictSame({ ...message }, { Response: 'Success', Message: 'a: b', Empty: '' });
  t.strictSame({ ...parseMessage('') }, {});
});

await t.test('of a key that comes twice the last value counts', async (t) => {
  t.strictSame({ ...parseMessage('A: 1\r\nA: 2') }, { A: '2' });
});

await t.test('a key named as a part of JavaScript is a key like any other', async (t) => {
  const message = parseMessage('__proto__: x\r\nconstructor: y');
  t.strictSame(Object.entries(message), [
    ['__proto__', 'x'],
    ['constructor', 'y'],
  ]);
  t.equal(message['toString'], undefined);
});

await t.test('a message is read as it was written', async (t) => {
  const key = fc.stringMatching(/^[A-Za-z]{1,10}$/);
  const value = fc.string({ unit: 'grapheme' }).filter((text) => !/[\r\n]/.test(text));
  const check = fc.check(
    fc.property(fc.dictionary(key, value), (message) => {
      const text = encodeMessage(message);
      t.strictSame({ ...parseMessage(text.slice(0, -4)) }, { ...message });
      return text.endsWith('\r\n');
    }),
    { numRuns: 50 },
  );
  t.notOk(check.failed, fc.defaultReportMessage(check) ?? 'holds');
});

await t.test('a value with a line end is refused by its key, and is not in the error', async (t) => {
  for (const end of ['\r', '\n', '\r\n']) {
    t.throws(() => encodeMessage({ Action: 'Login', Secret: `hunter2${end}Action: Command` }), {
      name: 'TypeError',
      message: /^The value of Secret holds a line end(?!.*hunter2)/,
    });
  }
});
