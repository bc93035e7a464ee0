import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { BAN_RESULTS, REFUSALS } from '../../src/domain/ban.js';
import { targetFields } from '../../src/domain/ban-target.js';
import { ANSWER_FAULTS, type Answer, decodeAnswer, encodeAnswer } from '../../src/wire/operator-answer-codec.js';
import { LISTED, listedBans, NOW, targets, texts } from './operator-fixtures.js';

const count = fc.nat(Number.MAX_SAFE_INTEGER);
const of = <Type extends string>(type: Type) => fc.constant(type);
const plain = { noNullPrototype: true };
const word = fc.constantFrom('unsaved', 'a', 'x'.repeat(32), ...REFUSALS);
const text = texts(0, 256);
const isSaved = fc.boolean();
const ofTarget = fc.oneof(
  fc.record({ type: of('added' as const), result: fc.constantFrom(...BAN_RESULTS), reason: fc.option(word) }, plain),
  fc.record(
    {
      type: of('removed' as const),
      isRemoved: fc.boolean(),
      sockets: count,
      ports: fc.array(fc.integer({ min: 1, max: 65_535 }), { maxLength: 64 }),
      isSaved,
    },
    plain,
  ),
  fc.record(
    {
      type: of('tested' as const),
      refusal: fc.option(fc.constantFrom(...REFUSALS)),
      ban: fc.option(listedBans),
      sockets: count,
    },
    plain,
  ),
);
const numbered: fc.Arbitrary<Answer> = fc.oneof(
  fc.record({ id: count, type: of('ban' as const), ban: listedBans }, plain),
  fc.record({ id: count, type: of('end' as const), count }, plain),
  fc.record({ id: count, type: of('flushed' as const), count, isSaved }, plain),
  fc.tuple(count, targets, ofTarget).map(([id, target, rest]) => ({ id, ...targetFields(target), ...rest })),
  fc.record(
    {
      ...{
        id: count,
        type: of('status' as const),
        firewall: text,
        fault: fc.option(text),
        desired: count,
        sockets: count,
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
    encodeAnswer({
      id: 7,
      type: 'added',
      address: '203.0.113.9/32',
      port: 5062,
      result: 'refused',
      reason: 'allowlisted',
    }),
    '{"v":2,"id":7,"type":"added","address":"203.0.113.9/32","port":5062,"result":"refused","reason":"allowlisted"}',
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
  const wide = '\uff01';
  const max = Number.MAX_SAFE_INTEGER;
  const ban = { ...LISTED, address: '1111:2222:3333:4444:5555:6666:7777:8888/128', attempts: max, packets: max };
  const listed = { ...ban, reason: wide.repeat(500), pbx: wide.repeat(500), since: 8.64e15, until: 8.64e15 };
  const target = { address: ban.address, port: 65_535 };
  const line = encodeAnswer({
    id: max,
    type: 'tested',
    ...target,
    refusal: 'bans_per_minute',
    ban: { ...listed, ...target },
    sockets: max,
  });
  t.ok(line.length <= 4096, `${line.length} bytes`);
  t.match(decodeAnswer(line), { ban: { reason: wide.repeat(128) } });
  const limits = { desired: max, sockets: max, enforced: max, verifiedAt: 8.64e15, bansMax: max, bansPerMinute: max };
  const status = encodeAnswer({
    id: max,
    type: 'status',
    firewall: wide.repeat(500),
    fault: wide.repeat(500),
    ...limits,
  });
  t.ok(status.length <= 4096, `${status.length} bytes`);
  const ports = new Array<number>(65_535).fill(65_535);
  const removed = {
    type: 'removed',
    ...target,
    isRemoved: true,
    sockets: ports.length,
    ports,
    isSaved: false,
  } as const;
  const told = encodeAnswer({ id: max, ...removed });
  t.ok(told.length <= 4096, `${told.length} bytes`);
  t.match(decodeAnswer(told), { sockets: 65_535, ports: ports.slice(0, 64) });
});

await t.test('texts are cut and made plain, and what else an object has is left out', async (t) => {
  const hostile = `\x1b[2J${'x'.repeat(300)}`;
  t.match(decodeAnswer(encodeAnswer({ id: 1, type: 'fault', fault: 'failed', message: hostile })), {
    message: /^\?\[2Jx{252}$/,
  });
  const more = { secret: 'x' };
  const answer = { id: 1, type: 'flushed' as const, count: 3, isSaved: true, ...more };
  t.equal(encodeAnswer(answer), '{"v":2,"id":1,"type":"flushed","count":3,"isSaved":true}');
});

await t.test('a reason that is no word is our own fault', async (t) => {
  const answer = { id: 1, type: 'added', address: '::1/128', port: null, result: 'refused' } as const;
  for (const reason of ['', 'two words', 'x'.repeat(33), '\n'])
    t.throws(() => encodeAnswer({ ...answer, reason }), RangeError);
});

await t.test('what is not as it must be is no answer', async (t) => {
  const status = {
    firewall: 'f',
    fault: null,
    desired: 1,
    sockets: 0,
    enforced: 1,
    verifiedAt: NOW,
    bansMax: 1,
    bansPerMinute: 1,
  };
  const good: Readonly<Record<string, object>> = {
    ban: { ban: LISTED },
    end: { count: 1 },
    added: { address: '::1/128', port: null, result: 'banned', reason: null },
    removed: { address: '::1/128', port: null, isRemoved: true, sockets: 2, ports: [1, 65_535], isSaved: true },
    flushed: { count: 1, isSaved: false },
    tested: { address: '::1/128', port: 5062, refusal: null, ban: null, sockets: 0 },
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
    ...[{ address: 1 }, { isRemoved: 1 }, { port: 0 }, { sockets: -1 }, { isSaved: 1 }].map(
      (change): [string, object] => ['removed', change],
    ),
    ...[{ ports: 1 }, { ports: [0] }, { ports: ['1'] }, { ports: new Array(65).fill(1) }].map(
      (change): [string, object] => ['removed', change],
    ),
    ['flushed', { isSaved: null }],
    ['status', { sockets: -1 }],
    ...[{ address: '' }, { refusal: 'no' }, { ban: {} }, { port: 65_536 }, { sockets: null }].map(
      (change): [string, object] => ['tested', change],
    ),
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
  const read = (fields: object) => decodeAnswer(JSON.stringify({ v: 2, id: 1, ...fields }));
  for (const [type, fields] of Object.entries(good)) {
    t.match(read({ type, ...fields }), { id: 1, type, ...fields });
    for (const change of [{ more: 1 }, { v: 1 }, { id: '1' }, { type: 'toString' }, { type: 1 }, { type: undefined }])
      t.equal(read({ type, ...fields, ...change }), null, `${type} ${JSON.stringify(change)}`);
    t.equal(read({ type, ...fields, id: null }) !== null, type === 'fault', 'only a fault may be about no request');
  }
  for (const [type, changes] of bad) t.equal(read({ type, ...good[type], ...changes }), null, JSON.stringify(changes));
  const line = encodeAnswer({ id: 1, type: 'end', count: 1 });
  t.match(decodeAnswer(line.padEnd(4096)), { count: 1 });
  for (const text of [line.padEnd(4097), '', '[]', 'x']) t.equal(decodeAnswer(text), null);
});
