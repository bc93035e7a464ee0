import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { detectFormat, HEAD_BYTES, isCopiedAmi } from '../../src/replay/input-format.js';

import { GOOD_LINES, wrapIn } from '../sources/log/carriers.js';

const RECORDINGS = new URL('../fixtures/recordings/', import.meta.url);
const headOf = (name: string) => readFileSync(new URL(name, RECORDINGS)).subarray(0, HEAD_BYTES);

await t.test('every recording is what its name says', (t) => {
  const formats = { ami: 'ami', security: 'security-log', messages: 'messages-log' };
  const wrong = ['16', '22'].flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, RECORDINGS)).filter((name) => {
      const head = headOf(`${folder}/${name}`);
      const expected = Object.entries(formats).find(([ending]) => name.endsWith(`.${ending}`))?.[1];
      return expected !== undefined && head.length > 0 && detectFormat(head) !== expected;
    }),
  );
  t.strictSame(wrong, []);
  t.end();
});

await t.test('a stream of AMI that begins in mid-block is AMI', (t) => {
  const whole = headOf('22/pjsip-enumeration.ami');
  t.equal(detectFormat(whole.subarray(whole.indexOf('EventTV') + 3)), 'ami');
  t.equal(detectFormat(Buffer.from('Response: Success\r\nMessage: x\r\n\r\n')), 'ami');
  t.end();
});

await t.test("a log stays one when a client writes AMI's or the security log's words into it", (t) => {
  const notice = (text: string) =>
    `[Nov 21 01:43:40] NOTICE[31423] chan_sip.c: Registration from '${text}' failed for '203.0.113.9:5060' - Wrong password\n`;
  t.equal(detectFormat(Buffer.from(notice('Event: X Privilege: security,all'))), 'messages-log');
  t.equal(detectFormat(Buffer.from(notice('SECURITY[1] x: SecurityEvent="InvalidPassword"'))), 'messages-log');
  t.end();
});

await t.test('a log of all levels is what most of its lines of failures are', (t) => {
  const security = headOf('22/pjsip-enumeration.security');
  const messages = headOf('22/pjsip-enumeration.messages');
  t.equal(detectFormat(Buffer.concat([messages, security])), 'security-log');
  t.equal(detectFormat(Buffer.concat([messages, messages, messages, security])), 'messages-log');
  t.equal(detectFormat(Buffer.from('Nov 21 01:43:40 host asterisk[1]: VERBOSE[2] pbx.c: Executing\n')), 'messages-log');
  t.end();
});

await t.test('what a reader can read is what it is, whatever carried it', (t) => {
  const [notice = '', security = ''] = GOOD_LINES;
  for (const { name, wrap } of wrapIn) {
    t.equal(detectFormat(Buffer.from(wrap(notice))), 'messages-log', name);
    t.equal(detectFormat(Buffer.from(wrap(security))), 'security-log', name);
    t.equal(detectFormat(Buffer.from(wrap(notice) + wrap(security))), 'security-log', `${name}, both`);
  }
  t.equal(detectFormat(Buffer.from(`?! ${security}`)), 'security-log', 'behind a prefix that nobody knows');
  t.equal(
    detectFormat(Buffer.from('SECURITY[1] x.c: hello\n')),
    'messages-log',
    'a line of the logger that says nothing',
  );
  t.equal(detectFormat(Buffer.from(security.trimEnd())), 'security-log', 'without a line end');
  t.equal(detectFormat(Buffer.from('{"message":"[Nov 21 01:44:33] VERBOSE[1] x.c: y"}\n')), 'messages-log');
  t.end();
});

await t.test('AMI that lost its CRs is AMI, and a copy', (t) => {
  const whole = headOf('22/pjsip-enumeration.ami');
  const copied = Buffer.from(whole.toString('latin1').replaceAll('\r', ''), 'latin1');
  t.equal(detectFormat(copied), 'ami');
  t.equal(detectFormat(copied.subarray(copied.indexOf('EventTV') + 3)), 'ami');
  t.strictSame([isCopiedAmi(whole), isCopiedAmi(copied)], [false, true]);
  t.end();
});

await t.test('anything else is nothing', (t) => {
  for (const text of ['', '\n\n', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', '"NOTICE[1]"\n', '{"a":1}']) {
    t.equal(detectFormat(Buffer.from(text)), null, text);
  }
  t.end();
});
