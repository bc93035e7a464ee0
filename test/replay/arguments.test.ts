import t from 'tap';
import { replayArguments } from '../../src/replay/arguments.js';

await t.test('files alone are read as what they are, and nothing is banned', (t) => {
  t.strictSame(replayArguments(['b', '-', 'a']), {
    files: ['b', '-', 'a'],
    format: null,
    top: 20,
    isJson: false,
    explain: null,
    ban: 'none',
  });
  t.end();
});

await t.test('every option is read', (t) => {
  const args = ['--json', '--top', '7', '--explain', '::FFFF:203.0.113.9', '--ban', '--source', 'messages-log', 'a'];
  const of = { format: 'messages-log', top: 7, isJson: true, explain: '203.0.113.9' };
  t.match(replayArguments(args), { ...of, ban: 'in-force' });
  t.match(replayArguments(['--ban-all', 'a']), { ban: 'all' });
  t.end();
});

await t.test('what is not understood is told', (t) => {
  for (const [args, message] of [
    [[], 'replay needs a file, or - for standard input'],
    [['-', 'a', '-'], 'standard input can be read once only'],
    [['--ban', '--ban-all', 'a'], '--ban and --ban-all exclude each other'],
    [['--top', '0', 'a'], '--top is a whole number from 1 to 10000, not "0"'],
    [['--top', '10001', 'a'], '--top is a whole number from 1 to 10000, not "10001"'],
    [['--top', '1e3', 'a'], '--top is a whole number from 1 to 10000, not "1e3"'],
    [['--explain', 'pbx', 'a'], '--explain needs an IP address, not "pbx"'],
    [['--source', 'log', 'a'], '--source is one of ami, security-log, messages-log, not "log"'],
    [['--verbose', 'a'], /Unknown option '--verbose'/],
  ] as const) {
    t.match(replayArguments(args), { message });
  }
  t.end();
});
