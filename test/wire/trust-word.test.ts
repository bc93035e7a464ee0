import fc from 'fast-check';
import t from 'tap';
import { LINE_BYTES_MAX } from '../../src/wire/json-line.js';
import {
  decodeTrustWord,
  encodeTrustWord,
  readTrustWords,
  TRUSTED_LENGTH_MAX,
  type TrustWord,
} from '../../src/wire/trust-word.js';
import { rounds } from '../rounds.js';

const word = { account: '100', address: '203.0.113.9', isTrusted: true, at: 1_795_225_500_000 } as TrustWord;

await t.test('any word is one line of plain ASCII, and comes back as it was', async () => {
  const words = fc.record({
    account: fc
      .string({ unit: 'binary', minLength: 1, maxLength: TRUSTED_LENGTH_MAX })
      .filter(({ length }) => length <= 256),
    address: fc.constantFrom('203.0.113.9', '2001:db8::1', 'fe80::1%eth0'),
    isTrusted: fc.boolean(),
    at: fc.nat(8.64e15),
  });
  fc.assert(
    fc.property(words, (any) => {
      const line = encodeTrustWord(any as TrustWord);
      const back = decodeTrustWord(line);
      return (
        line.length <= LINE_BYTES_MAX && /^[\x20-\x7e]+$/.test(line) && JSON.stringify(back) === JSON.stringify(any)
      );
    }),
    { numRuns: rounds(2_000) },
  );
});

await t.test('everything else is no word', async (t) => {
  const line = encodeTrustWord(word);
  t.strictSame(decodeTrustWord(line), word);
  for (const other of [
    '',
    'trust 100@203.0.113.9',
    'null',
    '[]',
    line.slice(1),
    line.replace('"v":1', '"v":2'),
    line.replace('}', ',"more":1}'),
    line.replace('"account":"100",', ''),
    line.replace('"100"', '""'),
    line.replace('"100"', '100'),
    line.replace('"100"', `"${'x'.repeat(TRUSTED_LENGTH_MAX + 1)}"`),
    line.replace('203.0.113.9', '203.0.113.0/24'),
    line.replace('203.0.113.9', '2001:DB8::1'),
    line.replace('"203.0.113.9"', 'null'),
    line.replace('true', '1'),
    line.replace('1795225500000', '-1'),
    line.replace('1795225500000', '1e300'),
    `${line}${' '.repeat(LINE_BYTES_MAX)}`,
  ]) {
    t.equal(decodeTrustWord(other), null, other.slice(0, 100));
  }
});

await t.test(
  'of a file the last word on each account at each address counts, and what is none is counted',
  async (t) => {
    const other = { ...word, account: 'sales@acme' };
    const back = { ...word, isTrusted: false, at: word.at + 1 };
    const lines = [word, other, back].map((each) => `${encodeTrustWord(each)}\n`);
    t.strictSame(readTrustWords(lines.join('')), { words: [other, back], faults: 0 });
    t.strictSame(readTrustWords(`\0\n${lines[0]}\n{}\n`), { words: [word], faults: 2 });
    t.strictSame(
      readTrustWords(`${lines[0]}${lines[1]?.slice(0, 20)}`),
      { words: [word], faults: 0 },
      'the last line is not ended',
    );
    t.strictSame(readTrustWords(''), { words: [], faults: 0 });
  },
);
