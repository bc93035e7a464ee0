import fc from 'fast-check';
import t from 'tap';
import { BanPolicy, type BanPolicyOptions, isBanned } from '../../src/detection/ban-policy.js';
import type { Wanted } from '../../src/detection/rule.js';
import type { Address } from '../../src/domain/remote-address.js';
import { attempt, DAY_MS, HOUR_MS, LIMITS, MINUTE_MS, memoryOf, NOW, probe, type Seen, success } from './observed.js';

const ATTACK: Wanted = { target: 'place', term: 'attack' };
const SOCKET: Wanted = { target: 'socket', term: 'attack' };
const DEVICE: Wanted = { target: 'socket', term: 'device' };
const NETWORK: Wanted = { target: 'network', term: 'attack' };
const TLS = { transport: 'TLS' } as const;

function setUp(own: Partial<BanPolicyOptions> = {}) {
  const world = memoryOf();
  const policy = new BanPolicy(
    {
      limits: LIMITS,
      banSeconds: 3_600,
      banGrowth: 4,
      banSecondsMax: 100_000,
      unproven: 'short',
      unprovenSeconds: 600,
      unprovenPerMinute: 2,
      friends: { has: () => false, overlaps: () => false },
      random: () => 0.5,
      ...own,
    },
    (place, now) => world.memory.isLivedIn(place, now),
  );
  return {
    ...world,
    policy,
    /** What is decided on one more guess. */
    decide: (wanted: Wanted, seen: Seen = {}, now = NOW) => policy.decide(world.fail(attempt(seen), now), wanted),
    /** Two sockets failed, so that it is not all the deed of one. */
    scatter: (seen: Seen = {}) => [1, 2].map((port) => world.fail(attempt({ ...seen, port }))),
  };
}

await t.test('an attacker’s address is banned, for longer each time, up to the longest', async (t) => {
  const { policy, fail } = setUp();
  const scene = fail(attempt(TLS));
  const lengths: (number | null)[] = [];
  for (let n = 0; n < 4; n++)
    lengths.push(policy.decide({ ...scene, now: scene.place.ban.until + NOW * Number(n === 0) }, ATTACK).seconds);
  t.same(lengths, [3_600, 14_400, 57_600, 100_000]);
  t.match(setUp().decide(ATTACK, TLS), { action: 'ban', address: '203.0.113.9/32', port: null, isProven: true });
});

await t.test('after a week of good behaviour it begins anew', async (t) => {
  const { decide } = setUp();
  decide(ATTACK, TLS);
  t.equal(decide(ATTACK, TLS, NOW + 6 * DAY_MS).seconds, 14_400);
  t.equal(decide(ATTACK, TLS, NOW + 14 * DAY_MS).seconds, 3_600);
});

await t.test('bans of the same moment end within a fifth of their length', async (t) => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (random) => {
      const { seconds } = setUp({ random: () => random }).decide(ATTACK, TLS);
      return seconds !== null && seconds >= 3_240 && seconds <= 3_960;
    }),
  );
  const lengthAt = (random: number) => setUp({ random: () => random }).decide(ATTACK, TLS).seconds;
  t.not(lengthAt(0), lengthAt(1));
});

await t.test('who is banned by any name is not banned again before the end', async (t) => {
  const { decide, fail } = setUp();
  decide(ATTACK, TLS);
  t.match(decide(ATTACK, TLS), { action: 'already_banned', seconds: null });
  const scene = fail(attempt(TLS));
  t.ok(isBanned(scene));
  t.notOk(isBanned({ ...scene, now: scene.place.ban.until }));
});

await t.test('a friend is never banned, nor a /64 with a friend in it, nor what is the PBX’s own', async (t) => {
  const friends = { has: (address: Address) => address === '203.0.113.9', overlaps: () => true };
  const { decide } = setUp({ friends, unproven: 'always' });
  t.match(decide(ATTACK), { action: 'allowlisted', seconds: null });
  t.match(decide(ATTACK, { address: '2001:db8::1' }), { action: 'ban' });
  const shared = setUp({ friends });
  shared.fail(attempt({ address: '2001:db8::1' }));
  t.match(shared.decide(ATTACK, { address: '2001:db8::2' }), { action: 'allowlisted' });
  const own = setUp();
  own.policy.spareOwn('203.0.113.9' as Address);
  own.policy.spareOwn('2001:db8::1' as Address);
  t.match(own.decide(ATTACK, TLS), { action: 'allowlisted' });
  t.match(own.decide(ATTACK, { ...TLS, address: '2001:db8::2' }), { action: 'allowlisted' }, 'in its /64');
  own.fail(attempt({ ...TLS, address: '203.0.113.77' }));
  t.match(own.decide(NETWORK, { ...TLS, address: '203.0.113.77' }, NOW + HOUR_MS), { address: '203.0.113.77/32' });
});

await t.test('of its own addresses the PBX may have as many as it likes: only so many are kept', async (t) => {
  const { policy, decide } = setUp();
  for (let n = 0; n < 2_000; n++) policy.spareOwn(`10.${n >> 8}.${n & 255}.1` as Address);
  t.match(decide(ATTACK, { ...TLS, address: '10.7.207.1' }), { action: 'ban' });
  t.match(decide(ATTACK, { ...TLS, address: '10.0.0.1' }), { action: 'allowlisted' });
});

