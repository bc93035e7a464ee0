import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { decodeRequest, encodeRequest, REQUEST_FAULTS, type Request } from '../../src/wire/request-codec.js';
import { target, targets, texts } from './operator-fixtures.js';

const ADD: Request = { id: 7, type: 'add', target: target('203.0.113.0/24'), seconds: 3600, reason: 'noisy' };
const LINE = '{"v":2,"id":7,"type":"add","address":"203.0.113.0/24","port":null,"seconds":3600,"reason":"noisy"}';

const id = fc.nat(Number.MAX_SAFE_INTEGER);
const plain = { noNullPrototype: true };
const of = <Type extends string>(type: Type) => fc.constant(type);
const requests: fc.Arbitrary<Request> = fc.oneof(
  ...(['list', 'flush', 'status'] as const).map((type) => fc.record({ id, type: of(type) }, plain)),
  ...(['remove', 'test'] as const).map((type) => fc.record({ id, type: of(type), target: targets }, plain)),
  fc.record(
    {
      id,
      type: of('add' as const),
      target: targets,
      seconds: fc.integer({ min: 1, max: 31_536_000 }),
      reason: texts(1, 128),
    },
    plain,
  ),
);

await t.test('a request is one line of JSON', async (t) => {
  t.equal(encodeRequest(ADD), LINE);
  t.equal(
    encodeRequest({ id: 0, type: 'test', target: target('::1') }),
    '{"v":2,"id":0,"type":"test","address":"::1/128","port":null}',
  );
  t.equal(
    encodeRequest({ id: 0, type: 'remove', target: target('[::1]:5062') }),
    '{"v":2,"id":0,"type":"remove","address":"::1/128","port":5062}',
  );
  t.equal(encodeRequest({ id: 1, type: 'list' }), '{"v":2,"id":1,"type":"list"}');
});

await t.test('every request is read as it was written, from a short line of printable ASCII', async (t) => {
  const check = (request: Request) => {
    const line = encodeRequest(request);
    return /^[\x20-\x7e]{1,2048}$/.test(line) && isDeepStrictEqual(decodeRequest(line), request);
  };
  t.doesNotThrow(() => fc.assert(fc.property(requests, check), { numRuns: 1_000 }));
});

await t.test(
  'each part that is not as it must be is refused by its name, with the id where there is one',
  async (t) => {
    const cases: [fault: string, changes: object][] = [
      ...[undefined, 1, '2'].map((v): [string, object] => ['version', { v }]),
      ...[undefined, -1, 1.5, '7', 2 ** 53].map((wrong): [string, object] => ['id', { id: wrong }]),
      ...[undefined, 'ADD', 'toString', 1].map((type): [string, object] => ['type', { type }]),
      ...[{ more: 1 }, { seconds: undefined }, { port: undefined }, { type: 'list' }, { type: 'remove' }].map(
        (change): [string, object] => ['keys', change],
      ),
      ...['203.0.113.9', '203.0.113.9/24', '', 1, null].map((address): [string, object] => ['address', { address }]),
      ...[0, 65_536, 1.5, '5062', true, 5062].map((port): [string, object] => ['port', { port }]),
      ...[0, 31_536_001, '60', 1.5, null].map((seconds): [string, object] => ['seconds', { seconds }]),
      ...['', 'a\nb', 'x'.repeat(129), null, 1].map((reason): [string, object] => ['reason', { reason }]),
    ];
    for (const [fault, changes] of cases) {
      const line = JSON.stringify({ ...JSON.parse(LINE), ...changes });
      t.strictSame(decodeRequest(line), { fault, id: fault === 'version' || fault === 'id' ? null : 7 }, line);
    }
    t.match(decodeRequest('{"v":2,"id":7,"type":"test","address":"pbx","port":null}'), { fault: 'address', id: 7 });
    for (const line of ['', '[]', 'list']) t.strictSame(decodeRequest(line), { fault: 'not_json', id: null });
    t.strictSame(decodeRequest(LINE.padEnd(2_049)), { fault: 'too_long', id: null });
    t.match(decodeRequest(LINE.padEnd(2_048)), ADD);
  },
);

await t.test('no line makes the reading throw, and what it gives can be written', async (t) => {
  const broken = fc.tuple(requests, fc.nat(), fc.string({ maxLength: 3 })).map(([request, at, text]) => {
    const line = encodeRequest(request);
    const cut = at % line.length;
    return line.slice(0, cut) + text + line.slice(cut + 1);
  });
  const check = (line: string) => {
    const decoded = decodeRequest(line);
    if ('fault' in decoded) return REQUEST_FAULTS.includes(decoded.fault);
    return isDeepStrictEqual(decodeRequest(encodeRequest(decoded)), decoded);
  };
  const any = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), broken);
  t.doesNotThrow(() => fc.assert(fc.property(any, check), { numRuns: 2_000 }));
});
