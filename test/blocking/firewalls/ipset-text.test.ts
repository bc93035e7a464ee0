import fc from 'fast-check';
import t from 'tap';
import type { FirewallChange } from '../../../src/blocking/firewall.js';
import {
  changesText,
  creationText,
  type IpSet,
  readNames,
  readSet,
} from '../../../src/blocking/firewalls/ipset-text.js';
import { type BanTarget, targetText } from '../../../src/domain/ban-target.js';
import { anyTarget, targetOf } from './targets.js';

const add = (address: string, seconds: number): FirewallChange => ({ kind: 'add', target: targetOf(address), seconds });
const remove = (address: string): FirewallChange => ({ kind: 'remove', target: targetOf(address) });

/** As ipset 7.17 writes it on Linux 6.18. */
const SAVED = `create asterisk_auth_stats4 hash:net family inet hashsize 1024 maxelem 1000000 timeout 0 counters bucketsize 12 initval 0xcbe96b7c
add asterisk_auth_stats4 203.0.113.9 timeout 55 packets 7 bytes 1302
add asterisk_auth_stats4 203.0.113.0/24 timeout 3600 packets 0 bytes 0
add asterisk_auth_stats4 198.51.100.1 timeout 0 packets 0 bytes 0
`;
const [NETS4, NETS6] = (['IPV4', 'IPV6'] as const).map((family) => ({ family, isOfSockets: false })) as [IpSet, IpSet];
const [SOCKETS4, SOCKETS6] = [NETS4, NETS6].map((set) => ({ ...set, isOfSockets: true })) as [IpSet, IpSet];
const CREATED = SAVED.slice(0, SAVED.indexOf('\n') + 1);

await t.test('changes are lines in their order, each for the set of its family', async (t) => {
  const changes = [add('203.0.113.9', 60), remove('2001:db8::/64'), add('2001:db8::/64', 1), remove('203.0.113.0/24')];
  t.equal(
    changesText(changes),
    `add asterisk_auth_stats4 203.0.113.9/32 timeout 60
del asterisk_auth_stats6 2001:db8::/64
add asterisk_auth_stats6 2001:db8::/64 timeout 1
del asterisk_auth_stats4 203.0.113.0/24
`,
  );
  t.equal(changesText([]), '');
});

await t.test('a ban that is longer than ipset takes is as long as it takes', async (t) => {
  t.match(changesText([add('203.0.113.9', 31_536_000)]), / timeout 2147483\n$/);
  t.match(changesText([add('203.0.113.9', 2_147_482)]), / timeout 2147482\n$/);
  t.match(changesText([add('203.0.113.9', 1.9)]), / timeout 1\n$/);
});

await t.test('no time at all is our fault: to ipset it is for ever', async (t) => {
  for (const seconds of [0, 0.9, -1, Number.NaN])
    t.throws(() => changesText([add('203.0.113.9', seconds)]), RangeError);
});

await t.test('what is no target never becomes text', async (t) => {
  const good = targetOf('203.0.113.9');
  const bad: object[] = [
    { address: 'example.org' },
    { address: '203.0.113.9/32 timeout 5\nflush x' },
    { address: '' },
    { length: 24 },
    { length: 33 },
    { family: 'IPV6' },
    { port: 0 },
    { port: 65_536 },
    { port: '5062\nflush x' },
    { port: 5062, address: '203.0.113.0', length: 24 },
  ];
  for (const fault of bad) {
    const target = { ...good, ...fault } as BanTarget;
    t.throws(() => changesText([{ kind: 'add', target, seconds: 60 }]), TypeError, JSON.stringify(fault));
    t.throws(() => changesText([{ kind: 'remove', target }]), TypeError, JSON.stringify(fault));
  }
});

await t.test('the names of sets are read', async (t) => {
  const names = readNames('foo\nasterisk_auth_stats4\n');
  t.ok(names.has('asterisk_auth_stats4'));
  t.notOk(names.has('asterisk_auth_stats6'));
});

await t.test('a set is read: hosts are prefixes of their full length, and for ever is as long as can be', async (t) => {
  const { isOurs, bans } = readSet(SAVED, NETS4);
  t.equal(isOurs, true);
  t.strictSame(
    [...bans].map(([key, { target, seconds, packets }]) => [key, targetText(target), seconds, packets]),
    [
      ['203.0.113.9/32', '203.0.113.9/32', 55, 7],
      ['203.0.113.0/24', '203.0.113.0/24', 3600, 0],
      ['198.51.100.1/32', '198.51.100.1/32', 2_147_483, 0],
    ],
  );
});

