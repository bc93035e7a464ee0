import t from 'tap';
import { trustArguments } from '../../src/operator/trust-arguments.js';

await t.test('an account is what stands before the last @, an address what stands behind it', async (t) => {
  const cases: [text: string, account: string, address: string][] = [
    ['100@203.0.113.9', '100', '203.0.113.9'],
    ['sales@acme.example@203.0.113.9', 'sales@acme.example', '203.0.113.9'],
    ['@@203.0.113.9', '@', '203.0.113.9'],
    ['100@2001:DB8:0::1', '100', '2001:db8::1'],
    ['100@2001:db8:1:2::/64', '100', '2001:db8:1:2::'],
    ['100@::ffff:203.0.113.9', '100', '203.0.113.9'],
    ['a b@fe80::1%eth0', 'a b', 'fe80::1%eth0'],
  ];
  for (const [text, account, address] of cases) {
    t.strictSame(trustArguments([text]), { command: 'trust', trusted: [{ account, address }] }, text);
  }
});

await t.test('each command is understood', async (t) => {
  const trusted = [
    { account: '100', address: '203.0.113.9' },
    { account: '101', address: '203.0.113.9' },
  ];
  t.strictSame(trustArguments(['--remove', '100@203.0.113.9', '101@203.0.113.9']), { command: 'remove', trusted });
  t.strictSame(trustArguments(['--list']), { command: 'list', isJson: false });
  t.strictSame(trustArguments(['--list', '--json']), { command: 'list', isJson: true });
  t.strictSame(trustArguments(['-h', 'x']), { command: 'help' });
});

await t.test('what is wrong is told, in words fit for a terminal', async (t) => {
  const cases: [args: string[], fault: RegExp][] = [
    [[], /^trust needs an ACCOUNT@ADDRESS$/],
    [['100'], /^"100" is no ACCOUNT@ADDRESS$/],
    [['203.0.113.9'], /is no ACCOUNT@ADDRESS/],
    [['@203.0.113.9'], /no account of 1 to 256 characters/],
    [[`${'x'.repeat(257)}@203.0.113.9`], /no account of 1 to 256 characters/],
    [['100@host.example'], /no IP address behind its last @/],
    [['100@203.0.113.0/24'], /no IP address behind its last @/],
    [['100@2001:db8::/48'], /no IP address behind its last @/],
    [['100@\x1b[2J'], /\\x1b/],
    [['--list', '100@203.0.113.9'], /takes nothing else/],
    [['--list', '--remove'], /takes nothing else/],
    [['--json', '100@203.0.113.9'], /--json goes with --list/],
    [['--forever'], /Unknown option/],
  ];
  for (const [args, fault] of cases) {
    const wrong = trustArguments(args);
    t.match(wrong instanceof Error ? wrong.message : wrong, fault, args.join(' '));
  }
});
