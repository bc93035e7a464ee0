// The blocker as its users run it, in a network namespace, over the real nft: what it does when things go wrong.
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { BanAnswer } from '../../src/domain/ban.js';
import { type BanTarget, parseTarget } from '../../src/domain/ban-target.js';
import { UnixFeed } from '../../src/wire/client/unix-feed.js';
import { encodeDecision } from '../../src/wire/decision-codec.js';
import { type Blocker, type BlockerPlace, makePlace, startBlocker } from './lab/blocker-process.js';
import { install, labPort } from './lab/place.js';
import { settled } from './lab/until.js';

/** In the suite; BLOCKER_KILLS=100 for the figure in docs/blocking.md. */
const KILLS = Number(process.env['BLOCKER_KILLS'] ?? 20);
/** After the first acknowledged ban. */
const LIFE_MS_MAX = 60;
const NOBODY = 65_534;
const NET_ADMIN_ALONE = [
  'setpriv',
  `--reuid=${NOBODY}`,
  `--regid=${NOBODY}`,
  '--clear-groups',
  '--bounding-set=-all,+net_admin',
  '--inh-caps=-all,+net_admin',
  '--ambient-caps=-all,+net_admin',
  '--no-new-privs',
];

install('install-nftables.sh');
install('install-iproute.sh');
const namespace = `e2e-blocker-${labPort(0)}`;
const ip = (...args: readonly string[]) => spawnSync('ip', args, { timeout: 5000 }).status === 0;
ip('netns', 'delete', namespace);
const skip = !ip('netns', 'add', namespace) && 'this machine lets nobody make a network namespace';
t.teardown(() => ip('netns', 'delete', namespace));

const target = (text: string) => parseTarget(text) as BanTarget;

function nft(...args: readonly string[]): { readonly status: number | null; readonly stdout: string } {
  const command = [`--net=/run/netns/${namespace}`, '/usr/sbin/nft', ...args];
  return spawnSync('nsenter', command, { encoding: 'utf8', timeout: 10_000, maxBuffer: 1e8 });
}

interface ListedSet {
  readonly set?: { readonly elem?: readonly { readonly elem: { readonly val: string } }[] };
}

/** Who is in the kernel's sets, whatever the length. */
async function inKernel(): Promise<string[]> {
  const { status, stdout } = nft('-j', 'list', 'table', 'inet', 'asterisk_auth_stats');
  if (status !== 0) return [];
  const { nftables } = JSON.parse(stdout) as { readonly nftables: readonly ListedSet[] };
  return nftables.flatMap(({ set }) => (set?.elem ?? []).map(({ elem }) => elem.val)).sort();
}

/** A place and a clean namespace, and what was started there is ended. */
function setUp(t: Test): BlockerPlace {
  nft('flush', 'ruleset');
  const place = makePlace();
  t.teardown(place.remove);
  return place;
}

function start(t: Test, place: BlockerPlace, options: Partial<Parameters<typeof startBlocker>[0]> = {}): Blocker {
  const blocker = startBlocker({ place, namespace, ...options });
  t.teardown(() => blocker.child.stop());
  return blocker;
}

async function started(t: Test, place: BlockerPlace, options: Partial<Parameters<typeof startBlocker>[0]> = {}) {
  const blocker = start(t, place, options);
  await blocker.listening();
  return blocker;
}

async function add(blocker: Blocker, ...addresses: readonly string[]) {
  const client = await blocker.client();
  const answers = addresses.map((text) => client.add({ target: target(text), seconds: 3600, reason: 'test' }));
  const added = await Promise.all(answers);
  client.close();
  return added;
}

async function listed(blocker: Blocker): Promise<string[]> {
  const client = await blocker.client();
  const bans = await client.list();
  client.close();
  return bans.map(({ address }) => address).sort();
}