await t.test('what we ask for is what we know again, whatever the kernel adds', async (t) => {
  for (const set of [NETS4, NETS6, SOCKETS4, SOCKETS6]) {
    const text = creationText(set);
    t.ok(readSet(text, set).isOurs, text);
    t.ok(readSet(text.replace('maxelem', 'hashsize 16384 maxelem').replace('\n', ' bucketsize 12\n'), set).isOurs);
  }
});

await t.test('a set of another kind is not ours', async (t) => {
  const others: [from: string, to: string][] = [
    ['hash:net', 'hash:ip'],
    ['hash:net', 'hash:net,port'],
    ['inet ', 'inet6 '],
    ['maxelem 1000000', 'maxelem 100'],
    ['timeout 0', 'timeout 60'],
    [' timeout 0', ''],
    [' counters', ''],
    [' counters', ' counters forceadd'],
    ['create', 'add'],
    ['stats4', 'stats5'],
  ];
  t.ok(readSet(CREATED, NETS4).isOurs);
  for (const [from, to] of others) t.notOk(readSet(CREATED.replace(from, to), NETS4).isOurs, `${from} is ${to}`);
  t.notOk(readSet(CREATED, NETS6).isOurs);
  t.notOk(readSet('', NETS4).isOurs);
});

await t.test('what is no ban of the family is left out, and the rest is read', async (t) => {
  const bans = (line: string) => [...readSet(`${line}\n${SAVED}`, NETS4).bans.keys()].slice(0, -3);
  t.strictSame(bans('add asterisk_auth_stats4 192.0.2.1 timeout 5 packets 0 bytes 0'), ['192.0.2.1/32']);
  for (const line of [
    'add asterisk_auth_stats4 192.0.2.0/24 timeout 0 nomatch packets 0 bytes 0',
    'add other 192.0.2.1 timeout 5 packets 0 bytes 0',
    'del asterisk_auth_stats4 192.0.2.1 timeout 5',
    'add asterisk_auth_stats4 192.0.2.1',
    'add asterisk_auth_stats4 192.0.2.1 timeout',
    'add asterisk_auth_stats4 192.0.2.1 timeout x',
    'add asterisk_auth_stats4 2001:db8::1 timeout 5',
    'add asterisk_auth_stats4 example.org timeout 5',
    'add asterisk_auth_stats4',
    '',
  ]) {
    t.strictSame(bans(line), [], line);
  }
  const mapped = 'add asterisk_auth_stats6 ::ffff:192.0.2.1 timeout 5 packets 0 bytes 0';
  t.equal(readSet(mapped, NETS6).bans.size, 0, 'no packet has this source');
});

await t.test('a member without counters has no packets', async (t) => {
  t.equal(readSet('add asterisk_auth_stats4 192.0.2.1 timeout 5', NETS4).bans.get('192.0.2.1/32')?.packets, null);
});

/** As ipset 7.17 writes it on Linux 6.18. */
const SAVED_SOCKETS = `create asterisk_auth_stats6_sockets hash:ip,port family inet6 hashsize 1024 maxelem 2000000 timeout 0 counters bucketsize 12 initval 0x15254537
add asterisk_auth_stats6_sockets 2001:db8::1,tcp:5062 timeout 59 packets 0 bytes 0
add asterisk_auth_stats6_sockets 2001:db8::1,udp:5062 timeout 58 packets 7 bytes 1302
`;

await t.test('a socket is a member for UDP and one for TCP', async (t) => {
  t.equal(
    changesText([add('203.0.113.9:5062', 60), remove('[2001:db8::1]:5062')]),
    `add asterisk_auth_stats4_sockets 203.0.113.9,tcp:5062 timeout 60
add asterisk_auth_stats4_sockets 203.0.113.9,udp:5062 timeout 60
del asterisk_auth_stats6_sockets 2001:db8::1,tcp:5062
del asterisk_auth_stats6_sockets 2001:db8::1,udp:5062
`,
  );
});

