import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { detectFormat, HEAD_BYTES } from '../../src/replay/input-format.js';

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

await t.test('anything else is nothing', (t) => {
  for (const text of [
    '',
    '\n\n',
    'SECURITY[1] x.c: hello\n',
    'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
    '"NOTICE[1]"\n',
    '{"a":1}',
  ]) {
    t.equal(detectFormat(Buffer.from(text)), null, text);
  }
  t.end();
});
