import t from 'tap';
import { unknownInput } from '../../src/replay/unknown-input.js';

await t.test('what nobody can read says which line is in the way and what it looks like', async (t) => {
  const looks: [text: string, looks: RegExp][] = [
    ['{"a":1}\n', /line 1 looks like JSON without a message: "\{"a":1\}"/],
    ['{"message":"hello"}', /JSON of another program's/],
    ['\n\n<html>', /line 3 looks like XML/],
    ['REGISTER sip:x SIP/2.0\r\n', /a SIP message/],
    ['SIP/2.0 200 OK', /a SIP message/],
    ['Nov 21 01:44:33 pbx sshd[9]: Invalid user x', /a record of sshd's in a syslog/],
    ['2026-11-21T01:44:33Z hello', /text that is none of Asterisk's logger/],
    ['a,b,c,d,e,f', /a table with commas/],
    ['a\u0000b', /binary data: "a\\x00b"/],
    ['hello \u001b[31m', /text that is none .*"hello \\x1b\[31m"/],
    ['', /line 1 looks like text/],
  ];
  for (const [text, expected] of looks) t.match(unknownInput(Buffer.from(text)), expected, text);
  t.ok(unknownInput(Buffer.from('x'.repeat(5_000))).length < 250, 'a long line is cut');
});

await t.test('what is packed or captured says how to unpack it', async (t) => {
  t.match(unknownInput(Buffer.from([0x50, 0x4b, 3, 4, 1])), /zip archive: unpack it/);
  t.match(unknownInput(Buffer.from([0xd4, 0xc3, 0xb2, 0xa1])), /capture of packets: let tcpdump -A print it/);
});
