import t from 'tap';
import type { Fate } from '../../src/blocking/wanted-bans.js';
import { banFacts } from '../../src/domain/ban.js';
import { FakeRecords } from './fake-records.js';
import { targetOf, wantedOf } from './fixtures.js';
import { newWanted } from './new-wanted.js';

const keys = (bans: Iterable<{ key: string }>) => [...bans].map(({ key }) => key);

await t.test('a ban is found by its key until it is ended, and the store follows', async (t) => {
  const { wanted, saved, gone, tally } = newWanted();
  const ban = wantedOf('203.0.113.9');
  t.equal(await wanted.add(ban, 0), true);
  t.equal(wanted.get('203.0.113.9/32'), ban);
  t.equal(wanted.get('203.0.113.9'), undefined);
  t.equal(wanted.size, 1);
  t.strictSame(keys(wanted.values()), ['203.0.113.9/32']);
  t.strictSame(gone, []);
  await wanted.end(ban);
  t.equal(wanted.get('203.0.113.9/32'), undefined);
  t.equal(wanted.size, 0);
  t.strictSame(gone, ['203.0.113.9/32']);
  t.strictSame(saved, [
    ['203.0.113.9/32', banFacts(ban.ban)],
    ['203.0.113.9/32', null],
  ]);
  t.strictSame([tally.total('security.bans.added'), tally.total('security.bans.removed')], [1, 1]);
});

await t.test('no more bans than there may be, but a longer one of the same target', async (t) => {
  const { wanted } = newWanted(1);
  await wanted.replace(wantedOf('203.0.113.9'));
  t.throws(() => wanted.replace(wantedOf('203.0.113.10')), RangeError);
  t.throws(() => wanted.replace(wantedOf('203.0.113.9:5062')), RangeError);
  const longer = wantedOf('203.0.113.9', { until: 2_000_000 });
  await wanted.replace(longer);
  t.equal(wanted.get('203.0.113.9/32'), longer);
});

await t.test('bans end at their time and come out once, the soonest first', async (t) => {
  const { wanted, gone, saved, tally } = newWanted();
  await wanted.replace(wantedOf('203.0.113.3', { until: 3 }));
  await wanted.replace(wantedOf('203.0.113.1', { until: 1 }));
  await wanted.replace(wantedOf('203.0.113.2', { until: 2 }));
  wanted.expire(0);
  t.strictSame(gone, []);
  wanted.expire(2);
  t.strictSame(gone, ['203.0.113.1/32', '203.0.113.2/32']);
  t.strictSame(saved.slice(-2), [
    ['203.0.113.1/32', null],
    ['203.0.113.2/32', null],
  ]);
  t.strictSame(keys(wanted.values()), ['203.0.113.3/32']);
  wanted.expire(2);
  t.equal(gone.length, 2);
  t.equal(tally.total('security.bans.expired'), 2);
});

await t.test('a ban that was prolonged or ended does not end at its old time', async (t) => {
  const { wanted, gone } = newWanted();
  const other = wantedOf('203.0.113.2', { until: 1 });
  await wanted.replace(wantedOf('203.0.113.1', { until: 1 }));
  await wanted.replace(wantedOf('203.0.113.1', { until: 5 }));
  await wanted.replace(other);
  await wanted.end(other);
  wanted.expire(4);
  t.strictSame(gone, ['203.0.113.2/32']);
  wanted.expire(5);
  t.strictSame(gone, ['203.0.113.2/32', '203.0.113.1/32']);
});

await t.test('a ban that is prolonged again and again takes no room, and others still end', async (t) => {
  const { wanted, gone } = newWanted();
  await wanted.replace(wantedOf('203.0.113.2', { until: 700 }));
  for (let until = 1; until <= 1_000; until++) await wanted.replace(wantedOf('203.0.113.1', { until }));
  wanted.expire(999);
  t.strictSame(gone, ['203.0.113.2/32']);
  wanted.expire(1_000);
  t.strictSame(gone, ['203.0.113.2/32', '203.0.113.1/32']);
});