await t.test('a /64 is banned whole once two of its addresses failed, and an address without its zone', async (t) => {
  const { decide, fail } = setUp();
  fail(attempt({ address: '2001:db8::1' }));
  t.match(decide(ATTACK, { ...TLS, address: '2001:db8::2' }), { address: '2001:db8::/64' });
  t.match(decide(ATTACK, { ...TLS, address: 'fe80::9%eth0' }), { address: 'fe80::9/128' });
  t.match(decide(SOCKET, { ...TLS, address: 'fe80:0:0:1::9%eth0' }), { address: 'fe80:0:0:1::9/128', port: 5060 });
});

await t.test('where all came over UDP through one socket, the socket is enough', async (t) => {
  const { decide, scatter } = setUp();
  t.match(decide(ATTACK), { address: '203.0.113.9/32', port: 5060, seconds: 600, isProven: false });
  scatter({ address: '203.0.113.10' });
  t.match(decide(ATTACK, { address: '203.0.113.10' }), { port: null, seconds: 600 });
  t.match(setUp().decide({ target: 'place', term: 'campaign' }), { port: null, seconds: 86_400 });
});

await t.test('where people live, only a guilty socket is banned that nobody logs in through', async (t) => {
  const { decide, login, fail, scatter } = setUp();
  login(success());
  scatter();
  t.match(decide(ATTACK, { ...TLS, port: 7, account: '102' }), { action: 'lived_in', address: null }, 'not guilty yet');
  for (let n = 0; n < 10; n++) fail(attempt({ ...TLS, port: 7, account: '102' }));
  t.match(decide(ATTACK, { ...TLS, port: 7, account: '102' }), { action: 'ban', port: 7 });
  for (let n = 0; n < 20; n++) fail(attempt({ account: '102' }));
  t.match(decide(SOCKET, { account: '102' }), { action: 'lived_in' }, 'the resident’s own');
  t.match(decide(ATTACK, { port: 0, account: '102' }), { action: 'lived_in' }, 'a log without ports');
  t.match(
    decide(ATTACK, { account: '102' }, NOW + 8 * DAY_MS),
    { action: 'ban', port: null },
    'nobody was there for a week',
  );
});

await t.test('who lives alone and guesses at many over a proven transport is an insider', async (t) => {
  const insider = (accounts: number, transport: 'UDP' | 'TLS') => {
    const world = setUp();
    world.login(success());
    for (let n = 0; n < accounts; n++) world.fail(attempt({ transport, account: `${n}`, port: 7_000 + n }));
    return world;
  };
  t.match(insider(6, 'TLS').decide(ATTACK, { ...TLS, account: '0' }), { action: 'ban', port: null });
  t.match(insider(4, 'TLS').decide(ATTACK, { ...TLS, account: '0' }), { action: 'lived_in' });
  t.match(insider(6, 'UDP').decide(ATTACK, { account: '0' }), { action: 'lived_in' }, 'anybody can write the address');
  const office = insider(6, 'TLS');
  office.login(success({ account: '200' }));
  t.match(office.decide(ATTACK, { ...TLS, account: '0' }), { action: 'lived_in' }, 'a second resident');
});

await t.test('a phone’s socket falls silent for minutes, an attacker’s for longer; and mildly or not', async (t) => {
  const lengths = (wanted: Wanted) => {
    const { fail, policy } = setUp();
    const { socket, ...scene } = fail(attempt());
    const seconds = [0, 1, 2, 3, 4, 5].map(
      (n) => policy.decide({ ...scene, socket, now: NOW + n * DAY_MS }, wanted).seconds,
    );
    return { seconds, isMild: socket?.ban.isMild };
  };
  t.strictSame(lengths(DEVICE).isMild, true);
  t.ok(Math.max(...lengths(DEVICE).seconds.map(Number)) <= 7_200);
  t.equal(lengths(DEVICE).seconds[0], 300);
  t.strictSame(lengths(SOCKET).isMild, false);
  t.equal(lengths(SOCKET).seconds[0], 600);
  t.ok(Math.max(...lengths(SOCKET).seconds.map(Number)) <= 86_400);
});

await t.test(
  'where others live, the socket of what may be a phone falls silent for a quarter of an hour at most',
  async (t) => {
    const longest = (isLivedIn: boolean) => {
      const { fail, login, policy } = setUp();
      if (isLivedIn) login(success({ account: '200', port: 7_000 }));
      const scene = fail(attempt());
      const seconds = [0, 1, 2, 3, 4, 5].map((n) =>
        Number(policy.decide({ ...scene, now: NOW + n * 3 * HOUR_MS }, DEVICE).seconds),
      );
      return Math.max(...seconds);
    };
    t.ok(longest(true) <= 900 * 1.1);
    t.ok(longest(false) > 3_600);
  },
);

