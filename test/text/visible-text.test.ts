import fc from 'fast-check';
import t from 'tap';
import { visibleText } from '../../src/text/visible-text.js';

await t.test('usual text stays as it is, and unusual text shows by its number', (t) => {
  t.equal(visibleText("Müller <sip:100@pbx> 'x'"), "Müller <sip:100@pbx> 'x'");
  t.equal(visibleText('a\r\nb\x1b[2J\\'), 'a\\x0d\\x0ab\\x1b[2J\\\\');
  t.equal(visibleText('\u202egnp\u{1f600}'), '\\u{202e}gnp\\u{1f600}');
  t.end();
});

await t.test('a long text is cut, and shows that', (t) => {
  t.equal(visibleText('x'.repeat(64)), 'x'.repeat(64));
  t.equal(visibleText('x'.repeat(65)), `${'x'.repeat(61)}...`);
  t.end();
});

await t.test('no text is more than 64 columns, moves a cursor or turns the direction', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const shown = visibleText(text);
      return shown.length <= 64 && /^[\x20-\x7eÀ-ÖØ-öø-ſ]*$/.test(shown);
    }),
  );
  t.end();
});
