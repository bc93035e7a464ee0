import t from 'tap';
import { LinePattern, linePatterns } from '../../src/text/line-pattern.js';

await t.test('a pattern finds the address and the account', async (t) => {
  const found: [pattern: string, line: string, host: string, account: string | null][] = [
    ['please block <HOST>', 'please block 192.0.2.1', '192.0.2.1', null],
    [
      "'<HOST>' - Dialplan Noted Suspicious IP Address",
      "'192.0.2.1' - Dialplan Noted Suspicious IP Address",
      '192.0.2.1',
      null,
    ],
    ['Blocked <HOST>.', 'Blocked 2001:db8::1.', '2001:db8::1', null],
    ['<HOST> is bad', '[2001:db8::1]:5060 is bad', '[2001:db8::1]:5060', null],
    ["Call from '<ACCOUNT>' (<HOST>) to *", "Call from '101' (192.0.2.1:0) to extension '9'", '192.0.2.1:0', '101'],
    [
      '*login of <ACCOUNT> failed from <HOST>*',
      'GUI: login of admin failed from 192.0.2.1 (3 times)',
      '192.0.2.1',
      'admin',
    ],
    ['bad <HOST> user <ACCOUNT>', 'bad 192.0.2.1 user a b', '192.0.2.1', 'a b'],
  ];
  for (const [pattern, line, host, account] of found) {
    t.strictSame(new LinePattern(pattern).read(line), { host, account }, line);
  }
});

await t.test('another line is none, and neither is half a line', async (t) => {
  const pattern = new LinePattern('please block <HOST> now');
  for (const line of [
    '',
    'please block',
    'please block x now',
    'please block 192.0.2.1',
    'so please block 192.0.2.1 now',
    'please block 192.0.2.1 now!',
  ]) {
    t.equal(pattern.read(line), null, line);
  }
  t.equal(new LinePattern('a * bbb * <HOST>').read('a bbb 1.1.1.1'), null);
});

await t.test('two addresses where one is meant are ambiguous, and the same one twice is not', async (t) => {
  const pattern = new LinePattern('<ACCOUNT> from <HOST>*');
  t.equal(pattern.read('x from 9.9.9.9 from 192.0.2.1'), 'ambiguous');
  t.match(pattern.read('x from 192.0.2.1 from 192.0.2.1'), { host: '192.0.2.1' });
});

await t.test('what is wrong with a pattern is said', async (t) => {
  const { patterns, faults } = linePatterns(
    '# mine\n\nplease block <HOST>\nblock it\n<HOST> <HOST> xxxx\n<ACCOUNT> a <ACCOUNT> <HOST>\n*<HOST> xxxx\nab<HOST>\n',
  );
  t.equal(patterns.length, 1);
  t.strictSame(
    faults.map((fault) => fault.split(':').slice(0, 2).join(':')),
    [
      'line 4: <HOST> has to be in it, once',
      'line 5: <HOST> has to be in it, once',
      'line 6: <ACCOUNT> can be in it once only',
      'line 7: <HOST>, <ACCOUNT> and * need text between them',
      'line 8: it needs 4 letters of its own at least',
    ],
  );
});

await t.test('the time grows with the length of the line alone', async (t) => {
  const pattern = new LinePattern('*a*a*a*a*a*a*a*a*a* <HOST>*a*a*a*a*a*ab');
  const timeOf = (letters: number) => {
    const line = `${'a'.repeat(letters)} 1.1.1.1 ${'a'.repeat(letters)}`;
    const start = process.cpuUsage();
    for (let n = 0; n < 20; n++) t.equal(pattern.read(line), null);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1_000;
  };
  timeOf(1_000);
  t.ok(timeOf(1_000_000) < 2_000, 'twenty lines of 2 MB in two seconds');
});