await t.test('a target is covered by its own ban and by each that it lies in, the narrowest first', async (t) => {
  const { wanted } = newWanted();
  for (const text of [
    '203.0.113.9',
    '203.0.113.9:5062',
    '203.0.113.0/24',
    '203.0.0.0/16',
    '203.0.113.10',
    '203.0.112.0/24',
    '2001:db8::/32',
    '2001:db8::1',
    '[2001:db8::1]:5062',
  ])
    await wanted.replace(wantedOf(text));
  const covering = (text: string) => keys(wanted.covering(targetOf(text)));
  t.strictSame(covering('203.0.113.9'), ['203.0.113.9/32', '203.0.113.0/24', '203.0.0.0/16']);
  t.strictSame(covering('203.0.113.9:5062'), ['203.0.113.9:5062', '203.0.113.9/32', '203.0.113.0/24', '203.0.0.0/16']);
  t.strictSame(covering('203.0.113.9:5063'), ['203.0.113.9/32', '203.0.113.0/24', '203.0.0.0/16']);
  t.strictSame(covering('203.0.113.0/24'), ['203.0.113.0/24', '203.0.0.0/16']);
  t.strictSame(covering('203.1.0.0'), []);
  t.strictSame(covering('2001:db8::1'), ['2001:db8::1/128', '2001:db8::/32']);
  t.strictSame(covering('[2001:db8::1]:5062'), ['[2001:db8::1]:5062', '2001:db8::1/128', '2001:db8::/32']);
});

await t.test('the sockets of an address are found by it, in order, as long as they are banned', async (t) => {
  const { wanted } = newWanted();
  const socket = wantedOf('203.0.113.9:5062');
  for (const text of ['203.0.113.9', '203.0.113.9:40000', '203.0.113.10:5062', '[2001:db8::1]:9'])
    await wanted.replace(wantedOf(text));
  await wanted.replace(socket);
  await wanted.replace({ ...socket, ban: { ...socket.ban, until: 2 } });
  const socketsOf = (text: string) => keys(wanted.socketsOf(targetOf(text)));
  t.strictSame(socketsOf('203.0.113.9'), ['203.0.113.9:5062', '203.0.113.9:40000']);
  t.strictSame(socketsOf('2001:db8::1'), ['[2001:db8::1]:9']);
  for (const text of ['203.0.113.9:5062', '203.0.113.0/24', '203.0.113.11']) t.strictSame(socketsOf(text), [], text);
  wanted.expire(2);
  t.strictSame(socketsOf('203.0.113.9'), ['203.0.113.9:40000']);
  await wanted.end(wantedOf('203.0.113.9:40000'));
  t.strictSame(socketsOf('203.0.113.9'), []);
  t.ok(wanted.get('203.0.113.9/32'), 'the ban of the address is another one');
});

/** Wanted bans of which 198.51.100.7 is a friend, 500 seconds after the epoch. */
function restoring(bansMax = 10) {
  const parts = newWanted(bansMax);
  parts.friends.add('198.51.100.7');
  const records = new FakeRecords();
  const counts = new Map<Fate, number>();
  return {
    ...parts,
    save: (...bans: ReturnType<typeof wantedOf>[]) => {
      for (const { key, ban } of bans) records.content.set(key, banFacts(ban));
    },
    records,
    load: async () => {
      for (const [fate, count] of await parts.wanted.load(records, 500_000)) counts.set(fate, count);
    },
    adopt: (...found: ReturnType<typeof enforced>[]) => parts.wanted.adopt(new Map(found), 500_000, counts),
    counts: () => Object.fromEntries(counts),
    useless: () => parts.saved.filter(([, value]) => value === null).map(([key]) => key),
  };
}

const enforced = (key: string, seconds: number) => [key, { target: targetOf(key), seconds, packets: 3 }] as const;

await t.test("the store's bans are known again, more of them than a minute may have", async (t) => {
  const { load, save, wanted, counts, saved } = restoring();
  const bans = [
    wantedOf('203.0.113.1'),
    wantedOf('203.0.113.2', { origin: 'manual' }),
    wantedOf('203.0.113.2:5062'),
    wantedOf('[2001:db8::1]:5062'),
  ];
  save(...bans);
  await load();
  t.strictSame(saved, []);
  t.strictSame([...wanted.values()], bans);
  t.strictSame(counts(), { loaded: 4 });
});

