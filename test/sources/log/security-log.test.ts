import t from 'tap';
import { SecurityLog } from '../../../src/sources/log/security-log.js';
import { CANARY, FRAMES } from '../ami/event-frames.js';
import { logLine, MESSAGES, message, PREFIX, type Values } from './log-lines.js';
import { eventsOf, numbered, type Output, ReadLog, readLog } from './read-log.js';

const GOOD = logLine(message());
const [EVENT] = eventsOf(readLog(GOOD));
const SIP: Values = { Service: 'SIP', SessionID: '0x55ac3239f780' };
const NOTICE = '[Nov 21 01:44:33] NOTICE[1] chan_sip.c: Registration failed\n';

function read(values: Values, prefix = PREFIX): Output[] {
  return readLog(logLine(message(values), prefix));
}

function without(values: Values, ...keys: string[]): Values {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !keys.includes(key)));
}

await t.test('each type is read with all of its keys and with none that it may lack', async (t) => {
  for (const [index, values] of MESSAGES.entries()) {
    const expected = FRAMES[index]?.event;
    t.strictSame(numbered(eventsOf(readLog(logLine(values)))), numbered(expected === undefined ? [] : [expected]));
    const bare = Object.entries(values).slice(0, values['SecurityEvent'] === 'RequestBadFormat' ? 8 : 9);
    t.match(readLog(logLine(Object.fromEntries(bare))), [{ event: expected?.event, remote: expected?.remote }]);
  }
});

await t.test('no challenge, response or hash is part of an event', async (t) => {
  const text = MESSAGES.map((values) => logLine(values)).join('');
  t.ok(text.split(CANARY).length > 7);
  t.notMatch(JSON.stringify(readLog(text)), CANARY);
});

await t.test('lines of Asterisk 1.8 to 11 are read: their time, their order, what they lack', async (t) => {
  const old = { ...SIP, EventTV: '1368439853-500975' };
  t.match(read(old), [{ event: 'InvalidPassword', at: 1_368_439_853_500, service: 'SIP' }]);
  t.match(read({ ...old, EventTV: '1368439853-975' }), [{ at: 1_368_439_853_000 }]);
  const session = { SessionTV: '1368439853-500975' };
  t.match(read({ ...old, ReceivedChallenge: 'a', ReceivedHash: 'b', Module: 'x', ...session }), [{ account: '101' }]);
  const success = without(message({ ...old, ...session, SecurityEvent: 'SuccessfulAuth' }), 'Challenge');
  t.match(readLog(logLine(success)), [{ event: 'SuccessfulAuth', usingPassword: false }]);
});

await t.test('CRLF line ends, other prefixes and UTF-8 do not matter', async (t) => {
  t.strictSame(readLog(GOOD.replace('\n', '\r\n').repeat(2)), [EVENT, EVENT]);
  t.strictSame(readLog(`${'x'.repeat(700)}${GOOD}`), ['prefix'], 'what is too long is no prefix');
  t.strictSame(read({}, 'Nov 21 01:44:33 pbx asterisk[8]: SECURITY[9]: res_security_log.c:114 in x: '), [EVENT]);
  t.match(read({ AccountID: 'Zo\u00eb \u{1f600}', SessionID: '\u00e4' }), [
    { account: 'Zo\u00eb \u{1f600}', sessionId: '\u00e4' },
  ]);
  t.match(readLog(Buffer.from(logLine(message({ AccountID: 'a\u00ffb' })), 'latin1')), [{ account: 'a\ufffdb' }]);
  t.match(
    readLog(logLine({ ...MESSAGES.find((values) => values['SecurityEvent'] === 'FailedACL'), ACLName: '\u00e4' })),
    [{ aclName: '\u00e4' }],
  );
});

