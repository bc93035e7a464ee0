import fc from 'fast-check';
import t from 'tap';
import {
  chainRules,
  emptyingText,
  installText,
  isInstalled,
  readTable,
  removalText,
} from '../../../src/blocking/firewalls/iptables-text.js';
import { PortRange } from '../../../src/domain/port-range.js';

const RULES = chainRules([{ name: 'set4', what: 'src' }], null);
const RULE = '-A ASTERISK_AUTH_STATS -m set --match-set set4 src -j DROP';
const JUMP = '-A PREROUTING -c 12 3456 -j ASTERISK_AUTH_STATS';

/** As iptables 1.8.9 writes it, of nf_tables and legacy alike. */
const table = (...lines: string[]) =>
  readTable(['-P PREROUTING ACCEPT -c 0 0', '-P OUTPUT ACCEPT -c 0 0', ...lines, ''].join('\n'));
const NOTHING = table();
const WHOLE = table(
  '-N ASTERISK_AUTH_STATS',
  '-N OTHER',
  JUMP,
  '-A OTHER -c 1 2 -j DROP',
  '-A ASTERISK_AUTH_STATS -m set --match-set set4 src -c 3 1302 -j DROP',
);

const port = (first: number, last = first) => new PortRange(first, last);

await t.test('without ports one rule drops all traffic', async (t) => {
  t.strictSame(RULES, [RULE]);
});

await t.test('with ports a rule each drops UDP and TCP to them', async (t) => {
  t.strictSame(chainRules([{ name: 'set6', what: 'src' }], [port(5060, 5061), port(8089)]), [
    '-A ASTERISK_AUTH_STATS -p udp -m multiport --dports 5060:5061,8089 -m set --match-set set6 src -j DROP',
    '-A ASTERISK_AUTH_STATS -p tcp -m multiport --dports 5060:5061,8089 -m set --match-set set6 src -j DROP',
  ]);
});

await t.test('a set of sockets is asked for address and port, after that of addresses', async (t) => {
  const sets = [
    { name: 'set4', what: 'src' },
    { name: 'sockets4', what: 'src,src' },
  ] as const;
  t.strictSame(chainRules(sets, null), [RULE, '-A ASTERISK_AUTH_STATS -m set --match-set sockets4 src,src -j DROP']);
  t.equal(chainRules(sets, [port(5060)]).length, 4);
});

await t.test('more ports than a rule takes are more rules: fifteen, and a range is two', async (t) => {
  const lists = (ports: readonly PortRange[]) =>
    chainRules([{ name: 's', what: 'src' }], ports).map((rule) => /--dports (\S+)/.exec(rule)?.[1]?.split(',').length);
  const single = (count: number) => Array.from({ length: count }, (_, index) => port(index + 1));
  t.strictSame(lists(single(15)), [15, 15]);
  t.strictSame(lists(single(16)), [15, 1, 15, 1]);
  t.strictSame(lists([...single(14), port(20, 30)]), [14, 1, 14, 1]);
  t.strictSame(lists([...single(13), port(20, 30)]), [14, 14]);
});

await t.test('no port is left out and none is added, and each rule has room for its own', async (t) => {
  const anyPort = fc.integer({ min: 1, max: 65_535 });
  const anyRange = fc.tuple(anyPort, anyPort).map(([a, b]) => port(Math.min(a, b), Math.max(a, b)));
  fc.assert(
    fc.property(fc.array(anyRange, { minLength: 1, maxLength: 60 }), (ports) => {
      const rules = chainRules([{ name: 's', what: 'src' }], ports).filter((rule) => rule.includes('-p tcp'));
      const lists = rules.map((rule) => /--dports (\S+)/.exec(rule)?.[1] ?? '');
      const texts = ports.map(({ first, last }) => (first === last ? `${first}` : `${first}:${last}`));
      return lists.join() === texts.join() && lists.every((list) => list.split(/[,:]/).length <= 15);
    }),
  );
  t.pass('holds');
});

await t.test('what is no port is our fault, and so is none', async (t) => {
  t.throws(() => chainRules([{ name: 's', what: 'src' }], []), RangeError);
  for (const bad of [port(0), port(65_536), port(1, 65_536), port(2, 1), port(1.5), port(Number.NaN)]) {
    t.throws(() => chainRules([{ name: 's', what: 'src' }], [bad]), RangeError);
  }
});

await t.test('the table is read: our chain, its rules and the jumps to it, with what they counted', async (t) => {
  t.strictSame(WHOLE, {
    hasChain: true,
    jumps: 1,
    isFirst: true,
    rules: [{ text: RULE, packets: 3, bytes: 1302 }],
  });
  t.strictSame(NOTHING, { hasChain: false, jumps: 0, isFirst: false, rules: [] });
});

