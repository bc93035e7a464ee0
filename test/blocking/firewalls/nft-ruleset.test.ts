import fc from 'fast-check';
import t from 'tap';
import type { FirewallChange } from '../../../src/blocking/firewall.js';
import {
  changesText,
  kindOf,
  namedKind,
  newSetsText,
  rulesetText,
  setName,
  setType,
  USUAL_KINDS,
} from '../../../src/blocking/firewalls/nft-ruleset.js';
import { canonicalTarget } from '../../../src/domain/ban-target.js';
import { PortRange } from '../../../src/domain/port-range.js';
import { anyTarget, targetOf } from './targets.js';

const add = (text: string, seconds = 60): FirewallChange => ({ kind: 'add', target: targetOf(text), seconds });
const remove = (text: string): FirewallChange => ({ kind: 'remove', target: targetOf(text) });
const kind = (text: string) => kindOf(targetOf(text));
const none = () => false;

await t.test('the whole table is one text', async (t) => {
  t.equal(
    rulesetText(USUAL_KINDS, null),
    `add table inet asterisk_auth_stats
add counter inet asterisk_auth_stats dropped4
add counter inet asterisk_auth_stats dropped6
add set inet asterisk_auth_stats v4_32 { type ipv4_addr; flags timeout; counter; }
add set inet asterisk_auth_stats v4_24 { type ipv4_addr; flags timeout; counter; }
add set inet asterisk_auth_stats v4_sockets { type ipv4_addr . inet_service; flags timeout; counter; }
add set inet asterisk_auth_stats v6_128 { type ipv6_addr; flags timeout; counter; }
add set inet asterisk_auth_stats v6_64 { type ipv6_addr; flags timeout; counter; }
add set inet asterisk_auth_stats v6_sockets { type ipv6_addr . inet_service; flags timeout; counter; }
add chain inet asterisk_auth_stats prerouting { type filter hook prerouting priority raw; policy accept; }
flush chain inet asterisk_auth_stats prerouting
add rule inet asterisk_auth_stats prerouting ip saddr @v4_32 counter name dropped4 drop
add rule inet asterisk_auth_stats prerouting ip saddr and 255.255.255.0 @v4_24 counter name dropped4 drop
add rule inet asterisk_auth_stats prerouting meta nfproto ipv4 meta l4proto { tcp, udp } ip saddr . th sport @v4_sockets counter name dropped4 drop
add rule inet asterisk_auth_stats prerouting ip6 saddr @v6_128 counter name dropped6 drop
add rule inet asterisk_auth_stats prerouting ip6 saddr and ffff:ffff:ffff:ffff:: @v6_64 counter name dropped6 drop
add rule inet asterisk_auth_stats prerouting meta nfproto ipv6 meta l4proto { tcp, udp } ip6 saddr . th sport @v6_sockets counter name dropped6 drop
`,
  );
});

await t.test('a set of another length has its mask, and ports narrow the rule', async (t) => {
  const ports = [new PortRange(5060, 5060), new PortRange(10_000, 20_000)];
  const text = newSetsText([kind('203.0.0.0/20'), kind('2001:db8::/33'), kind('203.0.113.9:5062')], ports).split('\n');
  t.match(
    text[1],
    /ip saddr and 255\.255\.240\.0 @v4_20 meta l4proto \{ tcp, udp \} th dport \{ 5060, 10000-20000 \} counter/,
  );
  t.match(text[3], /ip6 saddr and ffff:ffff:8000:: @v6_33 meta .* counter name dropped6 drop$/);
  t.match(text[5], / ip saddr \. th sport @v4_sockets th dport \{ 5060, 10000-20000 \} counter name dropped4 drop$/);
});

await t.test('the name of a set says its kind, and no other name does', async (t) => {
  for (const text of ['0.0.0.0/0', '203.0.113.9', '::/0', '2001:db8::/32', '::1', '203.0.113.9:1', '[::1]:65535'])
    t.strictSame(namedKind(setName(kind(text))), kind(text), text);
  for (const name of [
    '',
    'v4_33',
    'v6_129',
    'v5_1',
    'v4_01',
    'v4_',
    'v4_1 ',
    'xv4_1',
    'v6_1000',
    'v4_socket',
    'sockets',
  ])
    t.equal(namedKind(name), null, name);
  t.strictSame(USUAL_KINDS.map(setType), [
    'ipv4_addr',
    'ipv4_addr',
    'ipv4_addr . inet_service',
    'ipv6_addr',
    'ipv6_addr',
    'ipv6_addr . inet_service',
  ]);
});