await t.test('what Asterisk itself writes is read strictly', async (t) => {
  const faults: [reason: string, values: Values][] = [
    ['unknown_event', { SecurityEvent: '__proto__' }],
    ['event_tv', { EventTV: '2026-13-21T01:45:33.201+0000' }],
    ['event_tv', { EventTV: '1368439853' }],
    ['value', { Severity: 'error' }],
    ['value', { Service: 'IAX 2', SessionID: '0x55aa' }],
    ['value', { Service: 'IAX2', SessionID: 'a-call' }],
    ['value', { EventVersion: 'x' }],
    ['value', { ...SIP, SessionID: 'abc' }],
    ['address', { LocalAddress: 'IPV4/UDP/192.0.2.1' }],
    ['address', { RemoteAddress: 'IPV4/UDP/010.0.0.1/1' }],
    ['key_order', { Challenge: 'a', Hash: 'b', SecurityEvent: 'ChallengeSent' }],
  ];
  for (const [reason, values] of faults) t.strictSame(read(values), [reason], JSON.stringify(values));
  const lacking: [reason: string, line: string][] = [
    ['key_order', logLine(without(message(), 'Severity'))],
    ['key_order', logLine(without(message(), 'AccountID'))],
    ['key_order', logLine(without(message(), 'LocalAddress'))],
    ['ambiguous', logLine(without(message(), 'SessionID'))],
    ['ambiguous', logLine(without(message(SIP), 'SessionID'))],
    ['truncated', logLine(without(message(), 'RemoteAddress', 'Challenge'))],
    ['key_order', GOOD.replace(',Challenge', ',Hash')],
    ['key_order', GOOD.replace('"RemoteA', '"RXmoteA').replace(',RemoteA', ',RXmoteA')],
    ['key_order', GOOD.replace('LocalAddress="', 'LocalAddress="x"')],
    ['truncated', GOOD.replace(/.{5}\n/, '\n')],
    ['truncated', `${PREFIX}${logLine(message(), '').slice(0, 200)}"\n`],
  ];
  for (const [reason, line] of lacking) t.strictSame(readLog(line), [reason], line);
});

await t.test('an event of a module that is not Asterisk\u2019s own is read, as on AMI', async (t) => {
  for (const Service of ['IAX2', 'TEST']) t.match(read({ Service, SessionID: '0x55aa' }), [{ service: Service }]);
});

await t.test('RequestBadFormat is read from its beginning, where nothing is a client\u2019s', async (t) => {
  const bad = MESSAGES.find((values) => values['SecurityEvent'] === 'RequestBadFormat') ?? {};
  t.strictSame(readLog(logLine({ ...bad, ...SIP, RequestType: 'a"b' })), ['key_order']);
  t.strictSame(readLog(logLine(without(bad, 'SessionID'))), ['key_order']);
  t.strictSame(readLog(logLine(without(bad, 'RemoteAddress'))), ['truncated']);
  const hostile = 'x",LocalAddress="IPV4/1.1.1.1/1",RemoteAddress="IPV4/9.9.9.9/9",RequestType="y';
  t.strictSame(readLog(logLine({ ...bad, ...SIP, RequestType: hostile })), ['key_order']);
});

await t.test('quotes, commas and keys in an account or a Call-ID are part of it', async (t) => {
  const texts = ['a"b', 'a",b="c', 'a",RemoteAddress="IPV4/UDP/9.9.9.9/9"', '","', '"'];
  for (const text of texts) {
    t.match(read({ ...SIP, AccountID: text }), [{ account: text, remote: { address: '203.0.113.9' } }], text);
    t.match(read({ SessionID: text }), [{ account: '101', sessionId: text, remote: { address: '203.0.113.9' } }], text);
  }
  t.match(read({ SessionID: 'a",SessionID="b' }), [{ account: '101', sessionId: 'a",SessionID="b' }]);
  t.match(read({ Service: 'AMI', SessionID: '0x7f', AccountID: 'a",SessionID="0x1' }), [
    { account: 'a",SessionID="0x1' },
  ]);
});

await t.test('where the last address is Asterisk\u2019s it is taken, whatever stands in front of it', async (t) => {
  const pair = 'a",LocalAddress="IPV4/UDP/1.1.1.1/1",RemoteAddress="IPV4/UDP/9.9.9.9/9';
  const sent = { SecurityEvent: 'ChallengeSent', SessionID: `${pair}",Challenge="x` };
  t.match(read(sent), [{ sessionId: `${pair}",Challenge="x`, remote: { address: '203.0.113.9' } }]);
});

await t.test('where it cannot be told which address is Asterisk\u2019s the line is ambiguous', async (t) => {
  const pair = 'a",LocalAddress="IPV4/UDP/1.1.1.1/1",RemoteAddress="IPV4/UDP/9.9.9.9/9",Challenge="x';
  t.strictSame(read({ SessionID: pair }), ['ambiguous']);
  t.strictSame(read({ ReceivedHash: pair }), ['ambiguous']);
  const invalid = without(message({ SecurityEvent: 'InvalidAccountID' }), 'Challenge');
  t.strictSame(readLog(logLine({ ...invalid, AccountID: 'a",SessionID="b' })), ['ambiguous']);
  t.match(readLog(logLine({ ...invalid, SessionID: `${'x'.repeat(40)}",SessionID="b` })), [{ account: '101' }]);
});