await t.test('where bans of sockets lead nowhere, the address is banned; never for what may be a phone', async (t) => {
  const { decide } = setUp({ unprovenPerMinute: 100 });
  for (let port = 1; port <= 4; port++) t.match(decide(SOCKET, { port }), { port });
  t.match(decide(DEVICE, { port: 5 }), { port: 5 });
  t.match(decide(SOCKET, { port: 6 }), { address: '203.0.113.9/32', port: null });
});

await t.test('a probe has a socket, too, and a login has none', async (t) => {
  const { policy, probe: take, look, login } = setUp();
  t.match(policy.decide(take(probe()), SOCKET), { port: 5060 });
  login(success({ address: '192.0.2.1' }));
  t.match(policy.decide(look(success({ address: '192.0.2.1' })), ATTACK), { action: 'lived_in' });
});

await t.test('a network is banned after an hour, where nobody lives in it', async (t) => {
  const { decide, login } = setUp();
  t.match(decide(NETWORK, TLS), { address: '203.0.113.9/32' }, 'in its first hour one by one');
  t.match(decide(NETWORK, { ...TLS, address: '203.0.113.10' }, NOW + HOUR_MS), {
    address: '203.0.113.0/24',
    seconds: 3_600,
  });
  t.match(decide(ATTACK, { ...TLS, address: '203.0.113.11' }, NOW + HOUR_MS), { action: 'already_banned' });
  login(success({ address: '198.51.100.1' }));
  decide(NETWORK, { ...TLS, address: '198.51.100.2' });
  const later = (address: string, now: number) => decide(NETWORK, { ...TLS, address }, now);
  t.match(later('198.51.100.3', NOW + HOUR_MS), { address: '198.51.100.3/32' });
  t.match(later('198.51.100.4', NOW + 31 * DAY_MS), { address: '198.51.100.0/24' }, 'whoever lived there has left');
});

await t.test('no network ban is longer than a day', async (t) => {
  const { fail, policy } = setUp({ banSecondsMax: 604_800 });
  const scene = fail(attempt(TLS));
  const lengths = [1, 2, 3, 4, 5, 6, 7].map(
    (day) => policy.decide({ ...scene, now: NOW + day * 1.5 * DAY_MS }, NETWORK).seconds,
  );
  t.equal(Math.max(...lengths.map(Number)), 86_400);
});

await t.test('of a /48 in which somebody lives, a part is banned in which nobody does', async (t) => {
  const { decide, login, fail } = setUp();
  login(success({ address: '2001:db8:0:100::1' }));
  const attacker = (part: string) => ({ ...TLS, address: `2001:db8:0:${part}::1` });
  t.match(decide(NETWORK, attacker('200')), { address: '2001:db8:0:200::1/128' }, 'in its first hour one by one');
  t.match(decide(NETWORK, attacker('301'), NOW + HOUR_MS), { address: '2001:db8:0:300::/56' });
  t.ok(isBanned(fail(attempt(attacker('3ff')), NOW + HOUR_MS)));
  t.match(decide(NETWORK, attacker('101'), NOW + HOUR_MS), { address: '2001:db8:0:101::1/128' });
  t.match(decide(NETWORK, attacker('301'), NOW + 3 * HOUR_MS), { address: '2001:db8:0:300::/56', seconds: 7_200 });
});

await t.test('what proves nothing bans for a short time at first, always, or never', async (t) => {
  const decideBy = (unproven: BanPolicyOptions['unproven']) => {
    const { decide, scatter } = setUp({ unproven });
    scatter();
    return decide(ATTACK);
  };
  t.match(decideBy('short'), { seconds: 600, isProven: false });
  t.match(decideBy('always'), { seconds: 3_600, isProven: true });
  t.match(decideBy('never'), { action: 'unproven', seconds: null });
  const { fail, policy, scatter } = setUp();
  scatter();
  const scene = fail(attempt());
  const lengths = [0, 1, 2, 3, 4, 5, 6].map(
    (day) => policy.decide({ ...scene, now: NOW + day * DAY_MS }, ATTACK).seconds,
  );
  t.same(lengths.at(-1), 14_400, 'four hours at most');
});

await t.test('a login lately from the same socket shows that answers arrive there', async (t) => {
  const { decide, login, fail } = setUp({ unproven: 'never' });
  login(success({ port: 7 }));
  login(success({ port: 7, account: '200' }));
  for (let n = 0; n < 20; n++) fail(attempt({ port: 7, account: `${n % 3}` }));
  t.match(decide(ATTACK, { port: 7, account: '0' }), { action: 'lived_in', isProven: true });
  t.match(decide(ATTACK, { port: 8, account: '0' }, NOW + 8 * DAY_MS), { action: 'unproven' });
});

await t.test('in a minute so many bans rest on what anybody could forge, and others as many as it takes', async (t) => {
  const { decide } = setUp();
  const at = (n: number, now = NOW, transport: 'UDP' | 'TLS' = 'UDP') =>
    decide(ATTACK, { address: `198.51.${n}.7`, transport }, now).action;
  t.same([at(1), at(2), at(3)], ['ban', 'ban', 'unproven_cap']);
  t.equal(at(4, NOW, 'TLS'), 'ban');
  t.equal(at(3, NOW + MINUTE_MS), 'ban');
});
