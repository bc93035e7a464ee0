import t from 'tap';
import { printable } from '../../src/blocking/printable.js';

await t.test('letters of every script stay, and what turns, hides or ends a line does not', async (t) => {
  t.equal(printable('Grüße, 東京 – 50 % 😀'), 'Grüße, 東京 – 50 % 😀');
  t.equal(printable('a\0b\tc\u0085d\u2028e\u2029f\u200bg\u202eh\ud800i'), 'a?b?c?d?e?f?g?h?i');
});

await t.test('a text is cut, also in the middle of a character, and stays printable', async (t) => {
  t.equal(printable('x'.repeat(129)), 'x'.repeat(128));
  t.equal(printable(`${'x'.repeat(127)}😀`), `${'x'.repeat(127)}?`);
  t.equal(printable(printable(`${'x'.repeat(127)}😀`)), `${'x'.repeat(127)}?`);
});