await t.test(
  'an escape character that takes Asterisk\u2019s local address away does not make a forged pair the only one',
  async (t) => {
    const forged = 'x",LocalAddress="IPV4/UDP/1.1.1.1/1",RemoteAddress="IPV4/UDP/9.9.9.9/9",Challenge="\u001b';
    const line = logLine(message({ SecurityEvent: 'ChallengeResponseFailed', SessionID: forged, Response: 'r' }));
    t.match(line, /9\.9\.9\.9\/9",Challenge="oteAddress="IPV4\/UDP\/203\.0\.113\.9/, 'as Asterisk 16.28.0 wrote it');
    t.strictSame(readLog(line), ['ambiguous']);
    t.strictSame(read({ SessionID: 'x\u001b' }), ['key_order']);
  },
);

await t.test(
  'a fake line behind a line feed in an account is not handed out, and the lines after it are',
  async (t) => {
    const fake = logLine(message({ ...SIP, RemoteAddress: 'IPV4/9.9.9.9/9' }), '[] SECURITY[1] r: ');
    const line = logLine(message({ ...SIP, AccountID: `a\n${fake.slice(0, -1)}\n` }));
    t.strictSame(readLog(GOOD + line + GOOD), [EVENT, 'truncated', 'injected', 'ignored', EVENT]);
  },
);

await t.test('a line that a client completes and ends itself is not handed out, whatever follows', async (t) => {
  const end = '",SessionID="0x1",LocalAddress="IPV4/1.1.1.1/1",RemoteAddress="IPV4/9.9.9.9/9"\n';
  const head = 'SECURITY[1] r: SecurityEvent="FailedACL",EventTV="1-1",Severity="Error",Service="SIP",EventVersion="1"';
  const plain = readLog(GOOD + logLine(message({ ...SIP, AccountID: end })) + GOOD + GOOD);
  t.strictSame(plain, [EVENT, 'truncated', 'ignored', 'injected', EVENT]);
  const disguised = without(
    message({ ...SIP, SecurityEvent: 'FailedACL', AccountID: `${end}${head},AccountID="` }),
    'Challenge',
  );
  t.strictSame(readLog(logLine(disguised) + GOOD), ['truncated', 'injected', EVENT]);
});

await t.test('a line of chan_sip\u2019s waits for the next one, or until the log is settled', async (t) => {
  const reader = new ReadLog();
  const sip = logLine(message(SIP));
  reader.read(Buffer.from(sip), true);
  t.strictSame(reader.outputs, []);
  reader.read(Buffer.from(sip), false);
  t.match(reader.outputs, [{ service: 'SIP' }]);
  reader.settle();
  reader.settle();
  t.match(reader.outputs, [{ service: 'SIP' }, { service: 'SIP' }]);
  reader.read(Buffer.from(sip), false);
  reader.read(Buffer.from(GOOD), true);
  t.match(reader.outputs.slice(2), ['truncated', EVENT], 'another file says nothing about the end of the last');
});

await t.test('one that is so long that no client wrote its end does not wait', async (t) => {
  const reader = new ReadLog();
  reader.read(Buffer.from(logLine(message({ ...SIP, ReceivedHash: 'x'.repeat(200) }))), true);
  t.match(reader.outputs, [{ service: 'SIP' }]);
});

await t.test('a line in the middle of a doubtful stretch does not make it longer', async (t) => {
  const lines = Array.from({ length: 20 }, () => logLine(message(SIP)));
  const outputs = readLog(logLine(message({ ...SIP, AccountID: 'a\nb' })) + lines.join(''));
  t.equal(eventsOf(outputs).length, 19);
  t.strictSame(outputs.slice(0, 3), ['truncated', 'ignored', 'injected']);
});

await t.test('a line of another level costs no event, but each waits until that message has ended', async (t) => {
  const lines = Array.from({ length: 60 }, () => GOOD);
  const outputs = readLog(GOOD + NOTICE + lines.join(''));
  t.equal(eventsOf(outputs).length, 61);
  t.equal(outputs.filter((output) => typeof output === 'string').join(), 'ignored');
  const reader = new ReadLog();
  reader.read(Buffer.from(GOOD + NOTICE + GOOD), true);
  t.strictSame(reader.outputs, [EVENT, 'ignored']);
  reader.settle();
  t.strictSame(reader.outputs, [EVENT, 'ignored', EVENT], 'one second of silence ends it');
});

await t.test('a message of another level that was broken off makes its reach doubtful', async (t) => {
  const rest = "' rejected because extension not found in context 'x'.\n";
  const outputs = readLog(GOOD + NOTICE + GOOD + GOOD + rest + GOOD.repeat(40));
  t.strictSame(outputs.slice(0, 5), [EVENT, 'ignored', 'ignored', 'injected', 'injected']);
  const lost = outputs.filter((output) => output === 'injected').length;
  t.ok(lost > 20 && lost < 40, `${lost} in 8 KB`);
  t.equal(eventsOf(outputs).length, 43 - lost);
});

await t.test('among lines of other levels a line is too short to be true that fits into a name', async (t) => {
  const fake =
    'SECURITY[1] r: SecurityEvent="FailedACL",EventTV="1-1",Severity="Error",Service="SIP",EventVersion="1",AccountID="",SessionID="0x1",LocalAddress="IPV4/1.1.1.1/1",RemoteAddress="IPV4/9.9.9.9/9"\n';
  t.ok(fake.length < 256);
  t.match(readLog(fake), [{ event: 'FailedACL' }]);
  t.strictSame(readLog(NOTICE + fake), ['ignored', 'injected']);
});

await t.test(
  'in a text of any length, only the address counts that Asterisk names in front of it, and no login',
  async (t) => {
    const call = (address: string) =>
      `[Nov 21 01:44:33] NOTICE[1][C-00000001] chan_sip.c: Call from '' (${address}:5060) to extension '1' rejected because extension not found in context 'x'.\n`;
    const login = logLine(without(message({ SecurityEvent: 'SuccessfulAuth', UsingPassword: '1' }), 'Challenge'));
    t.strictSame(readLog(call('203.0.113.9') + GOOD + login), ['ignored', 'injected', EVENT]);
    t.strictSame(readLog(call('203.0.113.1') + GOOD), ['ignored', 'injected']);
    t.strictSame(readLog(call('203.0.113.9') + call('203.0.113.1') + GOOD), ['ignored', 'ignored', 'injected']);
    t.strictSame(readLog(`${call('203.0.113.9').replace(/ rejected.*/, '')}${GOOD}`), ['ignored', EVENT]);
    const ambiguous = call('203.0.113.1')
      .replace("'1'", "'1' (203.0.113.9:5060) to extension '1'")
      .replace("''", "'' (1.1.1.1:1) to extension 'x'");
    t.strictSame(readLog(ambiguous + GOOD), ['ignored', 'injected']);
    const dump =
      '[Nov 21 01:44:33] VERBOSE[1] res_pjsip_logger.c: <--- Received SIP request (420 bytes) from UDP:203.0.113.1:5060 --->\n';
    t.strictSame(readLog(dump + GOOD), ['ignored', 'injected']);
    t.strictSame(readLog(dump.replace('UDP:203.0.113.1:5060', 'UDP:nobody') + GOOD), ['ignored', 'injected']);
  },
);

await t.test('what is printed on the console without a prefix costs no event', async (t) => {
  t.strictSame(readLog(`${GOOD}  == Using SIP RTP CoS mark 5\n${GOOD}`), [EVENT, 'ignored', EVENT]);
});

await t.test(
  'a security event behind an unknown prefix is malformed, told once for each, and costs the others nothing',
  async (t) => {
    const told: string[] = [];
    const outputs: string[] = [];
    const reader = new SecurityLog(
      { pbx: 'p' },
      {
        onEvent: ({ event }) => outputs.push(event),
        onMalformed: (reason) => outputs.push(reason),
        onIgnored: () => outputs.push('ignored'),
        onUnknownPrefix: (line) => told.push(line),
      },
    );
    reader.read(Buffer.from(`?? ${GOOD}?? ${GOOD}${GOOD}${GOOD}`), true);
    t.strictSame(outputs, ['prefix', 'prefix', 'injected', 'InvalidPassword']);
    t.equal(told.length, 2);
    t.match(told[0], /^\?\? \[Nov 21 01:44:33\] SECURITY\[31255\] res_security_log\.c: /);
    t.equal(told[0]?.length, 120);
  },
);

await t.test('only in a file that has such lines do they count where lines are doubtful', async (t) => {
  const line = logLine(
    without(message({ SecurityEvent: 'InvalidAccountID', AccountID: '\n[] NOTICE[1] x: \n' }), 'Challenge'),
  );
  t.strictSame(readLog(line + GOOD), ['truncated', 'ignored', 'ignored', EVENT]);
  const mixed = readLog(NOTICE + GOOD.repeat(40) + line + GOOD);
  t.strictSame(mixed.slice(-4), ['truncated', 'ignored', 'ignored', 'injected']);
});

await t.test('in such a file a long message may be cut, and is not read', async (t) => {
  const long = logLine(message({ SessionID: 'x'.repeat(900) }));
  t.match(readLog(long), [{ event: 'InvalidPassword' }]);
  t.strictSame(readLog(NOTICE + GOOD.repeat(40) + long + GOOD).slice(-2), ['truncated', 'injected']);
});

await t.test('the line of Asterisk\u2019s start makes nothing doubtful, and proves nothing', async (t) => {
  const start =
    '[Nov 21 02:14:12] Asterisk 16.28.0 built by nobody @ x on a y running Linux on 2024-01-04 17:58:50 UTC\n';
  t.strictSame(readLog(GOOD + start + GOOD), [EVENT, 'ignored', EVENT]);
  const sip = logLine(message(SIP));
  t.match(readLog(sip + start + start + sip), ['ignored', 'ignored', { service: 'SIP' }, { service: 'SIP' }]);
  const waited = readLog(sip + start.repeat(3) + NOTICE).map((output) =>
    typeof output === 'string' ? output : 'event',
  );
  t.strictSame(waited, ['ignored', 'ignored', 'event', 'ignored', 'ignored'], 'no longer than its client can reach');
  const end = '",SessionID="0x1",LocalAddress="IPV4/1.1.1.1/1",RemoteAddress="IPV4/9.9.9.9/9"\n';
  for (const disguise of [start, start.slice(0, -1), '[] NOTICE[1] x.c: ', `${start}[] NOTICE[1] x.c: `]) {
    const forged = readLog(logLine(message({ ...SIP, AccountID: `${end}${disguise}`.slice(0, 255) })) + GOOD + GOOD);
    t.notMatch(JSON.stringify(forged), '9.9.9.9', disguise);
    t.strictSame(forged.at(-1), EVENT);
  }
});

await t.test(
  'a message that lost its end is not read together with the next, which may be broken off too',
  async (t) => {
    const cut = GOOD.slice(0, 250);
    t.strictSame(readLog(cut + GOOD + GOOD + GOOD), ['truncated', 'injected', EVENT]);
    t.strictSame(readLog(`x${GOOD}${GOOD}`), ['prefix', 'injected']);
  },
);

await t.test(
  'what follows a malformed beginning, an AMI line that is broken off or one left out is doubtful',
  async (t) => {
    t.strictSame(readLog(GOOD.replace('Password', 'Passport') + GOOD), ['unknown_event', 'injected']);
    const ami = logLine(message({ Service: 'AMI', SessionID: '0x1', AccountID: 'a\nb' }));
    t.strictSame(readLog(ami + GOOD), ['truncated', 'ignored', 'injected']);
    const reader = new ReadLog();
    reader.read(Buffer.from(logLine(message(SIP))), true);
    reader.skipped();
    reader.read(Buffer.from(GOOD), false);
    t.strictSame(reader.outputs, ['truncated', 'injected']);
    reader.read(Buffer.from(GOOD), true);
    t.strictSame(reader.outputs.slice(2), [EVENT]);
    reader.skipped();
    reader.read(Buffer.from(GOOD), false);
    t.strictSame(reader.outputs.slice(3), ['injected'], 'also when nothing was doubtful before');
  },
);

await t.test('a bad beginning where lines are doubtful does not silence the reader', async (t) => {
  const line = (AccountID: string) =>
    logLine(without(message({ SecurityEvent: 'InvalidAccountID', AccountID }), 'Challenge'));
  const name = 'a\nSECURITY[1]: r: SecurityEvent="x';
  t.ok(name.length <= 36);
  const outputs = readLog(line(name) + GOOD.repeat(4));
  t.strictSame(outputs, ['truncated', 'key_order', EVENT, EVENT, EVENT, EVENT]);
});
