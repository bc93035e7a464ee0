import fc from 'fast-check';
import t from 'tap';
import { MessagesLog } from '../../../src/sources/log/messages-log.js';
import { linePatterns } from '../../../src/text/line-pattern.js';
import { SAMPLES } from './messages-samples.js';
import { briefOf, NOW, newReader, readMessages } from './read-messages.js';

const TIME = '[Nov 21 01:44:33]';
const AT = new Date(2026, 10, 21, 1, 44, 33).getTime();
const ATTACKER = '203.0.113.9';
const VICTIM = '198.51.100.66';

function line(file: string, message: string, level = 'NOTICE[4242]'): string {
  return `${TIME} ${level} ${file}: ${message}\n`;
}

function briefs(text: string): string[] {
  return readMessages(text).map(briefOf);
}

await t.test('every wording gives the event that Asterisk raises beside it', async (t) => {
  for (const [file, message, expected] of SAMPLES) t.strictSame(briefs(line(file, message)), [expected], message);
});

await t.test('a message is the same behind any prefix', async (t) => {
  const prefixes = [
    (file: string) => `[2026-11-21 01:44:33] NOTICE[1][C-0000002a] ${file}: `,
    (file: string) => `[Nov 21 01:44:33] WARNING[1]: ${file}:1234 some_function: `,
    (file: string) => `Nov 21 01:44:33 pbx asterisk[7]: NOTICE[1]: ${file}:1234 in some_function: `,
    (file: string) =>
      `[2026-11-21 01:44:33.123] \x1b[1;33mNOTICE\x1b[0m[1]: \x1b[1;37m${file}\x1b[0m:\x1b[1;37m12\x1b[0m \x1b[1;37mf\x1b[0m: `,
  ];
  for (const prefix of prefixes) {
    for (const [file, message, expected] of SAMPLES)
      t.strictSame(briefs(`${prefix(file)}${message}\r\n`), [expected], message);
  }
});

await t.test('an event has the time, the call and the connection as far as the line says them', async (t) => {
  const request = `Request 'INVITE' from '<sip:7@pbx>' failed for '${ATTACKER}:5060' (callid: a (b) c) - Failed to authenticate`;
  const remote = { family: 'IPV4', transport: null, address: ATTACKER, port: 5060, endpoint: `IPV4/${ATTACKER}` };
  const common = {
    event: 'ChallengeResponseFailed',
    pbx: 'test-pbx',
    at: AT,
    service: 'PJSIP',
    account: '7',
    local: null,
    guess: null,
  };
  t.strictSame(readMessages(line('pjsip_distributor.c', request)), [{ ...common, sessionId: 'a (b) c', remote }]);
  const call = `Call from '' (${ATTACKER}:5060) to extension '1' rejected because extension not found in context 'x'.`;
  t.match(readMessages(line('chan_sip.c', call, 'NOTICE[1][C-0000002a]')), [{ sessionId: 'C-0000002a', at: AT }]);
  t.match(readMessages(line('chan_sip.c', call)), [{ sessionId: '' }]);
  t.match(readMessages(`NOTICE[1] chan_sip.c: ${call}\n`), [{ at: NOW }]);
});

await t.test('a message without a file is read, and one of another file or level is not', async (t) => {
  const message = `Registration from 'sip:1@pbx' failed for '${ATTACKER}:5' - Wrong password`;
  t.match(readMessages(`${TIME} NOTICE[1]: ${message}\n`), [{ event: 'InvalidPassword' }]);
  t.strictSame(readMessages(line('app_verbose.c', message)), ['ignored']);
  t.strictSame(readMessages(line('chan_sip.c', message, 'VERBOSE[1]')), ['ignored']);
  t.strictSame(readMessages(line('chan_sip.c', message, 'DEBUG[1]')), ['ignored']);
  t.strictSame(readMessages(`${TIME} chan_sip.c: ${message}\n`), ['ignored']);
  t.strictSame(readMessages(`${TIME} NOTICE[1] Ext. 12: ${message}\n`), ['ignored']);
});