await t.test('what has ended, is no ban, or may not be banned is deleted and not loaded', async (t) => {
  const { load, save, records, wanted, counts, useless } = restoring();
  save(wantedOf('203.0.113.1', { until: 500_000 }), wantedOf('198.51.100.0/24'), wantedOf('202.0.0.0/15'));
  save(wantedOf('198.51.100.7:5062'));
  records.content.set('203.0.113.3/32', { until: 'soon' });
  await load();
  const gone = ['203.0.113.1/32', '198.51.100.0/24', '202.0.0.0/15', '198.51.100.7:5062', '203.0.113.3/32'];
  t.strictSame(useless(), gone);
  t.equal(wanted.size, 0);
  t.strictSame(counts(), { expired: 1, allowlisted: 2, too_wide: 1, malformed: 1 });
});

await t.test('where fewer bans may be as many come back as can', async (t) => {
  const { load, save, wanted, adopt, counts, useless } = restoring(1);
  save(wantedOf('203.0.113.1:5062'), wantedOf('203.0.113.2'));
  await load();
  t.strictSame(useless(), ['203.0.113.2/32']);
  t.equal(wanted.size, 1);
  adopt(enforced('203.0.113.3/32', 60));
  t.equal(wanted.size, 1);
  t.strictSame(counts(), { loaded: 1, bans_max: 2 });
});

await t.test('what only the kernel knows is adopted with the time that it has left, and saved', async (t) => {
  const { load, save, wanted, adopt, saved } = restoring();
  save(wantedOf('203.0.113.1'));
  await load();
  adopt(enforced('203.0.113.1/32', 9), enforced('203.0.113.2/32', 60), enforced('203.0.113.2:5062', 60));
  const facts = {
    since: 500_000,
    until: 560_000,
    origin: 'kernel',
    reason: 'found in the firewall',
    pbx: null,
    attempts: null,
  };
  t.strictSame(wanted.get('203.0.113.2/32'), {
    key: '203.0.113.2/32',
    target: targetOf('203.0.113.2'),
    ban: { address: '203.0.113.2/32', port: null, ...facts },
  });
  t.match(wanted.get('203.0.113.2:5062'), { ban: { address: '203.0.113.2/32', port: 5062, ...facts } });
  t.equal(wanted.get('203.0.113.1/32')?.ban.until, 1_000_000, 'the store knows better');
  t.strictSame(saved, [
    ['203.0.113.2/32', facts],
    ['203.0.113.2:5062', facts],
  ]);
});

await t.test("a friend's ban in the kernel is not adopted, nor one that ends now", async (t) => {
  const { adopt, wanted, counts } = restoring();
  adopt(enforced('198.51.100.7/32', 60), enforced('198.51.100.7:5062', 60), enforced('203.0.113.2/32', 0));
  t.equal(wanted.size, 0);
  t.strictSame(counts(), { allowlisted: 2, expired: 1 });
});

await t.test('what may be banned is asked without taking a place, and who is known needs none', async (t) => {
  const { wanted, friends } = newWanted();
  const [one, other] = [wantedOf('203.0.113.1:5062'), wantedOf('203.0.113.2')];
  for (let n = 0; n < 3; n++) t.equal(wanted.refusal(one, 0), null);
  await wanted.add(one, 0);
  t.equal(wanted.refusal(other, 0), 'bans_per_minute', 'a socket has taken the place');
  t.equal(wanted.refusal(one, 0), null);
  friends.add('203.0.113.1');
  t.equal(wanted.refusal(one, 0), 'allowlisted');
});

await t.test('bans of who becomes a friend end, those of their sockets too', async (t) => {
  const { wanted, friends, log, gone } = newWanted();
  for (const text of ['203.0.113.1', '203.0.113.1:5062', '203.0.113.2']) await wanted.replace(wantedOf(text));
  t.strictSame(wanted.spareAll(), []);
  const { asked } = friends;
  t.equal(asked, 0, 'as long as nothing changes nobody is asked');
  friends.add('203.0.113.1');
  t.strictSame(keys(wanted.spareAll()), ['203.0.113.1/32', '203.0.113.1:5062']);
  t.strictSame(gone, ['203.0.113.1/32', '203.0.113.1:5062']);
  t.match(log.of('info'), [{ fields: { port: null } }, { fields: { address: '203.0.113.1/32', port: 5062 } }]);
  t.equal(wanted.spare(wantedOf('203.0.113.2')), false);
});
