import t from 'tap';
import type { AttemptScene } from '../../src/detection/scene.js';
import { Scoreboard, type ScoreboardOptions } from '../../src/detection/scoreboard.js';
import type { Attempt, Observation } from '../../src/domain/attempt.js';
import { parseEndpoint } from '../../src/domain/remote-address.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, NOW } from './records.js';

function boardOf(own: Partial<ScoreboardOptions> = {}) {
  const dirty: string[] = [];
  const board = new Scoreboard({
    addressesMax: 1000,
    halfLifeMs: HOUR_MS,
    slowHalfLifeMs: 3 * DAY_MS,
    banThreshold: 10,
    trustMs: 14 * DAY_MS,
    distributedAddresses: 10,
    onDirty: (section, key) => dirty.push(`${section} ${key}`),
    ...own,
  });
  return { board, dirty };
}

function observed(address: string, transport = 'UDP') {
  const endpoint = parseEndpoint(`${address.includes(':') ? 'IPV6' : 'IPV4'}/${transport}/${address}`);
  if (endpoint === null) throw new Error(address);
  const proof: Observation['proof'] = transport === 'UDP' ? 'none' : 'handshake';
  return { pbx: 'pbx', service: 'PJSIP', at: NOW, remote: { ...endpoint, port: 5060 }, proof };
}

function attempt(address: string, own: Partial<Attempt> & { transport?: string } = {}): Attempt {
  const { transport, ...rest } = own;
  return { ...observed(address, transport), kind: 'attempt', outcome: 'wrong_password', account: '101', ...rest };
}

const success = (address: string, account = '101') => ({ ...observed(address), kind: 'success' as const, account });
const probe = (address: string) => ({ ...observed(address), kind: 'probe' as const });

/** Guesses at the times, in milliseconds after NOW, and the scene of the last one. */
function guess(board: Scoreboard, times: readonly number[], guessed: Attempt): AttemptScene {
  const scenes = times.map((time) => board.attempt(guessed, NOW + time));
  const last = scenes.at(-1);
  if (last === undefined) throw new Error('no guess');
  return last;
}

const every = (periodMs: number, count: number) => Array.from({ length: count }, (_, n) => n * periodMs);

await t.test('a guess counts for its address, its prefix, its account and its pair', async (t) => {
  const { board } = boardOf();
  const scene = guess(board, [0, 1000], attempt('203.0.113.9', { transport: 'TLS' }));
  t.match(scene.address, { attempts: 2, guesses: 2, firstAt: NOW, lastAt: NOW + 1000 });
  t.ok(scene.address.score.points > 1.99);
  t.ok(scene.address.proven.points > 1.99);
  t.match(scene.address.prefix, { prefix: '203.0.113.0/24', attempts: 2, addresses: 1 });
  t.match(scene.account, { account: '101', attempts: 2, addresses: 1 });
  t.match(scene.pair, { failures: 2 });
  t.match(scene, { points: 1, isStale: false, pace: { count: 2 } });
});

await t.test('a guess that can be forged proves nothing', async (t) => {
  const { board } = boardOf();
  t.equal(guess(board, [0], attempt('203.0.113.9')).address.proven.points, 0);
});

await t.test('distinct accounts are counted, those that exist apart from those that do not', async (t) => {
  const { board } = boardOf();
  for (const account of ['101', '102', '101']) board.attempt(attempt('203.0.113.9', { account }), NOW);
  const unknown = { outcome: 'unknown_account' } as const;
  const { address, account } = board.attempt(attempt('203.0.113.9', { account: 'x', ...unknown }), NOW);
  t.equal(address.knownAccounts.points, 2);
  t.equal(address.unknownAccounts.points, 1);
  t.equal(account, null, 'nobody can get in through it');
});

await t.test('among many accounts that do not exist one more is only counted', async (t) => {
  const { board } = boardOf();
  for (let n = 0; n < 1000; n++) {
    board.attempt(attempt('203.0.113.9', { account: `x${n}`, outcome: 'unknown_account' }), NOW);
  }
  const scene = board.attempt(attempt('203.0.113.9', { account: 'last', outcome: 'unknown_account' }), NOW);
  t.equal(scene.pair, null);
  t.equal(scene.address.unknownAccounts.points, 1001);
  t.equal(scene.address.strangers, 16);
});

await t.test('an account that Asterisk does not name is a guess all the same', async (t) => {
  const { board } = boardOf();
  const scene = board.attempt(attempt('203.0.113.9', { account: null }), NOW);
  t.match(scene, { pair: null, account: null, points: 1 });
});

await t.test('what comes too fast to be slow does not count as slow', async (t) => {
  const { board } = boardOf();
  const { address } = guess(board, every(1, 100), attempt('203.0.113.9'));
  t.ok(address.score.points > 99);
  t.equal(address.slow.points, 10);
});