const REGISTERED = line('chan_sip.c', `    -- Registered SIP '101' at ${VICTIM}:5060`, 'VERBOSE[1]');

await t.test('a registration with chan_sip is a login', async (t) => {
  t.match(readMessages(REGISTERED), [
    {
      event: 'SuccessfulAuth',
      service: 'SIP',
      account: '101',
      at: AT,
      usingPassword: true,
      isRegistration: true,
      remote: { address: VICTIM, port: 5060 },
    },
  ]);
  const old = line('logger.c', `    -- Registered SIP '101' at ${VICTIM} port 1095 expires 60`, 'VERBOSE[1]');
  t.strictSame(briefs(old), [`SIP SuccessfulAuth  101 IPV4/${VICTIM}:0`]);
  t.strictSame(briefs(REGISTERED.replace(VICTIM, '[2001:db8::9]')), ['SIP SuccessfulAuth  101 IPV6/2001:db8::9:5060']);
  t.strictSame(briefs(REGISTERED.replace('-- Reg', '-- Unreg')), ['ignored']);
  t.strictSame(briefs(REGISTERED.replace('Registered', 'Saved useragent "Registered')), ['ignored']);
  t.strictSame(briefs(REGISTERED.replace('chan_sip.c', 'pbx.c')), ['ignored']);
  t.strictSame(briefs(REGISTERED.replace('VERBOSE', 'NOTICE')), ['ignored']);
  t.strictSame(briefs(REGISTERED.replace('VERBOSE', 'DEBUG')), ['ignored']);
  t.strictSame(briefs(REGISTERED.replace(VICTIM, 'phone')), ['address']);
  t.strictSame(briefs(REGISTERED.replace("'101'", "''")), ['value']);
  t.strictSame(briefs(REGISTERED.replace("'101'", "'1' at 203.0.113.9:5'")), ['value']);
  t.strictSame(briefs(REGISTERED.replace(':5060', ':5060 at home')), ['value']);
});

await t.test('a registration with chan_iax2 is a login where it was authenticated', async (t) => {
  const login = line('chan_iax2.c', `    -- Registered IAX2 'p' (AUTHENTICATED) at ${VICTIM}:4569`, 'VERBOSE[1]');
  t.match(readMessages(login), [{ event: 'SuccessfulAuth', service: 'IAX2', account: 'p', isRegistration: true }]);
  t.strictSame(briefs(login.replace('chan_iax2.c', 'logger.c')), [`IAX2 SuccessfulAuth  p IPV4/${VICTIM}:4569`]);
  t.strictSame(briefs(login.replace(VICTIM, '[2001:db8::9]')), ['IAX2 SuccessfulAuth  p IPV6/2001:db8::9:4569']);
  t.notMatch(briefs(login.replace('AUTH', 'UNAUTH')), [/SuccessfulAuth/]);
  t.strictSame(briefs(login.replace("'p'", "''")), ['value']);
});

await t.test('an address that is the client\u2019s own word is none', async (t) => {
  for (const [file, message] of [
    ['res_pjsip_acl.c', 'Incoming SIP message from 203.0.113.9:5060 did not pass ACL test'],
    [
      'res_pjsip_registrar.c',
      "    -- Added contact 'sip:101@203.0.113.9:5060' to AOR '101' with expiration of 60 seconds",
    ],
  ] as const) {
    for (const level of ['WARNING[1]', 'VERBOSE[1]'])
      t.strictSame(readMessages(line(file, message, level)), ['ignored']);
  }
});

