import fc from 'fast-check';
import t from 'tap';
import { savedBan, wantedBan } from '../../src/blocking/wanted-ban.js';
import { BAN_SECONDS_MAX, banFacts } from '../../src/domain/ban.js';
import { rounds } from '../rounds.js';
import { requestOf, targetOf, wantedOf } from './fixtures.js';

await t.test('a ban lasts from now on for its seconds', async (t) => {
  const ban = { since: 1_000, until: 61_000, origin: 'decision', reason: 'brute_force', pbx: 'pbx-1', attempts: 12 };
  t.strictSame(wantedBan(requestOf('203.0.113.9', { seconds: 60 }), 1_000), {
    key: '203.0.113.9/32',
    target: targetOf('203.0.113.9/32'),
    ban: { address: '203.0.113.9/32', port: null, ...ban },
  });
  t.strictSame(wantedBan(requestOf('[2001:db8::1]:5062', { seconds: 60 }), 1_000), {
    key: '[2001:db8::1]:5062',
    target: targetOf('[2001:db8::1]:5062'),
    ban: { address: '2001:db8::1/128', port: 5062, ...ban },
  });
});

await t.test('what cannot be seen or is too long is not kept', async (t) => {
  const { ban } = wantedBan(requestOf('203.0.113.9', { reason: 'a\u001b[2Jb\n', pbx: `\u202e${'x'.repeat(500)}` }), 0);
  t.equal(ban.reason, 'a?[2Jb?');
  t.equal(ban.pbx, `?${'x'.repeat(127)}`);
  t.equal(wantedBan(requestOf('203.0.113.9', { pbx: null }), 0).ban.pbx, null);
});

await t.test('a request that no codec lets through is a fault of ours', async (t) => {
  for (const seconds of [0, -1, 1.5, Number.NaN, BAN_SECONDS_MAX + 1]) {
    t.throws(() => wantedBan(requestOf('203.0.113.9', { seconds }), 0), RangeError, String(seconds));
  }
  const bad = [
    [{ ...targetOf('203.0.113.9'), length: 24 }, 'bits behind the length'],
    [{ ...targetOf('203.0.113.0/24'), port: 5062 }, 'the port of a network'],
    [{ ...targetOf('203.0.113.9'), port: 0 }, 'no port'],
  ] as const;
  for (const [target, what] of bad) {
    t.throws(() => wantedBan({ ...requestOf('203.0.113.9'), target }, 0), RangeError, what);
  }
  t.doesNotThrow(() => wantedBan(requestOf('203.0.113.9', { seconds: BAN_SECONDS_MAX }), 0));
});

const GOOD = banFacts(wantedOf('203.0.113.9').ban);

await t.test('what was saved is read again', async (t) => {
  for (const text of ['203.0.113.9', '203.0.113.0/24', '2001:db8::/64', '203.0.113.9:5062', '[2001:db8::1]:1']) {
    for (const changes of [{}, { origin: 'manual', pbx: null, attempts: null } as const]) {
      const wanted = wantedOf(text, changes);
      t.strictSame(savedBan(wanted.key, JSON.parse(JSON.stringify(banFacts(wanted.ban)))), wanted);
    }
  }
});

await t.test('a record of before there were sockets is read as it was written', async (t) => {
  const record = '{"since":0,"until":1000000,"origin":"decision","reason":"brute_force","pbx":"pbx-1","attempts":12}';
  t.strictSame(savedBan('203.0.113.9/32', JSON.parse(record)), wantedOf('203.0.113.9'));
});

await t.test('a key that is no target in its one text is no ban', async (t) => {
  for (const key of [
    '',
    '203.0.113.9',
    '203.0.113.9/24',
    '203.0.113.9/33',
    '::ffff:203.0.113.9/128',
    '2001:DB8::/64',
    '203.0.113.9/32 ',
    '203.0.113.9:0',
    '203.0.113.9:05062',
    '203.0.113.9/32:5062',
    '203.0.113.0/24:5062',
    '[203.0.113.9]:5062',
    '[2001:DB8::1]:5062',
    '[2001:db8::1/128]:5062',
    'drop; flush ruleset',
  ])
    t.equal(savedBan(key, GOOD), null, key);
});

await t.test('a record with a key missing, too many or out of range is no ban', async (t) => {
  t.not(savedBan('203.0.113.9/32', GOOD), null);
  const { pbx, ...without } = GOOD;
  const bad: unknown[] = [null, 1, 'text', [], {}, without, { ...without, pbs: pbx }, { ...GOOD, more: 1 }];
  const wrong = {
    since: [-1, 1.5, '1', null, 8.64e15 + 1],
    until: [-1, 1.5, '1', null, 8.64e15 + 1],
    origin: ['operator', null, 1],
    reason: [null, 1, 'x'.repeat(129), 'a\nb', '\u202e'],
    pbx: [undefined, 1, 'x'.repeat(129), 'a\nb'],
    attempts: [undefined, -1, 1.5, '1'],
  };
  for (const [key, values] of Object.entries(wrong)) for (const value of values) bad.push({ ...GOOD, [key]: value });
  for (const value of bad) t.equal(savedBan('203.0.113.9/32', value), null, JSON.stringify(value));
});

await t.test('whatever the disk has made of it, it is a ban or none', async (t) => {
  const value = fc.oneof(
    fc.jsonValue(),
    fc.record({
      since: fc.oneof(fc.nat(), fc.jsonValue()),
      until: fc.oneof(fc.nat(), fc.jsonValue()),
      origin: fc.oneof(fc.constantFrom('decision', 'manual', 'kernel'), fc.jsonValue()),
      reason: fc.oneof(fc.string(), fc.jsonValue()),
      pbx: fc.oneof(fc.constant(null), fc.string()),
      attempts: fc.oneof(fc.constant(null), fc.nat()),
    }),
  );
  const key = fc.oneof(
    fc.constantFrom('203.0.113.9/32', '203.0.113.9:5062'),
    fc.ipV4().map((text) => `${text}/32`),
    fc.tuple(fc.ipV4(), fc.nat()).map(([text, port]) => `${text}:${port}`),
    fc.string(),
  );
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(key, value, (name, record) => {
        const wanted = savedBan(name, record);
        return wanted === null || (wanted.key === name && JSON.stringify(banFacts(wanted.ban)).length > 0);
      }),
      { numRuns: rounds(2_000) },
    ),
  );
});