await t.test('an unanswered challenge is a quarter of a guess', async (t) => {
  const { board } = boardOf();
  const { address, points } = board.probe(probe('203.0.113.9'), NOW);
  t.equal(points, 0.25);
  t.equal(address.score.points, 0.25);
  t.equal(address.probes.points, 1);
});

await t.test('a login forgives the guesses at its account from its address, and no others', async (t) => {
  const { board } = boardOf();
  guess(board, [0, 0, 0], attempt('203.0.113.9', { transport: 'TCP' }));
  guess(board, [0, 0], attempt('203.0.113.9', { account: '102', transport: 'TCP' }));
  guess(board, [0], attempt('203.0.113.10'));
  const scene = board.success(success('203.0.113.9'), NOW);
  t.match(scene, { pair: { failures: 3 }, account: { attempts: 4 } });
  board.forgive(scene);
  t.match(scene.pair, { failures: 0, successAt: NOW });
  t.match(scene.address, { score: { points: 2 }, proven: { points: 2 }, guesses: 2, attempts: 5, friends: 1 });
  t.equal(scene.address.prefix.score.points, 3);
  t.equal(scene.address.prefix.friendAt, NOW);
  t.equal(board.trust(scene.address, NOW), 1);
});

await t.test('nobody washes his score with an account of his own', async (t) => {
  const { board } = boardOf();
  for (let n = 0; n < 50; n++) {
    board.attempt(attempt('203.0.113.9', { account: '102' }), NOW + n);
    board.forgive(board.success(success('203.0.113.9'), NOW + n));
  }
  const { address } = board.attempt(attempt('203.0.113.9', { account: '102' }), NOW + 50);
  t.equal(address.score.points, 51);
});

await t.test('a friend who mistypes his own password gets a tenth of the points', async (t) => {
  const { board } = boardOf();
  board.forgive(board.success(success('203.0.113.9'), NOW));
  t.equal(board.attempt(attempt('203.0.113.9'), NOW).points, 0.1);
  t.equal(board.attempt(attempt('203.0.113.9', { account: '102' }), NOW).points, 1);
});

await t.test('a device with an old password is recognised by its pace, and its points are taken back', async (t) => {
  const { board } = boardOf();
  const scene = guess(board, every(MINUTE_MS, 60), attempt('203.0.113.9'));
  t.match(scene, { isStale: true, points: 0 });
  t.equal(scene.address.score.points, 0);
  t.match(scene.pair, { failures: 60 });
});

await t.test('three of them at one address are no forgotten devices, unless they were known', async (t) => {
  const phones = (board: Scoreboard) => {
    const scenes = every(MINUTE_MS, 20).flatMap((time) =>
      ['101', '102', '103'].map((account, n) => board.attempt(attempt('203.0.113.9', { account }), NOW + time + n)),
    );
    return scenes.at(-1);
  };
  t.equal(phones(boardOf().board)?.isStale, false);
  const { board } = boardOf();
  for (const account of ['101', '102']) board.forgive(board.success(success('203.0.113.9', account), NOW));
  t.equal(phones(board)?.isStale, true);
});

await t.test('an IPv6 host is counted with its /64', async (t) => {
  const { board } = boardOf();
  for (let n = 1; n <= 5; n++) board.attempt(attempt(`2001:db8::${n}`), NOW);
  const { prefix } = board.attempt(attempt('2001:db8:0:1::1'), NOW).address;
  t.equal(prefix.addresses, 1);
  t.match(board.address('2001:db8::5')?.prefix, { prefix: '2001:db8::/64', addresses: 5 });
});

await t.test('of more addresses than there are places, those that guessed most and the friends stay', async (t) => {
  const { board, dirty } = boardOf({ addressesMax: 100 });
  board.forgive(board.success(success('198.51.100.1'), NOW));
  guess(board, every(1, 20), attempt('203.0.113.9'));
  for (let n = 0; n < 5000; n++) board.attempt(attempt(`10.0.${n >> 8}.${n & 255}`), NOW);
  t.match(board.size, { addresses: 100, evicted: 4902 });
  t.equal(board.address('203.0.113.9')?.attempts, 20);
  t.equal(board.address('198.51.100.1')?.friends, 1);
  t.equal(dirty.filter((line) => line === 'addresses 10.0.0.0').length, 2, 'told as new, and as gone');
});

await t.test('an account that lost its place is counted anew by those who guess at it', async (t) => {
  const { board } = boardOf({ addressesMax: 100 });
  const first = guess(board, [0], attempt('203.0.113.9', { account: 'first' }));
  for (let n = 0; n < 200; n++) board.attempt(attempt('203.0.113.10', { account: `n${n}` }), NOW);
  t.equal(first.account?.isEvicted, true);
  const again = guess(board, [0], attempt('203.0.113.9', { account: 'first' }));
  t.not(again.account, first.account);
  t.match(again.account, { attempts: 1, addresses: 1 });
});