/** Every format string with the last number that Asterisk of a version writes there, for 2001:db8::1 and port 5060. */
const VERSIONS: readonly [versions: string, file: string, message: string, event: string][] = [
  [
    '12, 13.0',
    'res_pjsip/pjsip_distributor.c',
    "Request from '<sip:1@b>' failed for '2001:db8::1:5060' (callid: x) - No matching endpoint found",
    'InvalidAccountID',
  ],
  [
    '16.0',
    'res_pjsip/pjsip_distributor.c',
    "Request 'INVITE' from '<sip:1@b>' failed for '2001:db8::1:5060' (callid: x) - No matching endpoint found",
    'InvalidAccountID',
  ],
  [
    '13, 16.1 to 22',
    'res_pjsip/pjsip_distributor.c',
    "Request 'INVITE' from '<sip:1@b>' failed for '[2001:db8::1]:5060' (callid: x) - Failed to authenticate",
    'ChallengeResponseFailed',
  ],
  [
    '12 to 16.0',
    'res_pjsip_session.c',
    "Call from 'a' (UDP:2001:db8::1:5060) to extension '9' rejected because extension not found in context 'c'.",
    'FailedACL',
  ],
  [
    '13, 16.1',
    'res_pjsip_session.c',
    "Call from 'a' (TCP:[2001:db8::1]:5060) to extension '9' rejected because extension not found in context 'c'.",
    'FailedACL',
  ],
  [
    '16 to 22',
    'res_pjsip_session.c',
    " a: Call (TLS:[2001:db8::1]:5060) to extension '9' rejected because extension not found in context 'c'.",
    'FailedACL',
  ],
  ['16 to 22', 'res_pjsip_registrar.c', "Endpoint 'a' (2001:db8::1:5060) has no configured AORs", 'FailedACL'],
  [
    '16 to 22',
    'res_pjsip_registrar.c',
    "Endpoint 'a' (2001:db8::1:5060) attempted to register to an AOR with a non-SIP URI",
    'FailedACL',
  ],
  [
    '16 to 22',
    'res_pjsip_registrar.c',
    "Registration attempt from endpoint 'a' (2001:db8::1:5060) to AOR 'a' will exceed max contacts of 1",
    'FailedACL',
  ],
  [
    '16 to 22',
    'res_pjsip_registrar.c',
    "AOR 'a' has no configured max_contacts. Endpoint 'a' (2001:db8::1:5060) unable to register",
    'RequestNotSupported',
  ],
  ['16 to 22', 'res_pjsip_registrar.c', "AOR 'x' not found for endpoint 'a' (2001:db8::1:5060)", 'RequestNotSupported'],
  [
    '1.8 to 20',
    'chan_sip.c',
    "Registration from '<sip:1@b>' failed for '[2001:db8::1]:5060' - Wrong password",
    'InvalidPassword',
  ],
  [
    '1.8 to 20',
    'chan_sip.c',
    "Call from '1' ([2001:db8::1]:5060) to extension '9' rejected because extension not found in context 'c'.",
    'FailedACL',
  ],
  ['13 to 22', 'chan_iax2.c', 'Host [2001:db8::1]:5060 failed to authenticate as p', 'InvalidPassword'],
];

await t.test(
  'in the words of every version the address is without its port, and the port is the last number',
  async (t) => {
    for (const [versions, file, message, event] of VERSIONS) {
      t.match(
        readMessages(line(file, message)),
        [{ event, remote: { address: '2001:db8::1', port: 5060 } }],
        `${versions}: ${message}`,
      );
      const old = message.replace(/\[?2001:db8::1\]?/, '192.0.2.1');
      t.match(
        readMessages(line(file, old)),
        [{ event, remote: { address: '192.0.2.1', port: 5060 } }],
        `${versions}: ${old}`,
      );
      const full = message.replace(/2001:db8::1/, '2001:db8:1:2:3:4:5:6');
      t.match(
        readMessages(line(file, full)),
        [{ event, remote: { address: '2001:db8:1:2:3:4:5:6', port: 5060 } }],
        full,
      );
    }
  },
);

