import fc from 'fast-check';
import t from 'tap';
import { BAN_RESULTS } from '../../src/domain/ban.js';
import { decodeAnswer, encodeAnswer } from '../../src/wire/ban-answer-codec.js';

const ANSWER = { address: '203.0.113.9/32', port: null, result: 'refused', reason: 'allowlisted' } as const;

await t.test('an answer is one line of JSON and is read as it was written', async (t) => {
  t.equal(encodeAnswer(ANSWER), '{"v":1,"address":"203.0.113.9/32","result":"refused","reason":"allowlisted"}');
  for (const result of BAN_RESULTS) {
    for (const reason of [null, 'limit']) {
      const answer = { address: '2001:db8::/64', port: null, result, reason } as const;
      t.strictSame(decodeAnswer(encodeAnswer(answer)), answer);
      const ofSocket = { address: '2001:db8::1/128', port: 5062, result, reason } as const;
      t.strictSame(decodeAnswer(encodeAnswer(ofSocket)), ofSocket);
    }
  }
  t.notMatch(encodeAnswer({ ...ANSWER, reason: null }), /reason/);
  t.equal(
    encodeAnswer({ ...ANSWER, port: 5062, reason: null }),
    '{"v":2,"address":"203.0.113.9/32","port":5062,"result":"refused"}',
  );
});

await t.test('a reason that is no word is a mistake of ours', async (t) => {
  for (const reason of ['', 'Not A Word', 'a\n', 'a'.repeat(33)])
    t.throws(() => encodeAnswer({ ...ANSWER, reason }), RangeError);
});

await t.test('what is no answer is refused', async (t) => {
  const line = encodeAnswer(ANSWER);
  for (const text of ['', 'null', '[1]', line.slice(1), `${line}x`, line.padEnd(2049)])
    t.equal(decodeAnswer(text), null, text);
  const changes = [
    ...[{ v: 2 }, { v: undefined }, { port: 5062 }, { port: null }, { v: 2, port: null }, { v: 2, port: 0 }],
    ...[{ v: 2, address: '203.0.113.0/24', port: 5062 }],
    ...[{ address: '203.0.113.9' }, { address: '203.0.113.9/24' }, { address: 1 }],
    ...[{ result: 'kicked' }, { result: undefined }, { reason: null }, { reason: 'a b' }, { reason: 1 }, { more: 1 }],
  ];
  for (const change of changes)
    t.equal(decodeAnswer(JSON.stringify({ ...JSON.parse(line), ...change })), null, JSON.stringify(change));
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
