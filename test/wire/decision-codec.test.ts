import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import type { Decision } from '../../src/domain/decision.js';
import { DECISION_FAULTS, decodeDecision, encodeDecision } from '../../src/wire/decision-codec.js';
import { BAN, decisions, UNBAN } from './decisions.js';

const faultOf = (value: unknown) => {
  const decoded = decodeDecision(typeof value === 'string' ? value : JSON.stringify(value));
  return 'fault' in decoded ? decoded.fault : null;
};

const fields = (decision: Decision): object => JSON.parse(encodeDecision(decision));

await t.test('a decision is one line of JSON', async (t) => {
  t.equal(
    encodeDecision(BAN),
    '{"v":1,"type":"ban","address":"203.0.113.9/32","seconds":3600,"reason":"brute_force","at":1795227208827,"evidence":' +
      '{"pbx":"pbx-1","service":"PJSIP","attempts":12,"accounts":3,"since":1795227200000,"isProven":true}}',
  );
  t.equal(
    encodeDecision({ ...UNBAN, address: '2001:db8::1/128', port: 5062 }),
    '{"v":2,"type":"unban","address":"2001:db8::1/128","port":5062,"reason":"forgiven","at":1795227208827}',
    'with a port of version 2, which no older blocker takes for a ban of the address',
  );
  t.equal(
    encodeDecision(UNBAN),
    '{"v":1,"type":"unban","address":"2001:db8::/64","reason":"forgiven","at":1795227208827}',
  );
});

await t.test('every decision that we may make is read as it was written', async (t) => {
  const check = (decision: Decision) => isDeepStrictEqual(decodeDecision(encodeDecision(decision)), decision);
  t.doesNotThrow(() => fc.assert(fc.property(decisions, check), { numRuns: 1000 }));
});

await t.test('whatever is in a decision, its line is short, printable and without an account', async (t) => {
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), fc.constant('\u0001\uffff'.repeat(2000)));
  const number = fc.double();
  const check = (decision: Decision, hostile: string, wild: number) => {
    const evidence = { ...BAN.evidence, pbx: hostile, service: hostile, attempts: wild, accounts: wild, since: wild };
    const more = { account: hostile };
    const line = encodeDecision({ ...BAN, ...decision, address: hostile, at: wild, evidence, ...more } as Decision);
    return line.length <= 2048 && /^[\x20-\x7e]+$/.test(line) && !line.includes('"account"');
  };
  t.doesNotThrow(() => fc.assert(fc.property(decisions, text, number, check), { numRuns: 300 }));
});

await t.test('names that are too long are cut, and their control characters replaced', async (t) => {
  const evidence = { ...BAN.evidence, pbx: `a\x1b[2J\x9b${'p'.repeat(200)}`, service: 's'.repeat(200) };
  const decoded = decodeDecision(encodeDecision({ ...BAN, evidence }));
  t.match(decoded, { evidence: { pbx: `a?[2J?${'p'.repeat(122)}`, service: 's'.repeat(64) } });
});

await t.test('each part of a ban that is not as it must be is refused by its name', async (t) => {
  const cases: [fault: string, changes: object][] = [
    ...[undefined, 0, 3, '1', null].map((v): [string, object] => ['version', { v }]),
    ...[undefined, 'BAN', 'kick', 1].map((type): [string, object] => ['type', { type }]),
    ...[{ more: 1 }, { evidence: undefined }, { seconds: undefined }, { __proto__: null, account: 'x' }].map(
      (change): [string, object] => ['keys', change],
    ),
    ...['203.0.113.9', '203.0.113.9/24', '203.0.113.0/024', '2001:DB8::/64', '::ffff:1.2.3.4/128', 'fe80::1%0/128'].map(
      (address): [string, object] => ['address', { address }],
    ),
    ...['pbx', '', 'flush ruleset', '203.0.113.9/32\n', 9, null, ['203.0.113.9/32']].map(
      (address): [string, object] => ['address', { address }],
    ),
    ...['0.0.0.0/0', '203.0.0.0/15', '::/0', '2001:db8::/31'].map((address): [string, object] => [
      'too_wide',
      { address },
    ]),
    ...[0, -1, 1.5, 31_536_001, 1e300, '3600', null].map((seconds): [string, object] => ['seconds', { seconds }]),
    ...['forgiven', 'manual', 'toString', '', null, 1].map((reason): [string, object] => ['reason', { reason }]),
    ...[-1, 0.5, 8.64e15 + 2, '1', null].map((at): [string, object] => ['at', { at }]),
  ];
  for (const [fault, changes] of cases)
    t.equal(faultOf({ ...fields(BAN), ...changes }), fault, JSON.stringify(changes));
});