await t.test('changes are grouped by set: out first, then in', async (t) => {
  const changes = [
    add('203.0.113.9'),
    remove('203.0.113.8'),
    add('2001:db8::/64', 3600),
    add('203.0.113.7', 31_536_000),
    add('203.0.113.9:5062'),
    remove('203.0.113.9:5063'),
    add('[2001:db8::1]:40000'),
  ];
  t.equal(
    changesText(changes, (text) => text === '203.0.113.9/32' || text === '203.0.113.9:5062'),
    `add element inet asterisk_auth_stats v4_32 { 203.0.113.9, 203.0.113.8 }
delete element inet asterisk_auth_stats v4_32 { 203.0.113.9, 203.0.113.8 }
add element inet asterisk_auth_stats v4_32 { 203.0.113.9 timeout 60s, 203.0.113.7 timeout 31536000s }
add element inet asterisk_auth_stats v6_64 { 2001:db8:: timeout 3600s }
add element inet asterisk_auth_stats v4_sockets { 203.0.113.9 . 5062, 203.0.113.9 . 5063 }
delete element inet asterisk_auth_stats v4_sockets { 203.0.113.9 . 5062, 203.0.113.9 . 5063 }
add element inet asterisk_auth_stats v4_sockets { 203.0.113.9 . 5062 timeout 60s }
add element inet asterisk_auth_stats v6_sockets { 2001:db8::1 . 40000 timeout 60s }
`,
  );
  t.equal(changesText([], none), '');
});

await t.test('of several changes to a target the last one counts', async (t) => {
  t.equal(
    changesText([add('203.0.113.9'), remove('203.0.113.9'), add('203.0.113.9', 7)], none),
    'add element inet asterisk_auth_stats v4_32 { 203.0.113.9 timeout 7s }\n',
  );
  t.notMatch(changesText([add('203.0.113.9'), remove('203.0.113.9')], none), /timeout/);
});

await t.test('no line is too long to be told of', async (t) => {
  const changes = Array.from({ length: 1_201 }, (_, at) => add(`10.0.${at >> 8}.${at & 255}`));
  const lines = changesText(changes, none).trim().split('\n');
  t.equal(lines.length, 3);
  t.equal(lines.join(',').match(/timeout/g)?.length, 1_201);
});

const anyChange = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), target: anyTarget, seconds: fc.integer({ min: 1, max: 31_536_000 }) }),
  fc.record({ kind: fc.constant('remove' as const), target: anyTarget }),
);

await t.test('whatever changes, the text has nothing but targets that were read again', async (t) => {
  const LINE =
    /^(?:add|delete) element inet asterisk_auth_stats (v[46]_(?:\d{1,3}|sockets)) \{ ([0-9a-f:.]+(?: \. \d+)?(?: timeout \d+s)?(?:, [0-9a-f:.]+(?: \. \d+)?(?: timeout \d+s)?)*) \}$/;
  const isGood = (line: string) => {
    const [, name = '', elements = ''] = LINE.exec(line) ?? [];
    const named = namedKind(name);
    if (named === null) return false;
    return elements.split(', ').every((element) => {
      const [value = ''] = element.split(' timeout ');
      const [address = '', port] = value.split(' . ');
      if ((port !== undefined) !== named.isOfSockets) return false;
      const host = named.family === 'IPV4' ? address : `[${address}]`;
      return canonicalTarget(port === undefined ? `${address}/${named.length}` : `${host}:${port}`) !== null;
    });
  };
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.array(anyChange), fc.boolean(), (changes, isHeld) =>
        changesText(changes, () => isHeld)
          .split('\n')
          .slice(0, -1)
          .every(isGood),
      ),
      { numRuns: 1_000 },
    ),
  );
});

await t.test('what is no target or no time gets into no text', async (t) => {
  const good = targetOf('203.0.113.9');
  const as = (change: object) => [{ kind: 'add', target: good, seconds: 1, ...change }] as FirewallChange[];
  for (const bad of [
    { address: 'example.org' },
    { address: '203.0.113.9 }; flush ruleset' },
    { address: '203.0.113.9\n' },
    { address: '::ffff:203.0.113.9' },
    { address: '2001:DB8::', family: 'IPV6', length: 64 },
    { length: 24 },
    { length: 33 },
    { length: '32 }' },
    { family: 'IPV6' },
    { port: 0 },
    { port: 65_536 },
    { port: '5062 }' },
    { port: 5062, address: '203.0.113.0', length: 24 },
  ])
    t.throws(() => changesText(as({ target: { ...good, ...bad } }), none), RangeError, JSON.stringify(bad));
  for (const seconds of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 32_000_000])
    t.throws(() => changesText(as({ seconds }), none), RangeError, `${seconds}`);
});