const ban = (address: string) =>
  ({
    port: null,
    type: 'ban',
    address,
    seconds: 3600,
    reason: 'brute_force',
    at: 0,
    evidence: { pbx: 'pbx', service: 'PJSIP', attempts: 10, accounts: 1, since: 0, isProven: true },
  }) as const;

/** Hands decisions over as the exporter does. @returns what is answered. */
async function decide(place: BlockerPlace, ...addresses: readonly string[]): Promise<BanAnswer[]> {
  const answers: BanAnswer[] = [];
  const done = new AbortController();
  const feed = new UnixFeed({
    path: place.decisions,
    graceMs: 5_000,
    onState: () => undefined,
    onAnswer: (answer) => {
      answers.push(answer);
      if (answers.length === addresses.length) done.abort();
    },
  });
  for (const address of addresses) feed.push(ban(address));
  const timer = setTimeout(() => done.abort(), 10_000);
  await feed.run(done.signal);
  clearTimeout(timer);
  return answers;
}

await t.test('bans outlive kill -9 in the kernel, and a lost kernel in the store', { skip }, async (t) => {
  const place = setUp(t);
  const first = await started(t, place);
  t.match(await decide(place, '203.0.113.9/32', '2001:db8::/64'), [{ result: 'banned' }, { result: 'banned' }]);
  t.match(await add(first, '198.51.100.0/24'), [{ result: 'banned', reason: null }]);
  const all = ['198.51.100.0', '2001:db8::', '203.0.113.9'];
  t.strictSame(await inKernel(), all);
  first.child.signal('SIGKILL');
  await first.child.ended;
  t.strictSame(await inKernel(), all, 'nobody is let in by a death');
  nft('flush', 'ruleset');
  const second = await started(t, place);
  t.strictSame(await inKernel(), all, 'the sockets of the dead one are replaced, and its bans are back');
  t.strictSame(await listed(second), ['198.51.100.0/24', '2001:db8::/64', '203.0.113.9/32']);
  t.equal(await second.child.stop(), 0);
  t.strictSame(await inKernel(), all, 'a stop flushes nobody');
});

await t.test('what somebody takes out of the firewall is back within seconds', { skip }, async (t) => {
  const place = setUp(t);
  const blocker = await started(t, place);
  await add(blocker, '203.0.113.9', '198.51.100.7');
  const all = ['198.51.100.7', '203.0.113.9'];
  for (const command of [
    ['flush', 'ruleset'],
    ['delete', 'table', 'inet', 'asterisk_auth_stats'],
    ['flush', 'set', 'inet', 'asterisk_auth_stats', 'v4_32'],
    ['flush', 'chain', 'inet', 'asterisk_auth_stats', 'prerouting'],
  ]) {
    t.equal(nft(...command).status, 0);
    t.strictSame(await settled(all, inKernel), all, command.join(' '));
    const rules = async () =>
      nft('list', 'chain', 'inet', 'asterisk_auth_stats', 'prerouting').stdout.split(' drop').length - 1;
    t.equal(await settled(6, rules), 6, 'with its rules');
  }
  t.equal(blocker.log().filter(({ level }) => level === 40).length >= 3, true, 'and that is told');
  nft('add', 'element', 'inet', 'asterisk_auth_stats', 'v4_32', '{ 192.0.2.1 timeout 1h }');
  t.strictSame(await settled(all, inKernel), all, 'whom nobody has banned here is let in');
});

await t.test('friends are spared on every way', { skip }, async (t) => {
  const place = setUp(t);
  const blocker = await started(t, place, { settings: { ALLOWLIST: '203.0.113.0/28' } });
  t.match(await add(blocker, '203.0.113.9', '203.0.113.0/24', '127.0.0.1', '10.0.0.0/15', '203.0.113.16'), [
    { result: 'refused', reason: 'allowlisted' },
    { result: 'refused', reason: 'allowlisted' },
    { result: 'refused', reason: 'allowlisted' },
    { result: 'refused', reason: 'too_wide' },
    { result: 'banned' },
  ]);
  t.match(await decide(place, '203.0.113.1/32'), [{ result: 'refused', reason: 'allowlisted' }]);
  t.strictSame(await inKernel(), ['203.0.113.16']);
});