await t.test('a record is told once as changed, until it has been saved', async (t) => {
  const { board, dirty } = boardOf();
  guess(board, [0, 0], attempt('203.0.113.9'));
  t.same(dirty, ['accounts PJSIP\0' + '101', 'addresses 203.0.113.9']);
  board.saved('addresses', '203.0.113.9');
  guess(board, [0], attempt('203.0.113.9'));
  t.equal(dirty.length, 3);
  t.equal(board.saved('addresses', '203.0.113.10'), null);
});

await t.test('what was saved is loaded as it was, through JSON', async (t) => {
  const { board } = boardOf();
  board.forgive(board.success(success('203.0.113.9', '105'), NOW));
  guess(board, every(MINUTE_MS, 4), attempt('203.0.113.9', { transport: 'TLS' }));
  const before = guess(board, every(1000, 9), attempt('203.0.113.9', { account: 'x', outcome: 'unknown_account' }));
  const through = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
  const { board: restarted } = boardOf();
  t.ok(restarted.load('accounts', 'PJSIP\0' + '101', through(board.saved('accounts', 'PJSIP\0' + '101'))));
  t.ok(restarted.load('addresses', '203.0.113.9', through(board.saved('addresses', '203.0.113.9'))));
  const after = restarted.address('203.0.113.9');
  const { prefix, isDirty, ...record } = before.address;
  t.match(after, record);
  t.match(after?.prefix, { addresses: 1, attempts: 13 });
  const next = guess(restarted, [HOUR_MS], attempt('203.0.113.9'));
  t.match(next, { account: { attempts: 5, addresses: 1 }, pair: { failures: 5 } });
});

await t.test('an IPv6 address is loaded into its /64', async (t) => {
  const { board } = boardOf();
  guess(board, [0], attempt('2001:db8::9'));
  const { board: restarted } = boardOf();
  t.ok(restarted.load('addresses', '2001:db8::9', board.saved('addresses', '2001:db8::9')));
  t.match(restarted.address('2001:db8::9'), { family: 'IPV6', attempts: 1, prefix: { prefix: '2001:db8::/64' } });
});

await t.test('among those that are forgotten, who is banned comes last', async (t) => {
  const { board } = boardOf({ addressesMax: 100 });
  const { address } = guess(board, [0], attempt('203.0.113.9'));
  address.bannedUntil = NOW + HOUR_MS;
  for (let n = 0; n < 1000; n++) board.attempt(attempt(`10.0.${n >> 8}.${n & 255}`), NOW);
  t.equal(board.address('203.0.113.9'), address);
});

await t.test('prefixes are bounded as well', async (t) => {
  const { board } = boardOf({ addressesMax: 100 });
  for (let n = 0; n < 1000; n++) board.attempt(attempt(`10.${n >> 8}.${n & 255}.1`), NOW);
  const { prefix } = board.attempt(attempt('10.0.0.2'), NOW).address;
  t.match(prefix, { prefix: '10.0.0.0/24', attempts: 1, addresses: 1 }, 'its first address is forgotten');
});

await t.test('a phone with an old password is no phone any more after two thousand failures', async (t) => {
  const { board } = boardOf();
  const last = (count: number) => guess(board, [count * MINUTE_MS], attempt('203.0.113.9'));
  let scenes: AttemptScene[] = [];
  for (let n = 0; n < 2002; n++) scenes = [...scenes.slice(-2), last(n)];
  t.same(
    scenes.map(({ isStale }) => isStale),
    [true, false, false],
  );
});

await t.test('what is no saved record is not loaded', async (t) => {
  const { board } = boardOf();
  const good = () => structuredClone(board.saved('addresses', '203.0.113.9')) as unknown as Record<string, unknown>;
  guess(board, [0], attempt('203.0.113.9'));
  const { board: other } = boardOf();
  const pairs = [{ account: 5 }];
  for (const bad of [
    null,
    1,
    'x',
    [],
    {},
    { ...good(), scores: {} },
    { ...good(), counts: [1, 2, null, 4] },
    { ...good(), ban: 'x' },
    { ...good(), pairs },
    { ...good(), pairs: [null] },
    { ...good(), pairs: 1 },
  ]) {
    t.equal(other.load('addresses', '203.0.113.9', bad), false);
  }
  t.equal(other.load('addresses', 'no address', good()), false);
  const account = { attackers: [1, 1], counts: [1, 1, 1], latest: [] };
  t.equal(other.load('accounts', 'PJSIP', account), false);
  t.equal(other.load('accounts', 'PJSIP\0', account), true, 'an empty name');
  t.equal(other.load('accounts', 'a\0b\0c', { attackers: [1, 1], counts: [1, 1, 1], latest: [] }), false);
  t.equal(other.load('accounts', 'PJSIP\0' + '101', { attackers: [1], counts: [1, 1, 1], latest: [] }), false);
  t.equal(other.load('accounts', 'PJSIP\0' + '101', null), false);
  t.equal(other.load('accounts', 'PJSIP\0' + '101', { attackers: [1, 1], counts: [1, 1, 1], latest: [5] }), false);
  t.equal(other.size.addresses, 0);
});