await t.test('without a port where Asterisk writes none', async (t) => {
  for (const [file, message] of [
    ['chan_iax2.c', "No registration for peer 'p' (from 2001:db8::1:5060)"],
    ['chan_iax2.c', "Host 2001:db8::1:5060 denied access to register peer 'p'"],
    ['manager.c', "2001:db8::1:5060 failed to authenticate as 'u'"],
  ] as const) {
    t.match(readMessages(line(file, message)), [{ remote: { address: '2001:db8::1:5060', port: 0 } }], message);
  }
});

await t.test('a login that a client wrote into a name or a packet is none, whichever address it names', async (t) => {
  const forged = REGISTERED.replace(VICTIM, ATTACKER);
  const executing = line('pbx.c', '    -- Executing [900', 'VERBOSE[1]');
  t.strictSame(briefs(`${executing}${forged}@from-outside:1] Answer("SIP/x", "") in new stack\n`).slice(1, 2), [
    'injected',
  ]);
  t.strictSame(briefs(`${executing}${forged}\n@from-outside:1] Answer("SIP/x", "") in new stack\n`).slice(1, 2), [
    'injected',
  ]);
  const dump = `${TIME} VERBOSE[1] chan_sip.c: <--- SIP read from UDP:${ATTACKER}:5060 --->\nREGISTER sip:x SIP/2.0\n`;
  t.strictSame(briefs(dump + forged + REGISTERED).slice(2), ['injected', 'injected']);
  t.match(briefs(forged + REGISTERED), [/SuccessfulAuth/, /SuccessfulAuth/], 'between whole lines');
});

await t.test('what FreePBX\u2019s dialplan says of an unknown caller is an event', async (t) => {
  const from = (text: string) => briefs(`${TIME} WARNING[1][C-0000001d] Ext. ${text}\n`);
  const expected = [`SIP InvalidAccountID  - IPV4/${ATTACKER}:0`];
  t.strictSame(from(`s: "Rejecting unknown SIP connection from ${ATTACKER}"`), expected);
  t.strictSame(from(`0044123: Friendly Scanner from ${ATTACKER}`), expected);
  t.match(from(`s: "Rejecting unknown SIP connection from ${ATTACKER}:5062"`), [/:5062$/]);
  const forged = `s: "Rejecting unknown SIP connection from ${VICTIM}": "Rejecting unknown SIP connection from ${ATTACKER}"`;
  t.strictSame(from(forged), expected);
  t.strictSame(from('s: some other text'), ['ignored']);
  t.strictSame(from('0044'), ['value'], 'a line feed in the extension');
});

await t.test('a line that was pasted with typographic quotes and dashes is read', async (t) => {
  const curly = (text: string) =>
    text
      .replace(/'(.*?)'/g, '\u2018$1\u2019')
      .replace(/"(.*?)"/g, '\u201c$1\u201d')
      .replace(/ - /, ' \u2013 ');
  for (const [file, message, expected] of SAMPLES) {
    // The samples with quotes for themselves are what a page replaces.
    if (message.includes("'")) t.strictSame(briefs(line(file, curly(message))), [expected], message);
  }
  const name = `\u2019 failed for \u2019${VICTIM}\u2019 \u2013 Wrong password`;
  t.match(briefs(line('chan_sip.c', `Registration from '<sip:${name}@x>' failed for '${ATTACKER}' - Wrong password`)), [
    new RegExp(`IPV4/${ATTACKER}:0$`),
  ]);
});

