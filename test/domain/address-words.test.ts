import fc from 'fast-check';
import t from 'tap';
import { addressWords, wordsText } from '../../src/domain/address-words.js';
import { type Address, parseAddress } from '../../src/domain/remote-address.js';

const address = (text: string) => parseAddress(text) as Address;

/** Zeros often: they are what makes IPv6 texts differ. */
const word = fc.oneof(fc.constant(0), fc.constant(0xffff), fc.nat(0xffff), fc.nat(15));
const ipv6Words = fc.array(word, { minLength: 8, maxLength: 8 });
const ipv4Words = fc.array(word, { minLength: 2, maxLength: 2 });

await t.test('an address is its words, most significant first', async (t) => {
  const cases: [string, number[]][] = [
    ['203.0.113.9', [0xcb00, 0x7109]],
    ['0.0.0.0', [0, 0]],
    ['255.255.255.255', [0xffff, 0xffff]],
    ['2001:db8::1', [0x2001, 0xdb8, 0, 0, 0, 0, 0, 1]],
    ['::', [0, 0, 0, 0, 0, 0, 0, 0]],
    ['::1', [0, 0, 0, 0, 0, 0, 0, 1]],
    ['fe80::', [0xfe80, 0, 0, 0, 0, 0, 0, 0]],
    ['1:2:3:4:5:6:7:8', [1, 2, 3, 4, 5, 6, 7, 8]],
    ['abcd:ef01:0:9::', [0xabcd, 0xef01, 0, 9, 0, 0, 0, 0]],
  ];
  for (const [text, words] of cases) {
    t.strictSame(addressWords(address(text)), words, text);
    t.equal(wordsText(words), text);
  }
});

await t.test('a zone is no part of the words', async (t) => {
  t.strictSame(addressWords(address('fe80::1%eth0')), addressWords(address('fe80::1')));
  t.strictSame(addressWords(address('1:2:3:4:5:6:7:8%9')), [1, 2, 3, 4, 5, 6, 7, 8]);
});

await t.test('words are written as the one canonical text, and read back', async (t) => {
  const isRoundTrip = (words: number[]) => {
    const text = wordsText(words);
    // Node's own reading and writing of the same address, in its longest form.
    const long = words.length === 8 ? words.map((word) => word.toString(16)).join(':') : text;
    const mapped = /^0:0:0:0:0:ffff:/.test(long);
    return mapped || (text === parseAddress(long) && addressWords(text).join() === words.join());
  };
  t.doesNotThrow(() => fc.assert(fc.property(fc.oneof(ipv6Words, ipv4Words), isRoundTrip), { numRuns: 2000 }));
});
