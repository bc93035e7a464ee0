import fc from 'fast-check';
import t from 'tap';
import { Pattern } from '../../src/sources/pattern.js';

function viewOf(text: string): DataView {
  const bytes = Uint8Array.from(Buffer.from(text, 'latin1'));
  return new DataView(bytes.buffer);
}

await t.test('a pattern is found where it stands and nowhere else', async (t) => {
  const pattern = new Pattern('SessionID: ');
  const view = viewOf('\nSessionID: SessionID:x');
  const places = Array.from({ length: view.byteLength + 2 }, (_, at) => at).filter((at) => pattern.isAt(view, at));
  t.strictSame(places, [1]);
  t.equal(pattern.length, 11);
});

await t.test(
  'for ASCII text it says what startsWith says, whatever the lengths and the one byte that differs',
  async (t) => {
    const ascii = fc.string({
      unit: fc.integer({ min: 1, max: 127 }).map((code) => String.fromCharCode(code)),
      minLength: 8,
    });
    const change = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 127 }));
    const check = fc.check(
      fc.property(fc.string(), ascii, fc.string(), fc.option(change), (before, text, after, changed) => {
        const [place, code] = changed ?? [0, text.charCodeAt(0)];
        const at = place % text.length;
        const wanted = text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1);
        const whole = Buffer.from(before + text + after, 'latin1').toString('latin1');
        const from = Buffer.from(before, 'latin1').length;
        return new Pattern(wanted).isAt(viewOf(whole), from) === whole.startsWith(wanted, from);
      }),
      { numRuns: 2_000 },
    );
    t.notOk(check.failed, fc.defaultReportMessage(check) ?? 'holds');
  },
);

await t.test('bytes that are no ASCII are never found where they are not', async (t) => {
  const bytes = fc.uint8Array({ minLength: 8, maxLength: 40 });
  const check = fc.check(
    fc.property(bytes, bytes, (a, b) => {
      const found = new Pattern(Buffer.from(a).toString('latin1')).isAt(new DataView(Uint8Array.from(b).buffer), 0);
      return !found || Buffer.from(b).subarray(0, a.length).equals(Buffer.from(a));
    }),
    { numRuns: 2_000 },
  );
  t.notOk(check.failed, fc.defaultReportMessage(check) ?? 'holds');
  const minusZero = '\0\0\0\0\0\0\0\x80';
  t.equal(new Pattern('\0'.repeat(8)).isAt(viewOf(minusZero), 0), false, 'zero and minus zero are equal numbers');
  t.equal(new Pattern(minusZero).isAt(viewOf('\0'.repeat(8)), 0), false);
});

await t.test('a text of fewer than eight letters is no pattern', async (t) => {
  t.throws(() => new Pattern('Event: '), RangeError);
  t.doesNotThrow(() => new Pattern('Module: '));
});
