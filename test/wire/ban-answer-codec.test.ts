import fc from 'fast-check';
import t from 'tap';
import { BAN_RESULTS } from '../../src/domain/ban-answer.js';
import { decodeAnswer, encodeAnswer } from '../../src/wire/ban-answer-codec.js';

const ANSWER = { v: 1, address: '203.0.113.9/32', result: 'refused', reason: 'allowlisted' } as const;

await t.test('an answer is one line of JSON and is read as it was written', async (t) => {
  t.equal(encodeAnswer(ANSWER), '{"v":1,"address":"203.0.113.9/32","result":"refused","reason":"allowlisted"}');
  for (const result of BAN_RESULTS) {
    for (const reason of [null, 'limit']) {
      const answer = { v: 1, address: '2001:db8::/64', result, reason } as const;
      t.strictSame(decodeAnswer(encodeAnswer(answer)), answer);
    }
  }
  t.notMatch(encodeAnswer({ ...ANSWER, reason: null }), /reason/);
});

await t.test('a reason that is no word is a mistake of ours', async (t) => {
  for (const reason of ['', 'Not A Word', 'a\n', 'a'.repeat(33)])
    t.throws(() => encodeAnswer({ ...ANSWER, reason }), RangeError);
});

await t.test('what is no answer is refused', async (t) => {
  const line = JSON.stringify(ANSWER);
  for (const text of ['', 'null', '[1]', line.slice(1), `${line}x`, line.padEnd(2049)])
    t.equal(decodeAnswer(text), null, text);
  const changes = [
    ...[{ v: 2 }, { v: undefined }, { address: '203.0.113.9' }, { address: '203.0.113.9/24' }, { address: 1 }],
    ...[{ result: 'kicked' }, { result: undefined }, { reason: null }, { reason: 'a b' }, { reason: 1 }, { more: 1 }],
  ];
  for (const change of changes)
    t.equal(decodeAnswer(JSON.stringify({ ...ANSWER, ...change })), null, JSON.stringify(change));
});

await t.test('no line makes the reading throw', async (t) => {
  const any = fc.oneof(fc.string({ unit: 'binary' }), fc.json());
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(any, (line) => decodeAnswer(line) === null),
      { numRuns: 1000 },
    ),
  );
});
