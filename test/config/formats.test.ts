import fc from 'fast-check';
import t from 'tap';
import {
  accountList,
  attempt,
  boolean,
  choice,
  eventMask,
  type Format,
  FormatFault,
  host,
  hostName,
  line,
  meterPrefix,
  path,
  port,
  quote,
  socketPath,
  webUrl,
  wholeNumber,
} from '../../src/config/formats.js';

/** What is wrong with the text; null for a good one. */
function faultOf(format: Format<unknown>, text: string): string | null {
  const value = attempt(format, text);
  return value instanceof FormatFault ? value.message : null;
}

const refusedBy = (format: Format<unknown>, ...texts: string[]) =>
  texts.filter((text) => faultOf(format, text) !== null);

await t.test('a port is decimal digits from 1 to 65535 and nothing else', async (t) => {
  t.same(['1', '5038', '65535'].map(port), [1, 5038, 65535]);
  const bad = [
    '',
    '0',
    '65536',
    '70000',
    '5038abc',
    '1e3',
    ' 5038',
    '5038 ',
    '05038',
    '+1',
    '-1',
    '0x10',
    '1.0',
    '5038\n',
    '٣',
    '9'.repeat(400),
  ];
  t.same(refusedBy(port, ...bad), bad);
  t.equal(faultOf(port, '5038abc'), 'must be a whole number from 1 to 65535');
});

await t.test('a port that a container platform injected is told from a slip of the pen', async (t) => {
  t.match(faultOf(port, 'tcp://10.0.0.1:8125'), 'enableServiceLinks: false');
});

await t.test('a number in a range reads as itself, one out of it is refused', async (t) => {
  const format = wholeNumber(100, 60_000);
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.integer({ min: -10, max: 100_000 }), (value) => {
        const isGood = value >= 100 && value <= 60_000;
        return isGood ? attempt(format, String(value)) === value : faultOf(format, String(value)) !== null;
      }),
    ),
  );
});

await t.test('a boolean is one of eight words in either case', async (t) => {
  t.same(['true', '1', 'yes', 'ON', 'True'].map(boolean), [true, true, true, true, true]);
  t.same(['false', '0', 'No', 'off', 'FALSE'].map(boolean), [false, false, false, false, false]);
  const bad = ['', 'maybe', 'y', 't', '2', '00', ' true', 'truee'];
  t.same(refusedBy(boolean, ...bad), bad);
});

await t.test('a choice is one of its words as they are written, and the fault lists them', async (t) => {
  const format = choice('auto', 'challenge', 'plain');
  t.equal(format('plain'), 'plain');
  t.equal(faultOf(format, 'Plain'), 'must be auto, challenge or plain');
});

await t.test('a host is an address without brackets or a name of RFC 1123', async (t) => {
  const good = [
    '127.0.0.1',
    '::1',
    'fe80::1%eth0',
    '2001:db8::1',
    'localhost',
    'pbx-1.example.com',
    '3com.example',
    'a'.repeat(63),
    'xn--bcher-kva.example',
    'statsd_graphite',
  ];
  t.same(refusedBy(host, ...good), []);
  const bad = [
    '',
    '[::1]',
    'pbx:5038',
    'tcp://pbx',
    '-a',
    'a-',
    'a..b',
    '.a',
    'a.',
    'a b',
    '10.1',
    '256.1.1.1',
    '010.1.1.1',
    '0x7f.1',
    'a.0x7f',
    'a.1',
    'bücher.example',
    'a\n',
    'a'.repeat(64),
    `${'a.'.repeat(126)}aa`,
  ];
  t.same(refusedBy(host, ...bad), bad);
});

await t.test('the usual mistakes in a host are answered with the remedy', async (t) => {
  t.equal(faultOf(host, '[::1]'), 'must be written ::1, without the brackets');
  t.match(faultOf(host, 'pbx.example.com:5038'), 'without a scheme, a port or a path');
  t.match(faultOf(host, '[pbx]:5038'), 'without a scheme, a port or a path');
  t.equal(faultOf(host, 'a b'), 'must be an IP address or a host name');
});

await t.test('the name in a certificate is no address', async (t) => {
  t.equal(hostName('pbx.example.com'), 'pbx.example.com');
  t.equal(faultOf(hostName, '127.0.0.1'), 'must be a host name');
});

