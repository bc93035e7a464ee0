import t from 'tap';
import { listedBan, listedBans } from '../../src/blocking/listed-ban.js';
import { heldOf } from './fixtures.js';

await t.test('a ban is shown with the seconds that are left, rounded up', async (t) => {
  const held = { ...heldOf('203.0.113.9', { until: 10_000 }), packets: 7, isEnforced: true };
  t.strictSame(listedBan(held, 8_999), { ...held.ban, remainingSeconds: 2, packets: 7, isEnforced: true });
  t.equal(listedBan(held, 11_000).remainingSeconds, 0);
});

await t.test('the newest is first, and the order does not depend on luck', async (t) => {
  const bans = [
    heldOf('203.0.113.2', { since: 5 }),
    heldOf('203.0.113.3', { since: 9 }),
    heldOf('203.0.113.1', { since: 5 }),
  ];
  const addresses = ['203.0.113.3/32', '203.0.113.1/32', '203.0.113.2/32'];
  for (const order of [bans, bans.toReversed()])
    t.strictSame(
      listedBans(order, 0).map(({ address }) => address),
      addresses,
    );
});