await t.test('an ordinary user with the one ambient capability can run it', { skip }, async (t) => {
  const place = setUp(t);
  chmodSync(place.directory, 0o711);
  chownSync(place.directory, NOBODY, NOBODY);
  chownSync(join(place.directory, 'state'), NOBODY, NOBODY);
  const blocker = await started(t, place, { by: NET_ADMIN_ALONE });
  t.match(await add(blocker, '203.0.113.9'), [{ result: 'banned', reason: null }]);
  t.strictSame(await inKernel(), ['203.0.113.9']);
  t.equal(await blocker.child.stop(), 0);
});

await t.test('without the capability, or without nft, it ends with what to do', { skip }, async (t) => {
  const place = setUp(t);
  chownSync(place.directory, NOBODY, NOBODY);
  chownSync(join(place.directory, 'state'), NOBODY, NOBODY);
  const powerless = NET_ADMIN_ALONE.map((word) => word.replace(',+net_admin', ''));
  const hidden = ['unshare', '--mount', 'sh', '-c', 'mount -t tmpfs none /usr/sbin && exec "$@"', 'sh'];
  for (const [by, remedy] of [
    [powerless, /CAP_NET_ADMIN/],
    [hidden, /nftables/],
  ] as const) {
    const blocker = start(t, place, { by });
    t.equal(await blocker.child.ended, 1);
    t.match(blocker.logText(), remedy);
  }
});

await t.test(
  'what cannot be a socket ends the start, and only its group may hand decisions in',
  { skip },
  async (t) => {
    const place = setUp(t);
    writeFileSync(place.decisions, 'somebody needs this');
    const refused = start(t, place);
    t.equal(await refused.child.ended, 1);
    t.match(refused.logText(), /DECISION_SOCKET/);
    rmSync(place.decisions);
    chmodSync(place.directory, 0o711);
    const group = start(t, place, { settings: { BLOCKER_SOCKET_GROUP: 'no-such-group' } });
    t.equal(await group.child.ended, 1);
    t.match(group.logText(), /BLOCKER_SOCKET_GROUP/);

    const blocker = await started(t, place, { settings: { BLOCKER_SOCKET_GROUP: 'daemon' } });
    t.equal(statSync(place.decisions).mode & 0o777, 0o660);
    t.equal(statSync(place.control).mode & 0o777, 0o600);
    const connectAs = (groups: string, path: string) =>
      spawnSync('setpriv', [
        `--reuid=${NOBODY}`,
        `--regid=${NOBODY}`,
        groups,
        process.execPath,
        '-e',
        `require('net').connect(${JSON.stringify(path)}).on('connect', () => process.exit(0)).on('error', () => process.exit(13))`,
      ]).status;
    t.equal(connectAs('--clear-groups', place.decisions), 13, 'a stranger');
    t.equal(connectAs('--groups=1', place.decisions), 0, 'a member of the group daemon');
    t.equal(connectAs('--groups=1', place.control), 13, 'who may decide may not command');
    rmSync(place.decisions);
    const there = async () => statSync(place.decisions, { throwIfNoEntry: false }) !== undefined;
    t.equal(await settled(true, there), true, 'a socket that somebody removes is there again');
    t.match(await decide(place, '203.0.113.9/32'), [{ result: 'banned' }]);
    t.equal(await blocker.child.stop(), 0);
  },
);