await t.test('a line has no control character, no outer blank and an end', async (t) => {
  const format = line(8);
  t.equal(format('a b ü€'), 'a b ü€');
  t.equal(faultOf(format, 'a'.repeat(9)), 'must be text of at most 8 characters');
  t.equal(faultOf(format, ''), 'must be text of at most 8 characters');
  t.equal(faultOf(format, 'a '), 'must not begin or end with a blank');
  for (const character of ['\r', '\n', '\0', '\t', '\x1b', '\x7f', '\x9b']) {
    t.equal(faultOf(format, `a${character}b`), 'must not contain a line break or another control character');
  }
  t.equal(path('/etc/a b'), '/etc/a b');
});

await t.test('a prefix is words with single dots between them', async (t) => {
  t.same(refusedBy(meterPrefix, 'a', 'a.b', 'A-1._x', 'a'.repeat(128)), []);
  const bad = ['', '.', '.a', 'a.', 'a..b', 'a b', 'a:b', 'a|b', 'a\n', 'é', 'a'.repeat(129)];
  t.same(refusedBy(meterPrefix, ...bad), bad);
});

await t.test('an event mask lets security events through, and loses its blanks', async (t) => {
  t.equal(eventMask('security'), 'security');
  t.equal(eventMask('system, security'), 'system,security');
  t.equal(eventMask('all'), 'all');
  t.equal(eventMask('on'), 'on');
  const bad = ['', 'system', 'off', 'security,secret', 'on,security', 'security,', 'Security', '-1'];
  t.same(refusedBy(eventMask, ...bad), bad);
});

await t.test('what is no fault of the text is thrown on', async (t) => {
  const broken = Object.assign(() => JSON.parse('{'), { expects: 'nothing' });
  t.throws(() => attempt(broken, ''), SyntaxError);
});

await t.test('a URL is one of HTTP, without user and password, and without what a parser takes out', async (t) => {
  const good = ['http://graphite/events/', 'https://chat.example:8443/a?b=c#d', 'http://[::1]:80/', 'HTTP://X/'];
  t.same(refusedBy(webUrl, ...good), []);
  t.equal(webUrl('http://graphite/events/'), 'http://graphite/events/');
  const schemes = ['', 'graphite/events', 'ftp://x/', 'http://', 'javascript:alert(1)'];
  const logins = ['https://user@x/', 'https://:password@x/'];
  const blanks = ['http://x/\ny', 'http://x/\0', ' http://x/', 'http://x/a b', 'http://x/\u2028'];
  const bad = [...schemes, ...logins, ...blanks, `http://x/${'y'.repeat(2040)}`];
  t.same(refusedBy(webUrl, ...bad), bad);
  t.equal(webUrl(`http://x/${'y'.repeat(2039)}`).length, 2048);
});

await t.test('the path of a socket has 106 bytes at most', async (t) => {
  t.equal(socketPath(`/${'x'.repeat(105)}`), `/${'x'.repeat(105)}`);
  t.throws(() => socketPath(`/${'ä'.repeat(54)}`), { message: 'must be the path of a Unix socket, at most 106 bytes' });
});

await t.test('names of accounts are taken as they are written, each once', async (t) => {
  t.same(accountList('9999, admin ,Admin,9999,a b'), ['9999', 'admin', 'Admin', 'a b']);
  const bad = ['', ',', 'a,', 'a,,b', 'a\x1bb', 'a'.repeat(129), Array.from({ length: 1001 }, (_, n) => n).join()];
  t.same(refusedBy(accountList, ...bad), bad);
  t.equal(faultOf(accountList, ','), 'must be names of accounts with commas between them, at most 1000');
});

await t.test('control characters cannot reach a terminal through a quoted text', async (t) => {
  t.equal(quote('a\x1b[2J\n\x00\x9b'), "'a\\x1B[2J\\n\\x00\\x9B'");
});

await t.test('a long text is cut at 200 characters', async (t) => {
  t.equal(quote('a'.repeat(200)), `'${'a'.repeat(200)}'`);
  t.equal(quote('a'.repeat(201)), `'${'a'.repeat(200)}'...`);
});
