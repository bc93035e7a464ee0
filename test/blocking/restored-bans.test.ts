import t from 'tap';
import { Admission } from '../../src/blocking/admission.js';
import { BanTable } from '../../src/blocking/ban-table.js';
import { RestoredBans } from '../../src/blocking/restored-bans.js';
import { savedBan } from '../../src/blocking/saved-ban.js';
import { FakeFriends } from './fake-friends.js';
import { FakeRecords } from './fake-records.js';
import { heldOf, prefixOf } from './fixtures.js';

function restoring(bansMax = 10) {
  const friends = new FakeFriends();
  friends.add('198.51.100.7');
  const table = new BanTable(bansMax);
  const admission = new Admission({ friends, bansMax, bansPerMinute: 1 });
  const restored = new RestoredBans({ table, admission, now: () => 500_000 });
  const records = new FakeRecords();
  const save = (...bans: ReturnType<typeof heldOf>[]) => {
    for (const { ban } of bans) records.content.set(ban.address, savedBan(ban));
  };
  return { table, restored, records, save, counts: () => Object.fromEntries(restored.counts) };
}

const found = (text: string, seconds: number) =>
  [`${text}/32`, { prefix: prefixOf(text), seconds, packets: 3 }] as const;

await t.test("the store's bans are known again, more of them than a minute may have", async (t) => {
  const { restored, records, save, table, counts } = restoring();
  const bans = [heldOf('203.0.113.1'), heldOf('203.0.113.2', { origin: 'manual' })];
  save(...bans);
  t.strictSame(await restored.load(records), []);
  t.strictSame([...table.values()], bans);
  t.strictSame(counts(), { loaded: 2 });
});

await t.test('what has ended, is no ban, or may not be banned is named and not loaded', async (t) => {
  const { restored, records, save, table, counts } = restoring();
  save(heldOf('203.0.113.1', { until: 500_000 }), heldOf('198.51.100.0/24'), heldOf('202.0.0.0/15'));
  records.content.set('203.0.113.3/32', { until: 'soon' });
  t.strictSame(await restored.load(records), ['203.0.113.1/32', '198.51.100.0/24', '202.0.0.0/15', '203.0.113.3/32']);
  t.equal(table.size, 0);
  t.strictSame(counts(), { expired: 1, allowlisted: 1, too_wide: 1, malformed: 1 });
});

await t.test('a smaller table takes as many as it can', async (t) => {
  const { restored, records, save, table, counts } = restoring(1);
  save(heldOf('203.0.113.1'), heldOf('203.0.113.2'));
  t.strictSame(await restored.load(records), ['203.0.113.2/32']);
  t.equal(table.size, 1);
  t.strictSame(restored.adopt(new Map([found('203.0.113.3', 60)])), []);
  t.strictSame(counts(), { loaded: 1, bans_max: 2 });
});

await t.test('what only the kernel knows is adopted with the time that it has left', async (t) => {
  const { restored, records, save, table, counts } = restoring();
  save(heldOf('203.0.113.1'));
  await restored.load(records);
  const adopted = restored.adopt(new Map([found('203.0.113.1', 9), found('203.0.113.2', 60)]));
  t.strictSame(adopted, [
    {
      prefix: prefixOf('203.0.113.2'),
      ban: {
        address: '203.0.113.2/32',
        since: 500_000,
        until: 560_000,
        origin: 'kernel',
        reason: 'found in the firewall',
        pbx: null,
        attempts: null,
      },
      isEnforced: true,
      packets: 3,
    },
  ]);
  t.equal(table.get('203.0.113.2/32'), adopted[0]);
  t.equal(table.get('203.0.113.1/32')?.ban.until, 1_000_000, 'the store knows better');
  t.strictSame(counts(), { loaded: 1, adopted: 1 });
});

await t.test("a friend's ban in the kernel is not adopted, nor one that ends now", async (t) => {
  const { restored, counts } = restoring();
  t.strictSame(restored.adopt(new Map([found('198.51.100.7', 60), found('203.0.113.2', 0)])), []);
  t.strictSame(counts(), { allowlisted: 1, expired: 1 });
});
