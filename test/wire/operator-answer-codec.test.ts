import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { prefixText } from '../../src/domain/address-set.js';
import { REFUSALS } from '../../src/domain/ban.js';
import { BAN_RESULTS } from '../../src/domain/ban-answer.js';
import { ANSWER_FAULTS, type Answer, decodeAnswer, encodeAnswer } from '../../src/wire/operator-answer-codec.js';
import { LISTED, listedBans, NOW, prefixes, texts } from './operator-fixtures.js';

const address = prefixes.map(prefixText);
const count = fc.nat(Number.MAX_SAFE_INTEGER);
const of = <Type extends string>(type: Type) => fc.constant(type);
const plain = { noNullPrototype: true };
const word = fc.constantFrom('unsaved', 'a', 'x'.repeat(32), ...REFUSALS);
const text = texts(0, 256);
const numbered: fc.Arbitrary<Answer> = fc.oneof(
  fc.record({ id: count, type: of('ban' as const), ban: listedBans }, plain),
  ...(['end', 'flushed'] as const).map((type) => fc.record({ id: count, type: of(type), count }, plain)),
  fc.record(
    {
      id: count,
      type: of('added' as const),
      address,
      result: fc.constantFrom(...BAN_RESULTS),
      reason: fc.option(word),
    },
    plain,
  ),
  fc.record({ id: count, type: of('removed' as const), address, isRemoved: fc.boolean() }, plain),
  fc.record(
    {
      id: count,
      type: of('tested' as const),
      address,
      refusal: fc.option(fc.constantFrom(...REFUSALS)),
      ban: fc.option(listedBans),
    },
    plain,
  ),
  fc.record(
    {
      ...{
        id: count,
        type: of('status' as const),
        firewall: text,
        fault: fc.option(text),
        desired: count,
        enforced: count,
      },
      ...{ verifiedAt: fc.option(fc.integer({ min: 0, max: 8.64e15 })), bansMax: count, bansPerMinute: count },
    },
    plain,
  ),
);
const faults: fc.Arbitrary<Answer> = fc.record(
  { id: fc.option(count), type: of('fault' as const), fault: fc.constantFrom(...ANSWER_FAULTS), message: text },
  plain,
);
const answers = fc.oneof(numbered, faults);

await t.test('an answer is one line of JSON', async (t) => {
  t.equal(
    encodeAnswer({ id: 7, type: 'added', address: '203.0.113.9/32', result: 'refused', reason: 'allowlisted' }),
    '{"v":1,"id":7,"type":"added","address":"203.0.113.9/32","result":"refused","reason":"allowlisted"}',
  );
});

await t.test('every answer is read as it was written, from a line of printable ASCII within its limit', async (t) => {
  const check = (answer: Answer) => {
    const line = encodeAnswer(answer);
    return /^[\x20-\x7e]{1,4096}$/.test(line) && isDeepStrictEqual(decodeAnswer(line), answer);
  };
  t.doesNotThrow(() => fc.assert(fc.property(answers, check), { numRuns: 2_000 }));
});

await t.test('the longest answer fits', async (t) => {
  const wide = '\u{ff00}';
  const max = Number.MAX_SAFE_INTEGER;
  const ban = { ...LISTED, address: '1111:2222:3333:4444:5555:6666:7777:8888/128', attempts: max, packets: max };
  const listed = { ...ban, reason: wide.repeat(500), pbx: wide.repeat(500), since: 8.64e15, until: 8.64e15 };
  const line = encodeAnswer({ id: max, type: 'tested', address: ban.address, refusal: 'bans_per_minute', ban: listed });
  t.ok(line.length <= 4096, `${line.length} bytes`);
  t.match(decodeAnswer(line), { ban: { reason: wide.repeat(128) } });
  const limits = { desired: max, enforced: max, verifiedAt: 8.64e15, bansMax: max, bansPerMinute: max };
  const status = encodeAnswer({
    id: max,
    type: 'status',
    firewall: wide.repeat(500),
    fault: wide.repeat(500),
    ...limits,
  });
  t.ok(status.length <= 4096, `${status.length} bytes`);
});

