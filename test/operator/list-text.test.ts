import t from 'tap';
import { banListText } from '../../src/operator/list-text.js';
import { LISTED, NOW } from '../wire/operator-fixtures.js';

const WIDE = Number.POSITIVE_INFINITY;

await t.test('a list is a table and how many they are', async (t) => {
  const other = { ...LISTED, address: '2001:db8::/64', origin: 'manual', packets: null, isEnforced: false } as const;
  t.equal(
    banListText([LISTED, other], NOW, WIDE),
    [
      '  address          reason       origin      since    left  packets dropped',
      '  203.0.113.9      brute_force  decision  5 min ago  55 min            1,234',
      '  2001:db8::/64 *  brute_force  manual    5 min ago  55 min                -',
      '',
      '  2 bans; 1 not in the firewall (marked with *): see bans status',
    ]
      .join('\n')
      .replace('origin      since    left  packets', 'origin        since    left  packets'),
  );
  t.match(banListText([LISTED], NOW, WIDE), /\n {2}1 ban$/);
});

await t.test('nobody is somebody to tell of', async (t) => {
  t.equal(banListText([], NOW, WIDE), 'nobody is banned');
});

await t.test('hostile text shows and does nothing, and no line is wider than the terminal', async (t) => {
  const text = banListText([{ ...LISTED, reason: `\x1b[2J\u202e\n${'x'.repeat(100)}` }], NOW, 60);
  t.match(text, '\\x1b[2J\\u{202e}\\x0a');
  t.match(text, /^[\x20-\x7e…\n]+$/);
  t.ok(text.split('\n').every((line) => line.length <= 65));
});
