import fc from 'fast-check';
import t from 'tap';
import type { FirewallChange } from '../../../src/blocking/firewall.js';
import {
  changesText,
  kindOf,
  newSetsText,
  rulesetText,
  setName,
  setType,
  USUAL_KINDS,
} from '../../../src/blocking/firewalls/nft-ruleset.js';
import { maskedPrefix, type Prefix, parsePrefix } from '../../../src/domain/address-set.js';
import { PortRange } from '../../../src/domain/port-range.js';
import { parseAddress } from '../../../src/domain/remote-address.js';

const prefix = (text: string): Prefix => {
  const read = parsePrefix(text);
  if (read === null) throw new Error(text);
  return read;
};
const add = (text: string, seconds = 60): FirewallChange => ({ kind: 'add', prefix: prefix(text), seconds });
const remove = (text: string): FirewallChange => ({ kind: 'remove', prefix: prefix(text) });
const none = () => false;

await t.test('the whole table is one text', async (t) => {
  t.equal(
    rulesetText(USUAL_KINDS, null),
    `add table inet asterisk_auth_stats
add counter inet asterisk_auth_stats dropped4
add counter inet asterisk_auth_stats dropped6
add set inet asterisk_auth_stats v4_32 { type ipv4_addr; flags timeout; counter; }
add set inet asterisk_auth_stats v4_24 { type ipv4_addr; flags timeout; counter; }
add set inet asterisk_auth_stats v6_128 { type ipv6_addr; flags timeout; counter; }
add set inet asterisk_auth_stats v6_64 { type ipv6_addr; flags timeout; counter; }
add chain inet asterisk_auth_stats prerouting { type filter hook prerouting priority raw; policy accept; }
flush chain inet asterisk_auth_stats prerouting
add rule inet asterisk_auth_stats prerouting ip saddr @v4_32 counter name dropped4 drop
add rule inet asterisk_auth_stats prerouting ip saddr and 255.255.255.0 @v4_24 counter name dropped4 drop
add rule inet asterisk_auth_stats prerouting ip6 saddr @v6_128 counter name dropped6 drop
add rule inet asterisk_auth_stats prerouting ip6 saddr and ffff:ffff:ffff:ffff:: @v6_64 counter name dropped6 drop
`,
  );
});

await t.test('a set of another length has its mask, and ports narrow the rule', async (t) => {
  const ports = [new PortRange(5060, 5060), new PortRange(10_000, 20_000)];
  const text = newSetsText([prefix('203.0.0.0/20'), prefix('2001:db8::/33')], ports).split('\n');
  t.match(
    text[1],
    /ip saddr and 255\.255\.240\.0 @v4_20 meta l4proto \{ tcp, udp \} th dport \{ 5060, 10000-20000 \} counter/,
  );
  t.match(text[3], /ip6 saddr and ffff:ffff:8000:: @v6_33 meta .* counter name dropped6 drop$/);
});

await t.test('the name of a set says its kind, and no other name does', async (t) => {
  for (const text of ['0.0.0.0/0', '203.0.113.9', '::/0', '2001:db8::/32', '::1'])
    t.match(kindOf(setName(prefix(text))), { family: prefix(text).family, length: prefix(text).length });
  for (const name of ['', 'v4_33', 'v6_129', 'v5_1', 'v4_01', 'v4_', 'v4_1 ', 'xv4_1', 'v6_1000'])
    t.equal(kindOf(name), null, name);
  t.strictSame(USUAL_KINDS.map(setType), ['ipv4_addr', 'ipv4_addr', 'ipv6_addr', 'ipv6_addr']);
});

await t.test('changes are grouped by set: out first, then in', async (t) => {
  const changes = [
    add('203.0.113.9'),
    remove('203.0.113.8'),
    add('2001:db8::/64', 3600),
    add('203.0.113.7', 31_536_000),
  ];
  t.equal(
    changesText(changes, (text) => text === '203.0.113.9/32'),
    `add element inet asterisk_auth_stats v4_32 { 203.0.113.9, 203.0.113.8 }
delete element inet asterisk_auth_stats v4_32 { 203.0.113.9, 203.0.113.8 }
add element inet asterisk_auth_stats v4_32 { 203.0.113.9 timeout 60s, 203.0.113.7 timeout 31536000s }
add element inet asterisk_auth_stats v6_64 { 2001:db8:: timeout 3600s }
`,
  );
  t.equal(changesText([], none), '');
});

await t.test('of several changes to a prefix the last one counts', async (t) => {
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

const anyPrefix = fc
  .oneof(
    fc.ipV4().map((text) => [text, 32] as const),
    fc.ipV6().map((text) => [text, 128] as const),
  )
  .chain(([text, bits]) => fc.integer({ min: 0, max: bits }).map((length) => [text, length] as const))
  .map(([text, length]) => {
    const address = parseAddress(text.replace(/%.*/, ''));
    if (address === null) throw new Error(text);
    return prefix(maskedPrefix(address, address.includes(':') ? length : Math.min(length, 32)));
  });
const anyChange = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), prefix: anyPrefix, seconds: fc.integer({ min: 1, max: 31_536_000 }) }),
  fc.record({ kind: fc.constant('remove' as const), prefix: anyPrefix }),
);

await t.test('whatever changes, the text has nothing but prefixes that were read again', async (t) => {
  const LINE =
    /^(?:add|delete) element inet asterisk_auth_stats (v[46]_\d{1,3}) \{ ([0-9a-f:.]+(?: timeout \d+s)?(?:, [0-9a-f:.]+(?: timeout \d+s)?)*) \}$/;
  const isGood = (line: string) => {
    const [, name = '', elements = ''] = LINE.exec(line) ?? [];
    const kind = kindOf(name);
    if (kind === null) return false;
    return elements.split(', ').every((element) => parsePrefix(`${element.split(' ')[0]}/${kind.length}`) !== null);
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

await t.test('what is no prefix or no time gets into no text', async (t) => {
  const good = prefix('203.0.113.9');
  const as = (change: object) => [{ kind: 'add', prefix: good, seconds: 1, ...change }] as FirewallChange[];
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
  ])
    t.throws(() => changesText(as({ prefix: { ...good, ...bad } }), none), RangeError, JSON.stringify(bad));
  for (const seconds of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 32_000_000])
    t.throws(() => changesText(as({ seconds }), none), RangeError, `${seconds}`);
});
