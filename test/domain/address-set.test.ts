import fc from 'fast-check';
import t from 'tap';
import {
  AddressSet,
  canonicalPrefix,
  maskedPrefix,
  type Prefix,
  parsePrefix,
  prefixText,
} from '../../src/domain/address-set.js';
import { wordsText } from '../../src/domain/address-words.js';
import { type Address, parseAddress } from '../../src/domain/remote-address.js';

const address = (text: string) => parseAddress(text) as Address;
const prefix = (text: string) => parsePrefix(text) as Prefix;
const setOf = (...texts: string[]) => new AddressSet(texts.map(prefix));
const textOf = (text: string) => {
  const parsed = parsePrefix(text);
  return parsed === null ? null : prefixText(parsed);
};

await t.test('a prefix is an address with a length, and alone it is one address', async (t) => {
  t.strictSame(parsePrefix('203.0.113.0/24'), { family: 'IPV4', address: '203.0.113.0', length: 24 });
  t.strictSame(parsePrefix('2001:db8::/32'), { family: 'IPV6', address: '2001:db8::', length: 32 });
  t.strictSame(parsePrefix('203.0.113.9'), { family: 'IPV4', address: '203.0.113.9', length: 32 });
  t.equal(textOf('2001:db8::1'), '2001:db8::1/128');
  for (const text of ['0.0.0.0/0', '::/0', '128.0.0.0/1', '203.0.113.9/32', '2001:db8::1/128', '2001:db8:0:1::/64']) {
    t.equal(textOf(text), text);
  }
});

await t.test('a prefix is written canonically, whatever text it was read from', async (t) => {
  t.equal(textOf('2001:DB8:0:0:0:0:0:0/32'), '2001:db8::/32');
  t.equal(textOf('::1.2.3.4/128'), '::102:304/128');
  t.equal(textOf('::ffff:203.0.113.9'), '203.0.113.9/32', 'an IPv4-mapped address is the IPv4 host');
  t.equal(textOf('::ffff:203.0.113.0/120'), '203.0.113.0/24');
  t.equal(textOf('::ffff:0:0/96'), '0.0.0.0/0');
});

await t.test('bits behind the length are a mistake in the address or in the length', async (t) => {
  const texts = [
    '203.0.113.9/24',
    '203.0.113.0/23',
    '1.0.0.0/0',
    '2001:db8::1/64',
    '::ffff:203.0.113.9/120',
    'fe80::/8',
  ];
  for (const text of texts) t.equal(parsePrefix(text), null, text);
});

await t.test('of the texts of a prefix one is canonical', async (t) => {
  for (const text of ['203.0.113.9/32', '203.0.113.0/24', '2001:db8::/64'])
    t.strictSame(canonicalPrefix(text), parsePrefix(text));
  for (const value of [
    '203.0.113.9',
    '2001:DB8::/64',
    '::ffff:203.0.113.9/128',
    'pbx',
    '',
    9,
    null,
    ['203.0.113.9/32'],
  ])
    t.equal(canonicalPrefix(value), null, String(value));
});

await t.test('what is no prefix is refused', async (t) => {
  const junk = [
    ...['', '/', '/24', '203.0.113.0/', '203.0.113.0/33', '203.0.113.0/-1', '203.0.113.0/024', '203.0.113.0/+8'],
    ...['203.0.113.0/8.0', '203.0.113.0/24/24', '203.0.113/24', '203.0.113.0/255.255.255.0', ' 203.0.113.0/24'],
    ...[
      '203.0.113.0/24 ',
      '203.0.113.0/24\n',
      '2001:db8::/129',
      '::/1000',
      'fe80::1%eth0',
      '::ffff:1.2.3.4%eth0',
      'fe80::%eth0/64',
    ],
    ...['::ffff:0.0.0.0/95', '::ffff:0.0.0.0/24', 'pbx.example.com', 'pbx.example.com/24', '[::1]', '010.0.0.0/8'],
  ];
  for (const text of junk) t.equal(parsePrefix(text), null, JSON.stringify(text));
});

await t.test('no text makes reading a prefix throw, and what is read is written and read the same', async (t) => {
  const likely = fc.stringMatching(/^[0-9a-f:./%]{0,45}$/);
  const isStable = (text: string) => {
    const parsed = parsePrefix(text);
    return parsed === null || textOf(prefixText(parsed)) === prefixText(parsed);
  };
  t.doesNotThrow(() => fc.assert(fc.property(fc.oneof(fc.string(), likely, fc.ipV4(), fc.ipV6()), isStable)));
});

await t.test('the prefix of an address is its first bits, without the zone', async (t) => {
  t.equal(maskedPrefix(address('203.0.113.9'), 24), '203.0.113.0/24');
  t.equal(maskedPrefix(address('203.0.113.9'), 32), '203.0.113.9/32');
  t.equal(maskedPrefix(address('203.0.113.9'), 0), '0.0.0.0/0');
  t.equal(maskedPrefix(address('203.0.113.255'), 31), '203.0.113.254/31');
  t.equal(maskedPrefix(address('2001:db8:1:2:3:4:5:6'), 64), '2001:db8:1:2::/64');
  t.equal(maskedPrefix(address('2001:db8:1:2:3:4:5:6'), 33), '2001:db8::/33');
  t.equal(maskedPrefix(address('fe80::1%eth0'), 128), 'fe80::1/128');
});

