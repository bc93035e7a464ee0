import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import type { ListedBan } from '../../src/domain/ban.js';
import { readListedBan, writeListedBan } from '../../src/wire/listed-ban-codec.js';
import { LISTED, listedBans } from './operator-fixtures.js';

await t.test('every ban is read as it was written', async (t) => {
  const check = (ban: ListedBan) =>
    isDeepStrictEqual(readListedBan(JSON.parse(JSON.stringify(writeListedBan(ban)))), ban);
  t.doesNotThrow(() => fc.assert(fc.property(listedBans, check), { numRuns: 1_000 }));
});

await t.test('what is written has short plain texts, and nothing that nobody asked for', async (t) => {
  const ban = { ...LISTED, reason: `a\x1b[2J${'x'.repeat(200)}`, pbx: `\n${'p'.repeat(200)}`, account: 'hostile' };
  t.strictSame(writeListedBan(ban), { ...LISTED, reason: `a?[2J${'x'.repeat(123)}`, pbx: `?${'p'.repeat(127)}` });
  t.strictSame(writeListedBan({ ...LISTED, pbx: null }), { ...LISTED, pbx: null });
});

await t.test('what is not as it must be is no ban', async (t) => {
  const bad: object[] = [
    ...[
      { address: '203.0.113.9' },
      { address: null },
      { port: 0 },
      { port: undefined },
      { port: 5062, address: '203.0.113.0/24' },
      { since: -1 },
      { until: 1.5 },
      { origin: 'me' },
      { isEnforced: 1 },
    ],
    ...[{ reason: 'a\nb' }, { reason: null }, { pbx: 1 }, { pbx: 'x'.repeat(129) }, { attempts: '1' }, { packets: -1 }],
    { more: 1 },
  ];
  for (const changes of bad) t.equal(readListedBan({ ...LISTED, ...changes }), null, JSON.stringify(changes));
  const { packets: _, ...less } = LISTED;
  for (const value of [less, null, [], 'x']) t.equal(readListedBan(value), null);
});
