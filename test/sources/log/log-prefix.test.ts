import fc from 'fast-check';
import t from 'tap';
import { hasLogPrefix, readLogPrefix } from '../../../src/sources/log/log-prefix.js';

const NOW = new Date(2026, 10, 21, 12).getTime();
const AT = new Date(2026, 10, 21, 1, 44, 33).getTime();
const MESSAGE = "Registration from '1' failed for '203.0.113.9' - Wrong password";

function read(line: string) {
  return readLogPrefix(line, () => NOW);
}

await t.test('the prefix of every logger gives the time, the level, the thread, the call and the file', async (t) => {
  const forms: [prefix: string, thread: string, callId: string][] = [
    ['[Nov 21 01:44:33] NOTICE[31311] chan_sip.c: ', '31311', ''],
    ['[Nov 21 01:44:33] NOTICE[31311][C-0000abcd] chan_sip.c: ', '31311', 'C-0000abcd'],
    ['[Nov 21 01:44:33] NOTICE[31311]: chan_sip.c:28468 handle_request_register: ', '31311', ''],
    ['[Nov 21 01:44:33] NOTICE[31311]: chan_sip.c:28468 in handle_request_register: ', '31311', ''],
    [
      '[Nov 21 01:44:33] NOTICE[31311][C-0000abcd]: chan_sip.c:28468 in handle_request_register: ',
      '31311',
      'C-0000abcd',
    ],
    ['[Nov 21 01:44:33] NOTICE [31311] chan_sip.c: ', '31311', ''],
    ['[Nov 21 01:44:33] NOTICE chan_sip.c: ', '', ''],
    ['[Nov 21 01:44:33] NOTICE[1] channels/chan_sip.c:12: ', '1', ''],
    ['[Nov 21 01:44:33] NOTICE[1] chan_sip.c in handle_request: ', '1', ''],
    ['[2026-11-21 01:44:33] NOTICE[1] chan_sip.c: ', '1', ''],
    ['Nov 21 01:44:33 NOTICE[1] chan_sip.c: ', '1', ''],
    ['Nov 21 01:44:33 NOTICE[1]: chan_sip.c:3: ', '1', ''],
    ['Nov 21 01:44:33 pbx asterisk[123]: NOTICE[1]: chan_sip.c:1234 in handle_request_register: ', '1', ''],
    ['<133>Nov 21 01:44:33 pbx asterisk[123]: NOTICE[1][C-0000abcd]: chan_sip.c:1 in f: ', '1', 'C-0000abcd'],
    ['<133>1 2026-11-21T01:44:33 pbx.example.org asterisk 123 - - NOTICE[1]: chan_sip.c:1 in f: ', '1', ''],
    ['2026-11-21T01:44:33.000000 pbx asterisk[123]: [Nov 21 01:44:33] NOTICE[1] chan_sip.c: ', '1', ''],
    ['Nov 21 01:44:33 pbx asterisk[123]: #033[1;33mNOTICE#033[0m[1]: chan_sip.c:1 in f: ', '1', ''],
    [
      '[Nov 21 01:44:33] \x1b[1;33mNOTICE\x1b[0m[1]: \x1b[1;37mchan_sip.c\x1b[0m:\x1b[1;37m28\x1b[0m \x1b[1;37mf\x1b[0m: ',
      '1',
      '',
    ],
    ['asterisk_1  | [Nov 21 01:44:33] NOTICE[1] chan_sip.c: ', '1', ''],
    ['[Nov 21 01:44:33.345] NOTICE[1] chan_sip.c: ', '1', ''],
  ];
  for (const [prefix, thread, callId] of forms) {
    const at = AT + (prefix.includes('.345') ? 345 : 0);
    t.strictSame(
      read(prefix + MESSAGE),
      { at, level: 'NOTICE', thread, callId, file: 'chan_sip.c', message: MESSAGE },
      prefix,
    );
    t.ok(hasLogPrefix(prefix + MESSAGE));
  }
});

await t.test('every level is read as it stands', async (t) => {
  for (const level of ['NOTICE', 'WARNING', 'ERROR', 'SECURITY', 'VERBOSE', 'DEBUG', 'DTMF']) {
    t.match(read(`[Nov 21 01:44:33] ${level}[1] pbx.c: text`), { level, file: 'pbx.c', message: 'text' });
  }
});