await t.test('noise on the decision socket bans nobody and hinders nobody', { skip }, async (t) => {
  const place = setUp(t);
  const blocker = await started(t, place);
  const line = encodeDecision(ban('203.0.113.9/32'));
  const noise = [
    Buffer.from(Array.from({ length: 200_000 }, () => Math.floor(Math.random() * 256))),
    `\n${'x'.repeat(1_000_000)}\n`,
    ...Array.from({ length: 500 }, () => `${mutated(line)}\n`),
    line.slice(0, 40),
  ];
  const sockets = await Promise.all(
    [0, 1, 2].map(async () => {
      const socket = createConnection(place.decisions);
      // The blocker may hang up.
      socket.on('error', () => undefined);
      for (const part of noise) socket.write(part);
      return socket;
    }),
  );
  t.match(await decide(place, '198.51.100.7/32'), [{ result: 'banned' }]);
  t.ok((await inKernel()).includes('198.51.100.7'));
  const strangers = (await listed(blocker)).filter((text) => !text.startsWith('198.51.100.7/'));
  t.strictSame(strangers, [], 'no line that was not exactly one is a decision');
  for (const socket of sockets) socket.destroy();
  t.equal(blocker.child.exitCode(), null);
});

/** The line with one character of its structure changed. */
function mutated(line: string): string {
  const places = [...line.matchAll(/["{}:,]/g)].map(({ index }) => index);
  const at = places[Math.floor(Math.random() * places.length)] ?? 0;
  return `${line.slice(0, at)}${'#\u0000 x'.charAt(Math.floor(Math.random() * 4)) || 'x'}${line.slice(at + 1)}`;
}

await t.test('on a full disk it bans all the same, and saves as soon as there is room', { skip }, async (t) => {
  const place = setUp(t);
  const disk = join(place.directory, 'disk');
  mkdirSync(disk);
  t.equal(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk]).status, 0);
  t.teardown(() => spawnSync('umount', ['--lazy', disk]));
  const settings = { STATE_DIR: join(disk, 'state') };
  const blocker = await started(t, place, { settings });
  const ballast = join(disk, 'ballast');
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(ballast, Buffer.alloc((bavail - 1) * bsize));
  const many = Array.from({ length: 200 }, (_, index) => `198.51.100.${index + 1}`);
  const answers = await add(blocker, ...many);
  t.ok(answers.every(({ result }) => result === 'banned'));
  t.ok(
    answers.some(({ reason }) => reason === 'unsaved'),
    'and says that a restart may forget some',
  );
  t.equal((await inKernel()).length, 200);
  rmSync(ballast);
  const mended = await blocker.logged('it is saved', ({ msg }) => /saved again/.test(msg), 90);
  t.ok(mended);
  blocker.child.signal('SIGKILL');
  await blocker.child.ended;
  nft('flush', 'ruleset');
  await started(t, place, { settings });
  t.equal((await inKernel()).length, 200, 'nothing is lost');
});

await t.test(`after each of ${KILLS} kill -9 every acknowledged ban is back`, { skip, timeout: 600_000 }, async (t) => {
  const place = setUp(t);
  const acknowledged = new Set<string>();
  let number = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const blocker = await started(t, place, { settings: { BLOCKER_BANS_PER_MINUTE: 1_000_000 } });
    const back = new Set(await inKernel());
    const missing = [...acknowledged].filter((address) => !back.has(address));
    t.strictSame(missing, [], `kill ${kill}: of ${acknowledged.size} bans none is missing`);
    const client = await blocker.client();
    const isDead = { yes: false };
    const adding = (async () => {
      while (!isDead.yes) {
        number += 1;
        const address = `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
        const { result } = await client.add({ target: target(address), seconds: 3600, reason: 'test' });
        if (result === 'banned') acknowledged.add(address);
      }
    })().catch(() => undefined); // The connection is lost when it dies.
    await delay(30 + Math.random() * LIFE_MS_MAX);
    blocker.child.signal('SIGKILL');
    isDead.yes = true;
    await Promise.all([blocker.child.ended, adding]);
    client.close();
    // Every other time the machine dies with it.
    if (kill % 2 === 0) nft('flush', 'ruleset');
  }
  t.ok(acknowledged.size > KILLS, `${acknowledged.size} bans were acknowledged`);
});
