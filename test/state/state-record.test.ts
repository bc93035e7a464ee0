import fc from 'fast-check';
import t from 'tap';
import {
  isIntact,
  readRecord,
  sectionRange,
  VALUE_LENGTH_MAX,
  writtenKey,
  writtenValue,
} from '../../src/state/state-record.js';

/** Any UTF-16 units at all, halves of characters among them. */
const anyText = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 })
  .map((units) => String.fromCharCode(...units));

await t.test('any key and any JSON come back as they were', async (t) => {
  fc.assert(
    fc.property(anyText, fc.jsonValue(), (text, value) => {
      const key = writtenKey('bans', text);
      const written = writtenValue(key, value);
      if (typeof written !== 'string') throw new Error(written.refused);
      // As LevelDB keeps them: as UTF-8.
      const bytes = Buffer.from(key);
      const kept = Buffer.from(written).toString();
      t.ok(isIntact(bytes, kept));
      t.strictSame(readRecord(bytes, kept), [text, JSON.parse(JSON.stringify(value))]);
    }),
  );
});

await t.test('two keys never have the same text', async (t) => {
  fc.assert(
    fc.property(anyText, anyText, (one, other) => {
      const bytes = (key: string) => Buffer.from(writtenKey('bans', key)).toString('hex');
      t.equal(bytes(one) === bytes(other), one === other);
    }),
  );
  t.not(Buffer.from(writtenKey('bans', '\ud800')).toString(), Buffer.from(writtenKey('bans', '\ufffd')).toString());
});

await t.test('a record with any bit changed, in the key or the value, is not intact', async (t) => {
  const key = Buffer.from(writtenKey('bans', '203.0.113.9/32'));
  const value = Buffer.from(String(writtenValue(key.toString(), { seconds: 3600 })));
  t.ok(isIntact(key, value.toString()));
  for (const part of [key, value]) {
    for (let bit = 0; bit < part.length * 8; bit += 1) {
      const at = bit >> 3;
      const before = part.readUInt8(at);
      part.writeUInt8(before ^ (1 << (bit & 7)), at);
      t.notOk(isIntact(key, value.toString()), `bit ${bit} of ${part}`);
      part.writeUInt8(before, at);
    }
  }
  t.notOk(isIntact(key, ''));
  t.ok(isIntact(key, value.toString()), 'all were put back');
});

await t.test('a value is refused where it is too long or has no JSON', async (t) => {
  const circle: { self?: object } = {};
  circle.self = circle;
  t.type(writtenValue('k', 'x'.repeat(VALUE_LENGTH_MAX - 2)), 'string');
  t.strictSame(writtenValue('k', 'x'.repeat(VALUE_LENGTH_MAX - 1)), { refused: 'value_too_long' });
  for (const value of [undefined, () => 1, 10n, circle]) {
    t.strictSame(writtenValue('k', value), { refused: 'value_not_json' });
  }
});

await t.test('a section holds its own keys and none of another section', async (t) => {
  const { gte, lt } = sectionRange('ban');
  const isIn = (section: string, key: string) => {
    const written = Buffer.from(writtenKey(section, key));
    return written.compare(Buffer.from(gte)) >= 0 && written.compare(Buffer.from(lt)) < 0;
  };
  fc.assert(
    fc.property(anyText, (key) => {
      t.ok(isIn('ban', key));
      for (const other of ['ba', 'bans', 'ban_', 'a', 'c']) t.notOk(isIn(other, key));
    }),
  );
});

await t.test('a section that is not a word of ours is a fault of ours', async (t) => {
  for (const section of ['', 'Ban', 'a:b', 'a;', '_a', '1', 'a'.repeat(33), 'a\n']) {
    t.throws(() => sectionRange(section), TypeError, JSON.stringify(section));
  }
  t.doesNotThrow(() => sectionRange('a'.repeat(32)));
});