await t.test('one failed AMI login is one event, however many lines Asterisk logs of it', async (t) => {
  const unknown = `${ATTACKER} tried to authenticate with nonexistent user 'a'`;
  const denied = `${ATTACKER} failed to pass IP ACL as 'a'`;
  const failed = `${ATTACKER} failed to authenticate as 'a'`;
  const read = (...lines: string[]) =>
    briefs(lines.map((text) => line('manager.c', text)).join('')).map((text) => text.split(' ')[1] ?? text);
  t.strictSame(read(unknown, failed), ['InvalidAccountID', 'ignored']);
  t.strictSame(read(denied, failed), ['FailedACL', 'ignored']);
  t.strictSame(read(failed, failed), ['InvalidPassword', 'InvalidPassword']);
  t.strictSame(read(unknown, failed, failed), ['InvalidAccountID', 'ignored', 'InvalidPassword']);
  t.strictSame(read(unknown, unknown, failed), ['InvalidAccountID', 'InvalidAccountID', 'ignored']);
  t.strictSame(read(unknown, failed.replace("'a'", "'b'")), ['InvalidAccountID', 'InvalidPassword'], 'another name');
  const otherThread = line('manager.c', failed, 'NOTICE[7]');
  t.match(briefs(line('manager.c', unknown) + otherThread), [/InvalidAccountID/, /InvalidPassword/]);
  const later = line('manager.c', failed).replace('01:44:33', '01:44:36');
  t.match(briefs(line('manager.c', unknown) + later), [/InvalidAccountID/, /InvalidPassword/]);
  const { reader, outputs } = newReader();
  reader.read(Buffer.from(line('manager.c', unknown)), true);
  reader.read(Buffer.from(line('manager.c', failed)), false);
  reader.read(Buffer.from(line('manager.c', unknown)), false);
  reader.read(Buffer.from(line('manager.c', failed)), true);
  t.match(
    outputs.map(briefOf),
    [/InvalidAccountID/, 'ignored', /InvalidAccountID/, /InvalidPassword/],
    'in another file',
  );
});

await t.test('a line without an end of its own, an empty one and one that is too long are counted', async (t) => {
  t.strictSame(readMessages('\n\nfoo'), ['ignored', 'ignored', 'ignored']);
  t.match(readMessages(line('manager.c', `${ATTACKER} failed to authenticate as 'a'`).trimEnd()), [{ account: 'a' }]);
  const long = (length: number) => {
    const text = line('manager.c', `${ATTACKER} failed to authenticate as ''`).trimEnd();
    return `${text.slice(0, -1)}${'x'.repeat(length - text.length)}'\n`;
  };
  t.match(readMessages(long(65_536)), [{ event: 'InvalidPassword' }]);
  t.strictSame(readMessages(long(65_537)), ['oversize']);
  t.strictSame(readMessages(`${'x'.repeat(70_000)}\n`), ['ignored']);
});

/** Text that imitates a wording, or breaks a line, with letters between. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "'",
        ' ',
        ')',
        `' failed for '${VICTIM}:5' - Wrong password`,
        `' failed for '${VICTIM}:5' (callid: x) - Failed to authenticate`,
        `' (${VICTIM}:5) to extension '`,
        ` (${VICTIM}:5) to extension '`,
        "' rejected because extension not found in context 'x'.",
        `' (from ${VICTIM})`,
        `${VICTIM} failed to authenticate as 'x'`,
        `: "Rejecting unknown SIP connection from ${VICTIM}"`,
        ') - Failed to authenticate',
        '\u2019 failed for \u2018198.51.100.66\u2019 \u2013 Wrong password',
        '\x1b[0m',
        'NOTICE[1] chan_sip.c: ',
        '<sip:',
        '"',
        '\r',
      ),
      fc.string({ maxLength: 6 }).map((text) => text.replaceAll('\n', '')),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));

/** The messages with a client's text in them, and whether the address is behind that text and can be imitated there. */
const FORMS: readonly ((a: string, b: string) => string)[] = [
  (a) => line('chan_sip.c', `Registration from '${a}' failed for '${ATTACKER}:5' - Wrong password`),
  (a, b) =>
    line(
      'chan_sip.c',
      `Call from '${a}' (${ATTACKER}:5) to extension '${b}' rejected because extension not found in context 'x'.`,
    ),
  (_, b) =>
    line(
      'chan_sip.c',
      `Call from '' (${ATTACKER}:5) to extension '${b}' rejected because extension not found in context 'x'.`,
    ),
  (a, b) =>
    line(
      'pjsip_distributor.c',
      `Request 'INVITE' from '${a}' failed for '${ATTACKER}:5' (callid: ${b}) - Failed to authenticate`,
    ),
  (a, b) =>
    line(
      'pjsip_distributor.c',
      `Request from '${a}' failed for '${ATTACKER}:5' (callid: ${b}) - Failed to authenticate`,
    ),
  (_, b) =>
    line(
      'res_pjsip_session.c',
      ` anonymous: Call (UDP:${ATTACKER}:5) to extension '${b}' rejected because extension not found in context 'x'.`,
    ),
  (a) => line('res_pjsip_registrar.c', `AOR '${a}' not found for endpoint '101' (${ATTACKER}:5)`),
  (a) => line('chan_iax2.c', `No registration for peer '${a}' (from ${ATTACKER})`),
  (a) => line('chan_iax2.c', `Host ${ATTACKER} failed to authenticate as ${a}`),
  (a) => line('chan_iax2.c', `Host ${ATTACKER} failed MD5 authentication for '301' (x != ${a})`),
  (a, b) => line('chan_iax2.c', `Rejected connect attempt from ${ATTACKER}, who was trying to reach '${a}@${b}'`),
  (a) => line('manager.c', `${ATTACKER} failed to authenticate as '${a}'`),
  (a) => `${TIME} WARNING[1] Ext. ${a}: "Rejecting unknown SIP connection from ${ATTACKER}"\n`,
];

