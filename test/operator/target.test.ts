import fc from 'fast-check';
import t from 'tap';
import { parseTarget, targetText } from '../../src/domain/ban-target.js';
import { readTyped, shownTarget } from '../../src/operator/target.js';
import { rounds } from '../rounds.js';

const faultOf = (text: string) => {
  const target = readTyped(text);
  return target instanceof Error ? target.message : targetText(target);
};

await t.test('an address or a prefix is read in any of its texts', async (t) => {
  t.equal(faultOf('203.0.113.9'), '203.0.113.9/32');
  t.equal(faultOf('2001:DB8::/32'), '2001:db8::/32');
  t.equal(faultOf('::ffff:203.0.113.0/120'), '203.0.113.0/24');
});

await t.test('a socket is an address and its port, of IPv6 in brackets', async (t) => {
  t.equal(faultOf('203.0.113.9:5062'), '203.0.113.9:5062');
  t.equal(faultOf('[2001:DB8::1]:5062'), '[2001:db8::1]:5062');
  t.equal(faultOf('2001:db8::1:5062'), '2001:db8::1:5062/128', 'without brackets it is an address');
});

await t.test('what is no socket is told why', async (t) => {
  for (const text of ['203.0.113.9:', '203.0.113.9:0', '203.0.113.9:65536', '[2001:db8::1]:x', '203.0.113.9:05062'])
    t.equal(faultOf(text), `"${text}" has no port behind the last colon: a port is a number from 1 to 65535`);
  for (const text of ['203.0.113.0/24:5062', '[2001:db8::/64]:5062'])
    t.equal(faultOf(text), `"${text}" has a port, which goes with a single address only`);
  for (const text of ['1.2.3:5062', '[fe80::1%eth0]:1', '[pbx]:5060', '[]:1'])
    t.equal(faultOf(text), `"${text}" is no socket: write 203.0.113.9:5062 or [2001:db8::1]:5062`);
  t.equal(faultOf('[::1]'), '"[::1]" is no IP address and no prefix');
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
    fc.constantFrom('/', '%', '/0', '/24', '/64', '/1/', '', ':', ']:5062', ':5062'),
    fc.string(),
  );
  const any = fc.oneof(
    fc.string({ unit: 'binary' }),
    near.map((parts) => parts.join('')),
  );
  const check = (text: string) => {
    const target = readTyped(text);
    if (!(target instanceof Error)) return parseTarget(text) !== null;
    return /^[\x20-\x7eÀ-ÖØ-öø-ſ]+$/.test(target.message);
  };
  t.doesNotThrow(() => fc.assert(fc.property(any, check), { numRuns: rounds(1_000) }));
});

await t.test('a single address is written without its length', async (t) => {
  const shown = (address: string, port: number | null = null) => shownTarget({ address, port });
  t.equal(shown('203.0.113.9/32'), '203.0.113.9');
  t.equal(shown('2001:db8::1/128'), '2001:db8::1');
  t.equal(shown('203.0.113.9/32', 5062), '203.0.113.9:5062');
  t.equal(shown('2001:db8::1/128', 5062), '[2001:db8::1]:5062');
  for (const text of ['203.0.113.0/24', '2001:db8::/32', '2001:db8::/64']) t.equal(shown(text), text);
});