await t.test('a length that no prefix of the address has is a mistake of ours', async (t) => {
  for (const length of [-1, 33, 1.5, Number.NaN])
    t.throws(() => maskedPrefix(address('203.0.113.9'), length), RangeError);
  t.throws(() => maskedPrefix(address('::1'), 129), RangeError);
});

await t.test('a set has the addresses of its prefixes and no neighbour', async (t) => {
  const set = setOf('203.0.113.0/24', '198.51.100.7', '2001:db8:1::/48', '10.0.0.0/8', '10.1.0.0/16');
  const inside = [
    '203.0.113.0',
    '203.0.113.255',
    '198.51.100.7',
    '10.255.255.255',
    '2001:db8:1:ffff:ffff:ffff:ffff:ffff',
  ];
  const outside = ['203.0.112.255', '203.0.114.0', '198.51.100.6', '198.51.100.8', '9.255.255.255', '11.0.0.0'];
  for (const text of inside) t.ok(set.has(address(text)), text);
  for (const text of [...outside, '2001:db8:2::', '2001:db8::ffff:ffff:ffff:ffff', '::'])
    t.notOk(set.has(address(text)), text);
});

await t.test('an empty set has nothing', async (t) => {
  t.notOk(setOf().has(address('0.0.0.0')));
  t.notOk(setOf().overlaps(prefix('::/0')));
});

await t.test('the families are apart, however wide a prefix is', async (t) => {
  t.notOk(setOf('::/0').has(address('203.0.113.9')));
  t.notOk(setOf('0.0.0.0/0').has(address('::1')));
  t.notOk(setOf('::/0').overlaps(prefix('0.0.0.0/0')));
  t.ok(setOf('0.0.0.0/0').has(address('::ffff:203.0.113.9')), 'an IPv4-mapped address is the IPv4 host');
});

await t.test('an address with a zone is compared without it', async (t) => {
  t.ok(setOf('fe80::1').has(address('fe80::1%eth0')));
  t.notOk(setOf('fe80::1').has(address('fe80::2%eth0')));
});

await t.test('a prefix overlaps with what lies in it and with what it lies in', async (t) => {
  const set = setOf('203.0.113.9', '198.51.100.0/24', '2001:db8:1:1::/64');
  for (const text of ['203.0.113.0/24', '0.0.0.0/0', '203.0.113.9/32', '198.51.100.128/25', '2001:db8::/32', '::/0']) {
    t.ok(set.overlaps(prefix(text)), text);
  }
  for (const text of ['203.0.113.8/32', '203.0.113.10/31', '203.0.112.0/24', '198.51.101.0/24', '2001:db8:1::/64']) {
    t.notOk(set.overlaps(prefix(text)), text);
  }
});

const WORDS = { IPV4: 2, IPV6: 8 } as const;
const BITS = { IPV4: 32, IPV6: 128 } as const;

/** Few bits are free, so that prefixes meet each other. */
const number = (family: Prefix['family']) =>
  fc
    .array(fc.constantFrom(0x2001, 0x2002, 0, 0xffff, 1, 0x8000), {
      minLength: WORDS[family],
      maxLength: WORDS[family],
    })
    .map((words) => words.reduce((value, word) => (value << 16n) | BigInt(word), 0n));

interface Oracle {
  readonly family: Prefix['family'];
  readonly value: bigint;
  readonly length: number;
}
const ipv4 = fc.record({ family: fc.constant('IPV4' as const), value: number('IPV4'), length: fc.nat(32) });
const ipv6 = fc.record({ family: fc.constant('IPV6' as const), value: number('IPV6'), length: fc.nat(128) });
const oracle = fc.oneof(ipv4, ipv6).filter(({ family, value }) => family === 'IPV4' || value >> 32n !== 0xffffn);

const addressOf = ({ family, value }: Oracle) =>
  wordsText(
    Array.from({ length: WORDS[family] }, (_, at) =>
      Number((value >> BigInt(16 * (WORDS[family] - 1 - at))) & 0xffffn),
    ),
  );
const prefixOf = (one: Oracle) => prefix(maskedPrefix(addressOf(one), one.length));
/** Whether the two begin alike, as far as the shorter of the lengths goes. */
const meet = (a: Oracle, b: Oracle, length: number) =>
  a.family === b.family && a.value >> BigInt(BITS[a.family] - length) === b.value >> BigInt(BITS[a.family] - length);

await t.test('a set answers as arithmetic on the whole numbers does', async (t) => {
  const check = (members: Oracle[], asked: Oracle) => {
    const set = new AddressSet(members.map(prefixOf));
    const has = members.some((member) => meet(member, asked, member.length));
    const overlaps = members.some((member) => meet(member, asked, Math.min(member.length, asked.length)));
    return set.has(addressOf(asked)) === has && set.overlaps(prefixOf(asked)) === overlaps;
  };
  t.doesNotThrow(() => fc.assert(fc.property(fc.array(oracle, { maxLength: 30 }), oracle, check), { numRuns: 5000 }));
});

await t.test('the first bits of an address are those of the whole number', async (t) => {
  const check = (one: Oracle) => {
    const rest = BigInt(BITS[one.family] - one.length);
    const value = (one.value >> rest) << rest;
    return maskedPrefix(addressOf(one), one.length) === `${addressOf({ ...one, value })}/${one.length}`;
  };
  t.doesNotThrow(() => fc.assert(fc.property(oracle, check), { numRuns: 2000 }));
});
