import fc from 'fast-check';
import t from 'tap';
import { isPlainText, plainText } from '../../src/text/plain-text.js';

await t.test('a plain text is short and has no control character', async (t) => {
  t.ok(isPlainText('Müller \u{1f600}', 9));
  for (const value of ['a\nb', '\x7f', '\x9b', '\x00', '1234567890', 1, null, ['a']])
    t.notOk(isPlainText(value, 9), JSON.stringify(value));
});

await t.test('any text is made plain, and a plain one stays as it is', async (t) => {
  t.equal(plainText('a\x1b[2J\nb', 7), 'a?[2J?b');
  const check = (text: string) => {
    const plain = plainText(text, 20);
    return isPlainText(plain, 20) && plainText(plain, 20) === plain && (plain === text) === isPlainText(text, 20);
  };
  t.doesNotThrow(() => fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 40 }), check)));
});
