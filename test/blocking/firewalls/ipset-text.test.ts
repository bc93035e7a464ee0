import fc from 'fast-check';
import t from 'tap';
import type { FirewallChange } from '../../../src/blocking/firewall.js';
import { changesText, creationText, readNames, readSet } from '../../../src/blocking/firewalls/ipset-text.js';
import { type Prefix, prefixText } from '../../../src/domain/address-set.js';
import { anyPrefix, prefixOf } from './prefixes.js';

const add = (address: string, seconds: number): FirewallChange => ({ kind: 'add', prefix: prefixOf(address), seconds });
const remove = (address: string): FirewallChange => ({ kind: 'remove', prefix: prefixOf(address) });

/** As ipset 7.17 writes it on Linux 6.18. */
const SAVED = `create asterisk_auth_stats4 hash:net family inet hashsize 1024 maxelem 1000000 timeout 0 counters bucketsize 12 initval 0xcbe96b7c
add asterisk_auth_stats4 203.0.113.9 timeout 55 packets 7 bytes 1302
add asterisk_auth_stats4 203.0.113.0/24 timeout 3600 packets 0 bytes 0
add asterisk_auth_stats4 198.51.100.1 timeout 0 packets 0 bytes 0
`;
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

await t.test('what is no prefix never becomes text', async (t) => {
  const good = prefixOf('203.0.113.9');
  const bad: object[] = [
    { address: 'example.org' },
    { address: '203.0.113.9/32 timeout 5\nflush x' },
    { address: '' },
    { length: 24 },
    { length: 33 },
    { family: 'IPV6' },
  ];
  for (const fault of bad) {
    const prefix = { ...good, ...fault } as Prefix;
    t.throws(() => changesText([{ kind: 'add', prefix, seconds: 60 }]), TypeError, JSON.stringify(fault));
    t.throws(() => changesText([{ kind: 'remove', prefix }]), TypeError, JSON.stringify(fault));
  }
});

await t.test('the names of sets are read', async (t) => {
  const names = readNames('foo\nasterisk_auth_stats4\n');
  t.ok(names.has('asterisk_auth_stats4'));
  t.notOk(names.has('asterisk_auth_stats6'));
});

await t.test('a set is read: hosts are prefixes of their full length, and for ever is as long as can be', async (t) => {
  const { isOurs, bans } = readSet(SAVED, 'IPV4');
  t.equal(isOurs, true);
  t.strictSame(
    [...bans].map(([address, { prefix, seconds, packets }]) => [address, prefixText(prefix), seconds, packets]),
    [
      ['203.0.113.9/32', '203.0.113.9/32', 55, 7],
      ['203.0.113.0/24', '203.0.113.0/24', 3600, 0],
      ['198.51.100.1/32', '198.51.100.1/32', 2_147_483, 0],
    ],
  );
});

await t.test('what we ask for is what we know again, whatever the kernel adds', async (t) => {
  for (const family of ['IPV4', 'IPV6'] as const) {
    const text = creationText(family);
    t.ok(readSet(text, family).isOurs, text);
    t.ok(readSet(text.replace('maxelem', 'hashsize 16384 maxelem').replace('\n', ' bucketsize 12\n'), family).isOurs);
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
  t.ok(readSet(CREATED, 'IPV4').isOurs);
  for (const [from, to] of others) t.notOk(readSet(CREATED.replace(from, to), 'IPV4').isOurs, `${from} is ${to}`);
  t.notOk(readSet(CREATED, 'IPV6').isOurs);
  t.notOk(readSet('', 'IPV4').isOurs);
});

await t.test('what is no ban of the family is left out, and the rest is read', async (t) => {
  const bans = (line: string) => [...readSet(`${line}\n${SAVED}`, 'IPV4').bans.keys()].slice(0, -3);
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
  t.equal(readSet(mapped, 'IPV6').bans.size, 0, 'no packet has this source');
});

await t.test('a member without counters has no packets', async (t) => {
  t.equal(readSet('add asterisk_auth_stats4 192.0.2.1 timeout 5', 'IPV4').bans.get('192.0.2.1/32')?.packets, null);
});

await t.test(
  'whatever is told, each line is one command with one prefix, and is read back as it was told',
  async (t) => {
    const LINE = /^(add|del) asterisk_auth_stats[46] [0-9a-f:.]+\/\d{1,3}( timeout [1-9]\d{0,6})?$/;
    const anyChange = fc.oneof(
      fc.record({
        kind: fc.constant('add' as const),
        prefix: anyPrefix,
        seconds: fc.integer({ min: 1, max: 31_536_000 }),
      }),
      fc.record({ kind: fc.constant('remove' as const), prefix: anyPrefix }),
    );
    fc.assert(
      fc.property(fc.array(anyChange), (changes) => {
        const lines = changesText(changes).split('\n');
        if (lines.pop() !== '' || lines.length !== changes.length || !lines.every((line) => LINE.test(line)))
          return false;
        return changes.every(({ kind, prefix }, index) => {
          const { bans } = readSet(lines[index] ?? '', prefix.family);
          return kind === 'add' ? bans.has(prefixText(prefix)) : bans.size === 0;
        });
      }),
    );
    t.pass('holds');
  },
);

await t.test('no text makes the reader throw, and all that it reads is a prefix of the family', async (t) => {
  const pieces = fc.constantFrom(
    'create',
    'add',
    'asterisk_auth_stats4',
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
        [...readSet(text, 'IPV4').bans].every(
          ([address, { prefix }]) => prefix.family === 'IPV4' && prefixText(prefixOf(address)) === address,
        ),
    ),
  );
  t.pass('holds');
});
