import fc from 'fast-check';
import t from 'tap';
import { parsePrefix, prefixText } from '../../src/domain/address-set.js';
import { parseTarget, targetText } from '../../src/operator/target.js';
import { rounds } from '../rounds.js';

const faultOf = (text: string) => {
  const target = parseTarget(text);
  return target instanceof Error ? target.message : prefixText(target);
};

await t.test('an address or a prefix is read in any of its texts', async (t) => {
  t.equal(faultOf('203.0.113.9'), '203.0.113.9/32');
  t.equal(faultOf('2001:DB8::/32'), '2001:db8::/32');
  t.equal(faultOf('::ffff:203.0.113.0/120'), '203.0.113.0/24');
});

await t.test('bits behind the length: both readings are told', async (t) => {
  t.equal(
    faultOf('203.0.113.9/24'),
    '"203.0.113.9/24" has bits set behind its length: write 203.0.113.9 for that address, or 203.0.113.0/24 for its network',
  );
  t.match(faultOf('2001:db8::1/64'), 'write 2001:db8::1 for that address, or 2001:db8::/64 for its network');
  t.match(faultOf('::ffff:203.0.113.9/120'), 'write 203.0.113.9 for that address, or 203.0.113.0/24 for its network');
});

await t.test('what is none is told why, and never raw', async (t) => {
  t.equal(faultOf('pbx'), '"pbx" is no IP address and no prefix');
  t.equal(faultOf('\x1b[2J'), '"\\x1b[2J" is no IP address and no prefix');
  t.match(faultOf('fe80::1%eth0'), /has a zone.*leave out what follows the %/);
  for (const text of [
    '203.0.113.0/33',
    '203.0.113.0/',
    '203.0.113.0/x',
    '203.0.113.0/024',
    '::/129',
    '::1/128/1',
    '::ffff:1.2.3.4/24',
  ])
    t.match(faultOf(text), /is no prefix: no address of its kind has a length like that/, text);
});

await t.test('no text makes it throw, and each is a prefix or a fault of one printable line', async (t) => {
  const near = fc.tuple(
    fc.oneof(fc.ipV4(), fc.ipV6()),
    fc.constantFrom('/', '%', '/0', '/24', '/64', '/1/', ''),
    fc.string(),
  );
  const any = fc.oneof(
    fc.string({ unit: 'binary' }),
    near.map((parts) => parts.join('')),
  );
  const check = (text: string) => {
    const target = parseTarget(text);
    if (!(target instanceof Error)) return parsePrefix(text) !== null;
    return /^[\x20-\x7eÀ-ÖØ-öø-ſ]+$/.test(target.message);
  };
  t.doesNotThrow(() => fc.assert(fc.property(any, check), { numRuns: rounds(1_000) }));
});

await t.test('a single address is written without its length', async (t) => {
  t.equal(targetText('203.0.113.9/32'), '203.0.113.9');
  t.equal(targetText('2001:db8::1/128'), '2001:db8::1');
  for (const text of ['203.0.113.0/24', '2001:db8::/32', '2001:db8::/64']) t.equal(targetText(text), text);
});