await t.test('texts are cut and made plain, and what else an object has is left out', async (t) => {
  const hostile = `\x1b[2J${'x'.repeat(300)}`;
  t.match(decodeAnswer(encodeAnswer({ id: 1, type: 'fault', fault: 'failed', message: hostile })), {
    message: /^\?\[2Jx{252}$/,
  });
  const more = { secret: 'x' };
  const answer = { id: 1, type: 'flushed' as const, count: 3, ...more };
  t.equal(encodeAnswer(answer), '{"v":1,"id":1,"type":"flushed","count":3}');
});

await t.test('a reason that is no word is our own fault', async (t) => {
  const answer = { id: 1, type: 'added', address: '::1/128', result: 'refused' } as const;
  for (const reason of ['', 'two words', 'x'.repeat(33), '\n'])
    t.throws(() => encodeAnswer({ ...answer, reason }), RangeError);
});

await t.test('what is not as it must be is no answer', async (t) => {
  const status = { firewall: 'f', fault: null, desired: 1, enforced: 1, verifiedAt: NOW, bansMax: 1, bansPerMinute: 1 };
  const good: Readonly<Record<string, object>> = {
    ban: { ban: LISTED },
    end: { count: 1 },
    added: { address: '::1/128', result: 'banned', reason: null },
    removed: { address: '::1/128', isRemoved: true },
    flushed: { count: 1 },
    tested: { address: '::1/128', refusal: null, ban: null },
    status,
    fault: { fault: 'failed', message: 'm' },
  };
  const bad: [type: string, changes: object][] = [
    ...[{ ban: null }, { ban: { ...LISTED, since: -1 } }].map((change): [string, object] => ['ban', change]),
    ...[{ count: -1 }, { count: '1' }].flatMap((change): [string, object][] => [
      ['end', change],
      ['flushed', change],
    ]),
    ...[{ address: '::1' }, { result: 'kicked' }, { reason: 'A' }, { reason: 1 }].map((change): [string, object] => [
      'added',
      change,
    ]),
    ...[{ address: 1 }, { isRemoved: 1 }].map((change): [string, object] => ['removed', change]),
    ...[{ address: '' }, { refusal: 'no' }, { ban: {} }].map((change): [string, object] => ['tested', change]),
    ...[{ firewall: 1 }, { fault: '\n' }, { desired: -1 }, { enforced: null }].map((change): [string, object] => [
      'status',
      change,
    ]),
    ...[{ verifiedAt: -1 }, { bansMax: 'x' }, { bansPerMinute: 1.5 }].map((change): [string, object] => [
      'status',
      change,
    ]),
    ...[{ fault: 'x' }, { message: 'a\nb' }].map((change): [string, object] => ['fault', change]),
  ];
  const read = (fields: object) => decodeAnswer(JSON.stringify({ v: 1, id: 1, ...fields }));
  for (const [type, fields] of Object.entries(good)) {
    t.match(read({ type, ...fields }), { id: 1, type, ...fields });
    for (const change of [{ more: 1 }, { v: 2 }, { id: '1' }, { type: 'toString' }, { type: 1 }, { type: undefined }])
      t.equal(read({ type, ...fields, ...change }), null, `${type} ${JSON.stringify(change)}`);
    t.equal(read({ type, ...fields, id: null }) !== null, type === 'fault', 'only a fault may be about no request');
  }
  for (const [type, changes] of bad) t.equal(read({ type, ...good[type], ...changes }), null, JSON.stringify(changes));
  const line = encodeAnswer({ id: 1, type: 'end', count: 1 });
  t.match(decodeAnswer(line.padEnd(4096)), { count: 1 });
  for (const text of [line.padEnd(4097), '', '[]', 'x']) t.equal(decodeAnswer(text), null);
});
