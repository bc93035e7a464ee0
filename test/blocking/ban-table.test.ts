import t from 'tap';
import { BanTable } from '../../src/blocking/ban-table.js';
import { heldOf, prefixOf } from './fixtures.js';

const addresses = (bans: Iterable<{ ban: { address: string } }>) => [...bans].map(({ ban }) => ban.address);

await t.test('a ban is found by its address until it is deleted', async (t) => {
  const table = new BanTable(10);
  const held = heldOf('203.0.113.9');
  table.set(held);
  t.equal(table.get('203.0.113.9/32'), held);
  t.equal(table.get('203.0.113.9'), undefined);
  t.equal(table.size, 1);
  t.strictSame(addresses(table.values()), ['203.0.113.9/32']);
  table.delete('203.0.113.9/32');
  t.equal(table.get('203.0.113.9/32'), undefined);
  t.equal(table.size, 0);
});

await t.test('a full table takes no other ban, but a longer one of the same address', async (t) => {
  const table = new BanTable(1);
  table.set(heldOf('203.0.113.9'));
  t.throws(() => table.set(heldOf('203.0.113.10')), RangeError);
  const longer = heldOf('203.0.113.9', { until: 2_000_000 });
  table.set(longer);
  t.equal(table.get('203.0.113.9/32'), longer);
});

await t.test('bans end at their time and come out once, the soonest first', async (t) => {
  const table = new BanTable(10);
  table.set(heldOf('203.0.113.3', { until: 3 }));
  table.set(heldOf('203.0.113.1', { until: 1 }));
  table.set(heldOf('203.0.113.2', { until: 2 }));
  t.strictSame(table.expired(0), []);
  t.strictSame(addresses(table.expired(2)), ['203.0.113.1/32', '203.0.113.2/32']);
  t.strictSame(addresses(table.values()), ['203.0.113.3/32']);
  t.strictSame(table.expired(2), []);
});

await t.test('a ban that was prolonged or deleted does not end at its old time', async (t) => {
  const table = new BanTable(10);
  table.set(heldOf('203.0.113.1', { until: 1 }));
  table.set(heldOf('203.0.113.1', { until: 5 }));
  table.set(heldOf('203.0.113.2', { until: 1 }));
  table.delete('203.0.113.2/32');
  t.strictSame(table.expired(4), []);
  t.strictSame(addresses(table.expired(5)), ['203.0.113.1/32']);
});

await t.test('a ban that is prolonged again and again takes no room, and others still end', async (t) => {
  const table = new BanTable(10);
  table.set(heldOf('203.0.113.2', { until: 700 }));
  for (let until = 1; until <= 1_000; until++) table.set(heldOf('203.0.113.1', { until }));
  t.strictSame(addresses(table.expired(999)), ['203.0.113.2/32']);
  t.strictSame(addresses(table.expired(1_000)), ['203.0.113.1/32']);
});

await t.test('an address is covered by its own ban and by each that it lies in, the narrowest first', async (t) => {
  const table = new BanTable(10);
  for (const text of [
    '203.0.113.9',
    '203.0.113.0/24',
    '203.0.0.0/16',
    '203.0.113.10',
    '203.0.112.0/24',
    '2001:db8::/32',
    '2001:db8::1',
  ])
    table.set(heldOf(text));
  const covering = (text: string) => addresses(table.covering(prefixOf(text)));
  t.strictSame(covering('203.0.113.9'), ['203.0.113.9/32', '203.0.113.0/24', '203.0.0.0/16']);
  t.strictSame(covering('203.0.113.0/24'), ['203.0.113.0/24', '203.0.0.0/16']);
  t.strictSame(covering('203.1.0.0'), []);
  t.strictSame(covering('2001:db8::1'), ['2001:db8::1/128', '2001:db8::/32']);
});