await t.test('no text of a client makes a line name another address than Asterisk wrote', async (t) => {
  const check = fc.check(
    fc.property(fc.constantFrom(...FORMS), hostile, hostile, (form, a, b) =>
      readMessages(form(a, b)).every((output) => typeof output === 'string' || output.remote.address === ATTACKER),
    ),
    { numRuns: 5_000 },
  );
  t.notOk(check.failed, fc.defaultReportMessage(check) ?? 'holds');
});

await t.test(
  'where the address is the last thing in a message, or the first, imitations cannot even hide it',
  async (t) => {
    const name = `x' failed for '${VICTIM}:5' - Wrong password`;
    for (const [index, text] of [
      [0, name],
      [7, `x' (from ${VICTIM})`],
      [8, name],
      [11, `x' ${VICTIM}`],
    ] as const) {
      t.match(readMessages(FORMS[index]?.(text, '') ?? ''), [{ remote: { address: ATTACKER } }]);
    }
  },
);

await t.test('two addresses in the places of one are ambiguous, and twice the same is not', async (t) => {
  const twice = (address: string) =>
    FORMS[3]?.(`x' failed for '${address}:5' (callid: y) - Failed to authenticate`, 'z') ?? '';
  t.strictSame(readMessages(twice(VICTIM)), ['ambiguous']);
  t.match(readMessages(twice(ATTACKER)), [{ remote: { address: ATTACKER } }]);
  const call = FORMS[2]?.('', `1' (${VICTIM}:5) to extension '2`) ?? '';
  t.strictSame(readMessages(call), ['ambiguous']);
  const transport = call.replace(`(${VICTIM}:5)`, `(TCP:${ATTACKER}:5)`);
  t.strictSame(readMessages(transport), ['ambiguous'], 'also for the transport');
});

await t.test('a line of 64 KB takes no longer than its length', async (t) => {
  const repeated = [
    "' failed for '",
    "' (1.1.1.1:1) to extension '",
    "' rejected because extension not found in context '",
    ' ',
    "'",
    ') - ',
    '/a',
    "' (from ",
  ];
  const started = process.cpuUsage();
  for (const text of repeated) {
    for (const form of FORMS) {
      const long = text.repeat(60_000 / text.length);
      readMessages(form(long, ''));
      readMessages(form('', long));
    }
  }
  const { user } = process.cpuUsage(started);
  t.ok(user < 20_000_000, `${repeated.length * FORMS.length * 2} lines in ${Math.round(user / 1000)} ms`);
});

