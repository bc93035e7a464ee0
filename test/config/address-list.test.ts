import fc from 'fast-check';
import t from 'tap';
import { addressList } from '../../src/config/address-list.js';
import { attempt, FormatFault } from '../../src/config/formats.js';
import { parsePrefix, prefixText } from '../../src/domain/address-set.js';

/** What is wrong with the text; null for a good one. */
function faultOf(text: string): string | null {
  const value = attempt(addressList, text);
  return value instanceof FormatFault ? value.message : null;
}

await t.test('a list is addresses, prefixes and names, with commas or blanks between them', async (t) => {
  const list = ['203.0.113.9/32', '10.0.0.0/8', '2001:db8::/32', 'trunk.example.com'];
  t.strictSame(addressList('203.0.113.9,10.0.0.0/8,2001:db8::/32,trunk.example.com'), list);
  t.strictSame(addressList(' 203.0.113.9 , 10.0.0.0/8\n  2001:DB8:0::/32\tTrunk.Example.com\n'), list);
  t.strictSame(addressList('::ffff:203.0.113.9'), ['203.0.113.9/32']);
});

await t.test('a fault names the entry and the remedy', async (t) => {
  t.equal(faultOf('10.0.0.0/8,203.0.113.256'), "must list addresses, prefixes and host names: '203.0.113.256' is none");
  t.equal(
    faultOf('10.0.0.0/8 203.0.113.9/24'),
    "must list prefixes without an address in them: write 203.0.113.0/24 or 203.0.113.9 instead of '203.0.113.9/24'",
  );
  t.match(faultOf('2001:db8::1/64'), 'write 2001:db8::/64 or 2001:db8::1 instead');
  t.match(faultOf('203.0.113.0/33'), "'203.0.113.0/33' is none");
  t.match(faultOf('2001:db8::/129'), "'2001:db8::/129' is none");
  t.match(faultOf('203.0.113.0/24/24'), "'203.0.113.0/24/24'");
  t.match(faultOf('fe80::1%eth0'), "'fe80::1%eth0' is none");
  t.match(faultOf('[::1]'), "'[::1]' is none");
  t.match(faultOf('tcp://pbx'), "'tcp://pbx' is none");
});

await t.test('nothing stands for no entry', async (t) => {
  for (const text of ['', ' ', ',', '10.0.0.1,', ',10.0.0.1', '10.0.0.1,,10.0.0.2']) {
    t.equal(faultOf(text), 'must have an entry before and after each comma', JSON.stringify(text));
  }
});

await t.test('entries and names have a limit each', async (t) => {
  const list = (count: number, entry: (at: number) => string) =>
    Array.from({ length: count }, (_, at) => entry(at)).join(' ');
  const address = (at: number) => `10.0.${at >> 8}.${at & 255}`;
  t.equal(addressList(list(10_000, address)).length, 10_000);
  t.match(faultOf(list(10_001, address)), /at most 10000$/);
  t.equal(addressList(list(100, (at) => `pbx-${at}`)).length, 100);
  t.equal(faultOf(list(101, (at) => `pbx-${at}`)), 'must have at most 100 host names');
});

await t.test('any text is a list or a fault, and each entry of a list is canonical', async (t) => {
  const likely = fc.stringMatching(/^[0-9a-f:./%, ]{0,60}$/);
  const check = (text: string) => {
    const list = attempt(addressList, text);
    if (list instanceof FormatFault) return true;
    return list.every((entry) => {
      const prefix = parsePrefix(entry);
      return prefix === null ? /^[\w.-]+$/.test(entry) : prefixText(prefix) === entry;
    });
  };
  t.doesNotThrow(() => fc.assert(fc.property(fc.oneof(fc.string(), likely), check), { numRuns: 1000 }));
});
