import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import {
  type BanTarget,
  canonicalTarget,
  fieldsText,
  parseTarget,
  readTarget,
  targetFields,
  targetText,
} from '../../src/domain/ban-target.js';
import { targets } from '../wire/decisions.js';

const target = (text: string) => parseTarget(text) as BanTarget;

await t.test('a target is an address, a prefix or one socket of an address, and has one text', async (t) => {
  const texts = [
    ['203.0.113.9', '203.0.113.9/32'],
    ['203.0.113.0/24', '203.0.113.0/24'],
    ['203.0.113.9:5062', '203.0.113.9:5062'],
    ['2001:DB8::0', '2001:db8::/128'],
    ['2001:db8::/64', '2001:db8::/64'],
    ['[2001:DB8:0::1]:65535', '[2001:db8::1]:65535'],
    ['[::ffff:203.0.113.9]:1', '203.0.113.9:1'],
    ['203.0.113.9/32:5062', null],
  ] as const;
  for (const [text, canonical] of texts) {
    const read = parseTarget(text);
    t.equal(read === null ? null : targetText(read), canonical, text);
  }
});

await t.test('what is no target is none', async (t) => {
  const bad = ['', 'pbx', ':5062', '203.0.113.9:', '203.0.113.9:0', '203.0.113.9:65536', '203.0.113.9:05062'];
  bad.push('203.0.113.9:5062:1', '203.0.113.9:-1', '203.0.113.9:1e3', '203.0.113.9 :5062', '203.0.113.9:5062\n');
  bad.push(
    '203.0.113.0/24:5062',
    '[2001:db8::/64]:5062',
    '[2001:db8::1]',
    '[203.0.113.9:5062',
    '[[::1]]:1',
    '[fe80::1%0]:1',
  );
  for (const text of bad) t.equal(parseTarget(text), null, text);
});

await t.test('only the canonical text is one', async (t) => {
  t.strictSame(canonicalTarget('203.0.113.9:5062'), target('203.0.113.9:5062'));
  t.strictSame(canonicalTarget('203.0.113.9/32'), target('203.0.113.9'));
  for (const value of ['203.0.113.9', '[203.0.113.9]:5062', '[2001:DB8::1]:5062', 9, null, ['203.0.113.9/32']])
    t.equal(canonicalTarget(value), null, String(value));
});

await t.test('a target is read back from its text and from its fields', async (t) => {
  const check = (fields: { address: string; port: number | null }) => {
    const read = readTarget(fields.address, fields.port);
    if (typeof read === 'string') return false;
    const text = targetText(read);
    return (
      isDeepStrictEqual(canonicalTarget(text), read) &&
      isDeepStrictEqual(targetFields(read), fields) &&
      text === fieldsText(fields)
    );
  };
  t.doesNotThrow(() => fc.assert(fc.property(targets, check), { numRuns: 500 }));
});

await t.test('which of the fields is wrong is said', async (t) => {
  t.equal(readTarget('203.0.113.9', null), 'address');
  t.equal(readTarget('203.0.113.9:5062', null), 'address');
  t.equal(readTarget('203.0.113.0/24', 5062), 'port');
  for (const port of [0, 65_536, 1.5, '5062', undefined]) t.equal(readTarget('203.0.113.9/32', port), 'port');
});