await t.test('behind a line that was left out only lines that cannot be its own are believed', async (t) => {
  const outputs: unknown[] = [];
  const onEvent = (event: unknown) => outputs.push(event);
  const onMalformed = (reason: string) => outputs.push(reason);
  const log = new MessagesLog(
    { pbx: 'test-pbx', clock: () => AT },
    { onEvent, onMalformed, onIgnored: () => undefined },
  );
  const failure = Buffer.from(
    `${line('chan_sip.c', `Registration from '<sip:7@pbx>' failed for '${ATTACKER}:5060' - Wrong password`)}`,
  );
  log.read(failure, true);
  log.skipped();
  log.read(failure, false);
  log.settle();
  for (let bytes = 0; bytes <= 65_536; bytes += failure.length) log.read(failure, false);
  t.match(outputs.slice(0, 2), [{ event: 'InvalidPassword' }, 'injected']);
  t.match(outputs.at(-1), { event: 'InvalidPassword' });
});

await t.test(
  'lines of one\u2019s own are read where no line of Asterisk\u2019s is, from the dialplan and from other programs',
  async (t) => {
    const { patterns } = linePatterns(
      "please block <HOST>\n'<HOST>' - Dialplan Noted Suspicious IP Address\n* GUI: login of <ACCOUNT> failed from <HOST>\nCall from '*' (<HOST>) to extension '*' rejected because extension not found in context '*'.\n",
    );
    const read = (text: string) => {
      const outputs: unknown[] = [];
      const reader = new MessagesLog(
        { pbx: 'p', clock: () => AT, patterns },
        {
          onEvent: ({ event, service, account, remote }) => outputs.push([event, service, account, remote.address]),
          onMalformed: (reason) => outputs.push(reason),
          onIgnored: () => outputs.push('ignored'),
        },
      );
      reader.read(Buffer.from(text), true);
      return outputs;
    };
    const own = ['InvalidAccountID', 'LOG', null, '192.0.2.1'];
    t.strictSame(read('[2026-11-30 10:00:00] NOTICE[1][C-00000001] Ext. 1000: please block 192.0.2.1\n'), [own]);
    t.strictSame(
      read(
        "[2026-11-30 10:00:00] NOTICE[1][C-1] Ext. 1: Call from '' (192.0.2.1:0) to extension '1' rejected because extension not found in context 'public'.\n",
      ),
      [own],
    );
    t.strictSame(
      read("[2026-11-30 10:00:00] NOTICE[1][C-1] Ext. 1: '192.0.2.1' - Dialplan Noted Suspicious IP Address\n"),
      [own],
    );
    t.strictSame(read('2026-11-30 10:00:00 GUI: login of admin failed from 192.0.2.1\n'), [
      ['InvalidPassword', 'LOG', 'admin', '192.0.2.1'],
    ]);
    t.strictSame(
      read('Nov 30 10:00:00 h asterisk[1]: NOTICE[1] x.c: y\nNov 30 10:00:00 h asterisk[1]: please block 192.0.2.1\n'),
      ['ignored', own],
    );
    t.strictSame(read('please block 999.0.2.1\n'), ['address']);
    t.strictSame(read('please block x\n[2026-11-30 10:00:00] DEBUG[1] x.c: please block 192.0.2.1\n'), [
      'ignored',
      'ignored',
    ]);
    t.match(read('1 GUI: login of a failed from 9.9.9.9 failed from 192.0.2.1\n'), [
      ['InvalidPassword', 'LOG', /^a/, '192.0.2.1'],
    ]);
    const dump = '[Nov 30 10:00:00] VERBOSE[1] r.c: <--- SIP read from UDP:203.0.113.1:5060 --->\n';
    t.strictSame(read(`${dump}please block 192.0.2.1\n`), ['ignored', 'injected'], 'a packet may say anything');
  },
);