await t.test('both members are one ban, with the shorter time and the packets of both', async (t) => {
  const { isOurs, bans } = readSet(SAVED_SOCKETS, SOCKETS6);
  t.equal(isOurs, true);
  t.strictSame(
    [...bans],
    [['[2001:db8::1]:5062', { target: targetOf('[2001:db8::1]:5062'), seconds: 58, packets: 7 }]],
  );
  const uncounted = readSet(SAVED_SOCKETS.replace(' packets 0 bytes 0', ''), SOCKETS6).bans;
  t.match(uncounted.get('[2001:db8::1]:5062'), { packets: null });
});

await t.test('one member alone has no time left, so that it is mended or taken out', async (t) => {
  const line = (member: string) => `add asterisk_auth_stats4_sockets ${member} timeout 50 packets 1 bytes 1\n`;
  const seconds = (text: string) => [...readSet(text, SOCKETS4).bans].map(([key, ban]) => [key, ban.seconds]);
  t.strictSame(seconds(line('203.0.113.9,udp:5062')), [['203.0.113.9:5062', 0]]);
  t.strictSame(seconds(line('203.0.113.9,udp:5062') + line('203.0.113.9,tcp:5063')), [
    ['203.0.113.9:5062', 0],
    ['203.0.113.9:5063', 0],
  ]);
  t.strictSame(seconds(line('203.0.113.9,udp:5062') + line('203.0.113.9,udp:5062')), [['203.0.113.9:5062', 0]]);
  for (const member of [
    '203.0.113.9',
    '203.0.113.9,sctp:1',
    '203.0.113.9,5062',
    '203.0.113.9,udp:0',
    ',udp:1',
    'x,udp:1',
  ])
    t.strictSame(seconds(line(member)), [], member);
  t.strictSame(seconds(line('2001:db8::1,udp:5062')), [], 'of the other family');
});

await t.test('a set of addresses is none of sockets, nor the other way round', async (t) => {
  t.notOk(readSet(SAVED_SOCKETS, NETS6).isOurs);
  t.notOk(readSet(SAVED_SOCKETS.replace('hash:ip,port', 'hash:net'), SOCKETS6).isOurs);
  t.notOk(readSet(SAVED_SOCKETS.replace('maxelem 2000000', 'maxelem 1000000'), SOCKETS6).isOurs);
});

await t.test(
  'whatever is told, each line is one command with one member, and is read back as it was told',
  async (t) => {
    const LINE =
      /^(add|del) asterisk_auth_stats[46](_sockets [0-9a-f:.]+,(tcp|udp):\d{1,5}| [0-9a-f:.]+\/\d{1,3})( timeout [1-9]\d{0,6})?$/;
    const anyChange = fc.oneof(
      fc.record({
        kind: fc.constant('add' as const),
        target: anyTarget,
        seconds: fc.integer({ min: 1, max: 31_536_000 }),
      }),
      fc.record({ kind: fc.constant('remove' as const), target: anyTarget }),
    );
    const isReadBack = (change: FirewallChange) => {
      const { kind, target } = change;
      const { bans } = readSet(changesText([change]), { family: target.family, isOfSockets: target.port !== null });
      return kind === 'remove' ? bans.size === 0 : (bans.get(targetText(target))?.seconds ?? 0) > 0;
    };
    fc.assert(
      fc.property(fc.array(anyChange), (changes) => {
        const lines = changesText(changes).split('\n');
        const expected = changes.reduce((sum, { target }) => sum + (target.port === null ? 1 : 2), 0);
        if (lines.pop() !== '' || lines.length !== expected || !lines.every((line) => LINE.test(line))) return false;
        return changes.every(isReadBack);
      }),
    );
    t.pass('holds');
  },
);

await t.test('no text makes the reader throw, and all that it reads is a target of the family', async (t) => {
  const pieces = fc.constantFrom(
    'create',
    'add',
    'asterisk_auth_stats4',
    'asterisk_auth_stats4_sockets',
    '1.2.3.4,udp:7',
    'timeout',
    'nomatch',
    '7',
    '1.2.3.4',
    '::1/64',
    '\n',
    ' ',
  );
  const anyText = fc.array(fc.oneof(pieces, fc.string())).map((parts) => parts.join(' '));
  fc.assert(
    fc.property(
      fc.oneof(
        anyText,
        fc.string().map((text) => SAVED + text),
      ),
      (text) =>
        [NETS4, SOCKETS4]
          .flatMap((set) => [...readSet(text, set).bans])
          .every(([key, { target }]) => target.family === 'IPV4' && targetText(targetOf(key)) === key),
    ),
  );
  t.pass('holds');
});
