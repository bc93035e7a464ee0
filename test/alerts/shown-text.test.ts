import fc from 'fast-check';
import t from 'tap';
import { shownAddress, shownName, shownText } from '../../src/alerts/shown-text.js';

await t.test('plain words stay as they are, also those of western European languages', async (t) => {
  for (const text of ['101', 'john_doe', 'Front Desk', 'a+b-c', 'Müller', 'Łódź', '']) t.equal(shownText(text), text);
});

await t.test(
  'control characters, quotes and what turns the direction of writing are shown by their number',
  async (t) => {
    t.equal(shownText('a\nb\r\0\x1b[2J'), 'a\\x0ab\\x0d\\x00\\x1b\\x5b2J');
    t.equal(shownText(`"'\\\``), '\\x22\\x27\\x5c\\x60');
    t.equal(shownText('\u202e\u200b\ufeff\u2028'), '\\u{202e}\\u{200b}\\u{feff}\\u{2028}');
    t.equal(shownText('\ud800'), '\\u{d800}', 'half of a pair');
    t.equal(shownText('😀'), '\\u{1f600}', 'a whole one');
    t.equal(shownText('שלום'), '\\u{5e9}\\u{5dc}\\u{5d5}\\u{5dd}', 'letters from right to left');
  },
);

await t.test('nothing mentions anybody, is a link, or is markup', async (t) => {
  t.equal(shownText('@here'), '[@]here');
  t.equal(shownText('<!channel>'), '\\x3c\\x21channel\\x3e');
  t.equal(shownText('https://evil.example/x'), 'https[:][/][/]evil[.]example[/]x');
  t.equal(shownText('[a](b)'), '\\x5ba\\x5d\\x28b\\x29');
  t.equal(shownText('*a* ~b~ #c &amp; :d: |'), '\\x2aa\\x2a \\x7eb\\x7e \\x23c \\x26amp\\x3b [:]d[:] \\x7c');
});

await t.test('a text is cut at 64 characters, and never within what one is shown by', async (t) => {
  t.equal(shownText('x'.repeat(64)), 'x'.repeat(64));
  t.equal(shownText('x'.repeat(65)), `${'x'.repeat(61)}...`);
  t.equal(shownText(`${'x'.repeat(58)}\n\n`), `${'x'.repeat(58)}...`);
  t.equal(shownText('x'.repeat(5_000_000)), `${'x'.repeat(61)}...`);
});

await t.test('whatever the text is, what is shown of it is short and harmless', async (t) => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc
      .array(fc.constantFrom('@', '.', '](', '[', ')', '<', 'a', '\\', '://', '\ud83d'), { maxLength: 99 })
      .map((a) => a.join('')),
  );
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(text, (hostile) => {
        const shown = shownText(hostile);
        const rest = shown.replace(/\\x[\da-f]{2}|\\u\{[\da-f]{3,6}\}|\[[.@:/]\]|\.\.\.$/g, '');
        return shown.length <= 64 && /^[\w +\-À-ÖØ-öø-ſ]*$/.test(rest) && shown === JSON.parse(JSON.stringify(shown));
      }),
      { numRuns: 1000 },
    ),
  );
});

await t.test('a name is in quotes unless it is one word', async (t) => {
  t.equal(shownName('101'), '101');
  t.equal(shownName('Nobody logged in'), '"Nobody logged in"');
  t.equal(shownName('user@example.com'), '"user[@]example[.]com"');
  t.equal(shownName('müller'), '"müller"');
  t.equal(shownName(''), '""');
});

await t.test('an address and a prefix are shown as they are, and anything else as a name', async (t) => {
  for (const text of ['203.0.113.9', '2001:db8::1', 'fe80::1%eth0', '203.0.113.0/24', '2001:db8::/32']) {
    t.equal(shownAddress(text), text);
  }
  t.equal(shownAddress('fe80::1%<!here>'), '"fe80[:][:]1\\x25\\x3c\\x21here\\x3e"');
  t.equal(shownAddress('1.2.3.4\n'), '"1[.]2[.]3[.]4\\x0a"');
});
