import t from 'tap';
import { bansArguments } from '../../src/operator/arguments.js';
import { target } from '../wire/operator-fixtures.js';

const [ONE, NET, SOCKET] = [target('203.0.113.9'), target('2001:db8::/32'), target('[2001:db8::1]:5062')];

await t.test('every command is read with its addresses and options', async (t) => {
  const cases: [args: string, read: object][] = [
    ['list', { command: 'list', isJson: false }],
    ['list --json', { command: 'list', isJson: true }],
    ['status', { command: 'status', isJson: false }],
    ['flush --yes', { command: 'flush', isJson: false }],
    ['flush --json --yes', { command: 'flush', isJson: true }],
    ['remove 203.0.113.9', { command: 'remove', targets: [ONE], isJson: false }],
    ['test 203.0.113.9 - 2001:DB8::/32 --json', { command: 'test', targets: [ONE, '-', NET], isJson: true }],
    ['remove 203.0.113.9 [2001:db8::1]:5062', { command: 'remove', targets: [ONE, SOCKET], isJson: false }],
    ['add -', { command: 'add', targets: ['-'], isJson: false, seconds: 3600, reason: 'manual' }],
    [
      'add --for 7d 203.0.113.9 --reason noisy',
      { command: 'add', targets: [ONE], isJson: false, seconds: 604_800, reason: 'noisy' },
    ],
    [
      'add --for=365d 203.0.113.9',
      { command: 'add', targets: [ONE], isJson: false, seconds: 31_536_000, reason: 'manual' },
    ],
  ];
  for (const [args, read] of cases) t.strictSame(bansArguments(args.split(' ')), read, args);
  for (const args of ['--help', '-h', 'add --help', 'nonsense -h'])
    t.strictSame(bansArguments(args.split(' ')), { command: 'help' });
});

await t.test('what is not understood is told', async (t) => {
  const cases: [args: string[], message: RegExp][] = [
    [[], /^bans needs a command: list, add, remove, flush, test, status$/],
    [['ban'], /^unknown command "bans ban"$/],
    [['\x1b[2J'], /^unknown command "bans \\x1b\[2J"$/],
    [['toString'], /unknown command/],
    [['list', '203.0.113.9'], /bans list takes no address; bans test tells about one/],
    [['status', 'x'], /bans status takes no address/],
    [['flush'], /bans flush ends all bans: say --yes if you mean it/],
    [['flush', '--yes', '::1'], /takes no address; bans remove does/],
    [['add'], /bans add needs an address, or - for standard input/],
    [['remove'], /bans remove needs an address/],
    [['test', '-', '::1', '-'], /standard input can be read once only/],
    [['add', 'pbx', '::1', '203.0.113.9/24'], /^"pbx" is no IP address.*; "203\.0\.113\.9\/24" has bits set/],
    [['add', '203.0.113.9:0', '203.0.113.0/24:5060'], /has no port behind.*; .* goes with a single address only$/],
    [['remove', '--for', '1h', '::1'], /Unknown option '--for'/],
    [['list', '--verbose'], /Unknown option '--verbose'/],
    [['add', '::1', '--for'], /argument missing/],
    ...['0', '366d', '1y', ''].map((time): [string[], RegExp] => [
      ['add', '::1', `--for=${time}`],
      /--for is a time of 1s to 365d/,
    ]),
    ...['', 'a\nb', 'x'.repeat(129)].map((text): [string[], RegExp] => [
      ['add', '::1', `--reason=${text}`],
      /--reason is a text of 1 to 128/,
    ]),
  ];
  for (const [args, message] of cases) {
    const read = bansArguments(args);
    t.ok(read instanceof Error, args.join(' '));
    t.match(read, { message });
  }
});