await t.test('a file of a folder is known by its name', async (t) => {
  const line = '[Nov 21 01:44:33] NOTICE[1] res_pjsip/pjsip_distributor.c:649 log_failed_request: text';
  t.match(read(line), { file: 'pjsip_distributor.c', message: 'text' });
});

await t.test('an IPv6 address at the beginning of a message is no function', async (t) => {
  for (const address of ['fe80::9', '2001:db8::9', '::1', 'abcd:1::2']) {
    t.match(read(`[Nov 21 01:44:33] NOTICE[1] manager.c: ${address} failed`), { message: `${address} failed` });
    t.match(read(`[Nov 21 01:44:33] NOTICE[1] manager.c:12 f: ${address} failed`), { message: `${address} failed` });
    t.match(read(`[Nov 21 01:44:33] NOTICE[1] manager.c:12: ${address} failed`), { message: `${address} failed` });
  }
});

await t.test('a line without a file, and one of the dialplan, are told apart', async (t) => {
  t.match(read(`[Nov 21 01:44:33] NOTICE[1]: ${MESSAGE}`), { file: '', message: MESSAGE });
  t.match(read('[Nov 21 01:44:33] WARNING[1][C-1] Ext. s: text'), { file: 'Ext.', message: 's: text', callId: 'C-1' });
});

await t.test('a line without a time is of now', async (t) => {
  t.match(read('NOTICE[1] chan_sip.c: text'), { at: NOW, file: 'chan_sip.c' });
  t.match(read('[pbx] NOTICE[1] chan_sip.c: text'), { at: NOW });
});

await t.test('a line without a level, or with text in front of it, has no prefix', async (t) => {
  for (const line of ['', 'Packet timed out', 'NOTICEABLE', '[Nov 21 01:44:33] Asterisk 16 built by nobody']) {
    t.equal(read(line), null, line);
    t.notOk(hasLogPrefix(line));
  }
  t.equal(read(`a 'quoted' word NOTICE[1] chan_sip.c: ${MESSAGE}`), null);
  t.equal(read(`${'x '.repeat(200)}NOTICE[1] chan_sip.c: ${MESSAGE}`), null);
});

await t.test('the first level is the line\u2019s', async (t) => {
  const line = `[Nov 21 01:44:33] VERBOSE[1] pbx.c: NOTICE[1] chan_sip.c: ${MESSAGE}`;
  t.match(read(line), { level: 'VERBOSE', file: 'pbx.c' });
});

await t.test('no line makes it throw', async (t) => {
  const word = fc.constantFrom(
    '[',
    ']',
    'NOTICE',
    ' ',
    ':',
    '1',
    'chan_sip.c',
    'Nov 21 ',
    '\x1b[0m',
    '/',
    '.',
    'Ext. ',
  );
  const text = fc.array(fc.oneof(word, fc.string()), { maxLength: 20 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, (line) => {
      const prefix = read(line);
      return prefix === null || (Number.isFinite(prefix.at) && prefix.message.length <= line.length);
    }),
  );
  t.pass('holds');
});

await t.test('what a carrier wrote gives the time that the line has not, and the year', async (t) => {
  const at = (line: string, carried: string) => readLogPrefix(line, () => NOW, carried)?.at;
  const local = (...parts: [number, number, number, number, number, number]) => new Date(...parts).getTime();
  t.equal(at('NOTICE[1] x.c: y', '2022-07-09T12:06:57Z pbx asterisk[1]: '), Date.UTC(2022, 6, 9, 12, 6, 57));
  t.equal(
    at('[Jul  9 10:06:57] NOTICE[1] x.c: y', 'Sat Jul  9 12:06:57 2022 daemon.info a[1]: '),
    local(2022, 6, 9, 10, 6, 57),
  );
  t.equal(
    at('[2021-07-09 10:06:57] NOTICE[1] x.c: y', 'Sat Jul  9 12:06:57 2022 daemon.info a[1]: '),
    local(2021, 6, 9, 10, 6, 57),
  );
  t.equal(at('NOTICE[1] x.c: y', '1795225473.123456 '), 1_795_225_473_123);
  t.equal(at('NOTICE[1] x.c: y', 'pbx-1  | '), NOW);
  t.equal(at('[M\u00e4r 14 12:19:53] NOTICE[1] x.c: y', ''), local(2026, 2, 14, 12, 19, 53));
});