await t.test('only a line of version 2 has a port, and only with a single address', async (t) => {
  const socket = { ...BAN, port: 5062 };
  t.equal(faultOf(fields(socket)), null);
  for (const decision of [BAN, UNBAN]) {
    t.equal(faultOf({ ...fields(decision), port: 5062 }), 'keys', 'version 1 with a port');
    t.equal(faultOf({ ...fields(decision), port: null }), 'keys', 'version 1 with a port of null');
    t.equal(faultOf({ ...fields(decision), v: 2 }), 'keys', 'version 2 without a port');
  }
  for (const port of [0, 65_536, -1, 5062.5, '5062', null, true, [5062], {}, 1e300]) {
    t.equal(faultOf({ ...fields(socket), port }), 'port', JSON.stringify(port));
  }
  for (const address of ['203.0.113.0/24', '203.0.113.8/31', '2001:db8::/64', '2001:db8::/127']) {
    t.equal(faultOf({ ...fields(socket), address }), 'port', address);
  }
  t.equal(faultOf({ ...fields(socket), address: '203.0.113.9:5062' }), 'address');
  t.equal(faultOf({ ...fields(socket), seconds: 0 }), 'seconds');
});

await t.test('evidence is complete, bounded and printable', async (t) => {
  const bad: object[] = [
    ...[{ account: 'x' }, { pbx: undefined }, { pbx: 1 }, { pbx: 'a\nb' }, { pbx: '\x9b' }, { pbx: 'p'.repeat(129) }],
    ...[{ service: null }, { service: 's'.repeat(65) }, { attempts: -1 }, { attempts: 1.5 }, { attempts: 2 ** 53 }],
    ...[{ accounts: '3' }, { since: -1 }, { since: 8.64e15 + 2 }, { isProven: 1 }, { isProven: 'true' }],
  ];
  for (const changes of bad) {
    t.equal(
      faultOf({ ...fields(BAN), evidence: { ...BAN.evidence, ...changes } }),
      'evidence',
      JSON.stringify(changes),
    );
  }
  for (const evidence of [null, [], 'x', 1])
    t.equal(faultOf({ ...fields(BAN), evidence }), 'evidence', String(evidence));
});

await t.test('the end of a ban is read as strictly', async (t) => {
  const cases: [fault: string, changes: object][] = [
    ['keys', { seconds: 1 }],
    ['keys', { at: undefined }],
    ['address', { address: '2001:db8::1/64' }],
    ['too_wide', { address: '10.0.0.0/8' }],
    ['reason', { reason: 'brute_force' }],
    ['at', { at: -1 }],
  ];
  for (const [fault, changes] of cases)
    t.equal(faultOf({ ...fields(UNBAN), ...changes }), fault, JSON.stringify(changes));
});

await t.test('a line is one object and not too long', async (t) => {
  const line = encodeDecision(BAN);
  t.equal(faultOf(line.padEnd(2048)), null);
  t.equal(faultOf(line.padEnd(2049)), 'too_long');
  t.equal(faultOf('€'.repeat(700)), 'too_long', 'the limit is in bytes');
  for (const text of ['', '[]', 'null', `${line}${line}`, line.slice(1), '['.repeat(2048)])
    t.equal(faultOf(text), 'not_json');
});

await t.test('no line makes the reading throw, and what it gives is a decision that can be written', async (t) => {
  const broken = fc.tuple(decisions, fc.nat(), fc.string({ maxLength: 3 })).map(([decision, at, text]) => {
    const line = encodeDecision(decision);
    const cut = at % line.length;
    return line.slice(0, cut) + text + line.slice(cut + 1);
  });
  const any = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), broken);
  const check = (line: string) => {
    const decoded = decodeDecision(line);
    if ('fault' in decoded) return DECISION_FAULTS.includes(decoded.fault);
    return isDeepStrictEqual(decodeDecision(encodeDecision(decoded)), decoded);
  };
  t.doesNotThrow(() => fc.assert(fc.property(any, check), { numRuns: 2000 }));
});