await t.test('only what is ours is taken for ours', async (t) => {
  const others = table(
    '-N ASTERISK_AUTH_STATS2',
    '-A PREROUTING -i eth0 -c 1 2 -j ASTERISK_AUTH_STATS',
    '-A PREROUTING -c 1 2 -g ASTERISK_AUTH_STATS',
    '-A PREROUTING -c 1 2 -j ASTERISK_AUTH_STATS2',
    '-A OUTPUT -c 1 2 -j ASTERISK_AUTH_STATS',
    '-A ASTERISK_AUTH_STATS2 -c 1 2 -j DROP',
    'PREROUTING -c 1 2 -j ASTERISK_AUTH_STATS',
  );
  t.strictSame(others, NOTHING);
});

await t.test('a jump behind another rule, and one that is there twice, are seen', async (t) => {
  const other = '-A PREROUTING -c 0 0 -j ACCEPT';
  t.match(table(other, JUMP), { jumps: 1, isFirst: false });
  t.match(table(JUMP, other, JUMP), { jumps: 2, isFirst: true });
});

await t.test('it is installed with the rules as they are and a jump anywhere', async (t) => {
  t.ok(isInstalled(WHOLE, RULES));
  t.ok(isInstalled({ ...WHOLE, isFirst: false }, RULES), 'somebody has put a rule in front of it');
  t.notOk(isInstalled({ ...WHOLE, jumps: 0 }, RULES));
  t.notOk(isInstalled({ ...WHOLE, hasChain: false }, RULES));
  t.notOk(isInstalled({ ...WHOLE, rules: [] }, RULES));
  t.notOk(isInstalled({ ...WHOLE, rules: [...WHOLE.rules, ...WHOLE.rules] }, RULES));
  t.notOk(isInstalled(WHOLE, chainRules([{ name: 'set6', what: 'src' }], null)));
});

await t.test('what is missing is installed, and nothing else', async (t) => {
  const text = (listing: typeof WHOLE) => installText(listing, RULES, RULES)?.split('\n').slice(1, -2) ?? null;
  const chain = [':ASTERISK_AUTH_STATS - [0:0]', RULE];
  const jump = '-I PREROUTING 1 -j ASTERISK_AUTH_STATS';
  const noJump = '-D PREROUTING -j ASTERISK_AUTH_STATS';
  t.equal(installText(WHOLE, RULES, RULES), null);
  t.strictSame(text(NOTHING), [...chain, jump]);
  t.strictSame(text({ ...WHOLE, jumps: 0, isFirst: false }), [jump], 'the counters of the chain stay');
  t.strictSame(text({ ...WHOLE, rules: [] }), chain);
  t.strictSame(text({ ...WHOLE, isFirst: false, jumps: 2 }), [noJump, noJump, jump], 'the jump comes first');
  t.equal(installText(NOTHING, RULES, RULES), ['*raw', ...chain, jump, 'COMMIT', ''].join('\n'));
});

await t.test('rules are known again as iptables prints them, and written as we write them', async (t) => {
  const printed = ['-A ASTERISK_AUTH_STATS -m set --match-set set4 src -j NEWS'];
  t.match(installText(WHOLE, RULES, printed), RULE);
  t.equal(installText({ ...WHOLE, rules: [{ text: printed[0] ?? '', packets: 0, bytes: 0 }] }, RULES, printed), null);
});

await t.test('the chain is emptied, and taken away with its jumps, where it is', async (t) => {
  t.equal(emptyingText(NOTHING), null);
  t.equal(removalText(NOTHING), null);
  t.equal(emptyingText(WHOLE), '*raw\n:ASTERISK_AUTH_STATS - [0:0]\nCOMMIT\n');
  t.equal(
    removalText({ ...WHOLE, jumps: 2 }),
    `*raw
:ASTERISK_AUTH_STATS - [0:0]
-D PREROUTING -j ASTERISK_AUTH_STATS
-D PREROUTING -j ASTERISK_AUTH_STATS
-X ASTERISK_AUTH_STATS
COMMIT
`,
  );
});

await t.test('no text makes the reader throw, and what it does not know changes nothing', async (t) => {
  const pieces = fc.constantFrom('-A', '-N', 'PREROUTING', '-c', '1', '-j', 'OTHER', ' ');
  const anyLine = fc.oneof(
    fc.array(pieces).map((parts) => parts.join(' ')),
    fc.string(),
  );
  const isOurs = (line: string) => /ASTERISK_AUTH_STATS|^-A PREROUTING /.test(line);
  fc.assert(
    fc.property(fc.array(anyLine), (lines) => {
      const text = lines.filter((line) => !isOurs(line) && !line.includes('\n'));
      t.strictSame(table(...text), NOTHING);
    }),
    { numRuns: 50 },
  );
});
