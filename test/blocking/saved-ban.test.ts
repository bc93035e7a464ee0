import fc from 'fast-check';
import t from 'tap';
import { readSavedBan, savedBan } from '../../src/blocking/saved-ban.js';
import { rounds } from '../rounds.js';
import { heldOf } from './fixtures.js';

const GOOD = savedBan(heldOf('203.0.113.9').ban);

await t.test('what was saved is read again', async (t) => {
  for (const text of ['203.0.113.9', '203.0.113.0/24', '2001:db8::/64']) {
    for (const changes of [{}, { origin: 'manual', pbx: null, attempts: null } as const]) {
      const held = heldOf(text, changes);
      t.strictSame(readSavedBan(held.ban.address, JSON.parse(JSON.stringify(savedBan(held.ban)))), held);
    }
  }
});

await t.test('a key that is no prefix in its one text is no ban', async (t) => {
  for (const key of [
    '',
    '203.0.113.9',
    '203.0.113.9/24',
    '203.0.113.9/33',
    '::ffff:203.0.113.9/128',
    '2001:DB8::/64',
    '203.0.113.9/32 ',
    'drop; flush ruleset',
  ])
    t.equal(readSavedBan(key, GOOD), null, key);
});

await t.test('a record with a key missing, too many or out of range is no ban', async (t) => {
  t.not(readSavedBan('203.0.113.9/32', GOOD), null);
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
  for (const value of bad) t.equal(readSavedBan('203.0.113.9/32', value), null, JSON.stringify(value));
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
    fc.constant('203.0.113.9/32'),
    fc.ipV4().map((text) => `${text}/32`),
    fc.string(),
  );
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(key, value, (address, record) => {
        const held = readSavedBan(address, record);
        return held === null || (held.ban.address === address && JSON.stringify(savedBan(held.ban)).length > 0);
      }),
      { numRuns: rounds(2_000) },
    ),
  );
});
