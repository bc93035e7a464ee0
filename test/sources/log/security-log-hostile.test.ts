import { env } from 'node:process';
import fc from 'fast-check';
import t from 'tap';
import type { SecurityEvent } from '../../../src/domain/security-event.js';
import { rounds } from '../../rounds.js';
import { logLine, message, PREFIX, type Values } from './log-lines.js';
import { eventsOf, ReadLog } from './read-log.js';

const RUNS = Number(env['FUZZ_RUNS'] ?? rounds(2_000));

const FORGED = 'IPV4/UDP/9.9.9.9/9';
const PAIR = `",LocalAddress="IPV4/UDP/1.1.1.1/1",RemoteAddress="${FORGED}`;
const SHORT_PAIR = '",SessionID="0x1",LocalAddress="IPV4/1.1.1.1/1",RemoteAddress="IPV4/9.9.9.9/9';
const SHORT_HEAD =
  'SECURITY[1] r: SecurityEvent="FailedACL",EventTV="1-1",Severity="Error",Service="SIP",EventVersion="1';
const FAKE = message({ Service: 'SIP', SessionID: '0x1', RemoteAddress: FORGED });
const FRAGMENTS = [
  ...['\n', '\r\n', '\r', '"', ',', '\u001b', 'm', '\u001b[31m', 'x', '101', '\u00e4', ' ', '0x1'],
  ...[
    '",SessionID="',
    '",SessionID="0x1',
    '",LocalAddress="',
    '",RemoteAddress="',
    ',Rem',
    'oteAddress="',
    PAIR,
    `${PAIR}"`,
  ],
  ...[
    '",LocalAddress="IPV4/UDP/1.1.1.1/1",Rem\u001b',
    `${PAIR}",Challenge="`,
    `${PAIR}",Challenge="\u001b`,
    SHORT_PAIR,
    `${SHORT_PAIR}"\n`,
  ],
  ...[
    `${SHORT_PAIR}",Challenge=""\n`,
    `${SHORT_PAIR}"\n${SHORT_HEAD}`,
    `${SHORT_HEAD}",AccountID="`,
    `\n${SHORT_HEAD}",AccountID="`,
  ],
  ...[
    '",Response="',
    '",ExpectedResponse="',
    '",UsingPassword="1',
    '",SessionTV="',
    '",RequestType="',
    'SecurityEvent="',
  ],
  ...[PREFIX, `\n${PREFIX}`, '\n[] SECURITY[1]: ', '\n[] NOTICE[1] a: b', logLine(FAKE), `\n${logLine(FAKE)}`],
  ...[
    `\n${SHORT_HEAD}",AccountID="${SHORT_PAIR}"\n`,
    logLine({ ...FAKE, SecurityEvent: 'ChallengeSent' }, '\n[x] SECURITY[1] r: '),
  ],
];

/** Latin-1 letters for bytes, so that a limit in bytes is one in letters. */
function hostile(bytesMax: number, canHoldLineFeed: boolean): fc.Arbitrary<string> {
  const fragment = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...FRAGMENTS) }, fc.string({ maxLength: 6 }));
  return fc
    .array(fragment, { maxLength: 8 })
    .map((parts) => (canHoldLineFeed ? parts.join('') : parts.join('').replaceAll('\n', '')).slice(0, bytesMax));
}

const pointer = fc.constantFrom('0x55ac3239f780', '0x7f', '(nil)');
const configured = fc.constantFrom('101', '<unknown>', 'trunk-a');
const header = hostile(1_500, false);
const free = fc.constant(undefined);

/** Who can write what, by service and type. An undefined value is a key that the type has not. */
const SPECIES: readonly fc.Arbitrary<Record<string, string | undefined>>[] = [
  species('PJSIP', ['InvalidAccountID'], { AccountID: hostile(36, true), SessionID: header, Challenge: free }),
  species('PJSIP', ['ChallengeSent'], { AccountID: configured, SessionID: header, Challenge: fc.constant('') }),
  species('PJSIP', ['SuccessfulAuth'], {
    AccountID: configured,
    SessionID: header,
    Challenge: free,
    UsingPassword: fc.constant('1'),
  }),
  species('PJSIP', ['FailedACL'], {
    AccountID: configured,
    SessionID: header,
    Challenge: free,
    ACLName: fc.constant('lan'),
  }),
  species('PJSIP', ['ChallengeResponseFailed'], {
    AccountID: configured,
    SessionID: header,
    Challenge: header,
    Response: header,
    ExpectedResponse: fc.constant(''),
  }),
  species('SIP', ['ChallengeSent'], { AccountID: hostile(255, true), SessionID: pointer }),
  species('SIP', ['FailedACL', 'InvalidAccountID', 'SessionLimit'], {
    AccountID: hostile(255, true),
    SessionID: pointer,
    Challenge: free,
  }),
  species('SIP', ['InvalidPassword'], {
    AccountID: hostile(255, true),
    SessionID: pointer,
    ReceivedChallenge: header,
    ReceivedHash: header,
  }),
  species('SIP', ['ChallengeResponseFailed'], {
    AccountID: hostile(255, true),
    SessionID: pointer,
    Response: header,
    ExpectedResponse: header,
  }),
  species('AMI', ['InvalidAccountID', 'InvalidPassword', 'FailedACL'], {
    AccountID: hostile(900, false),
    SessionID: pointer,
    Challenge: free,
    SessionTV: fc.constant('1970-01-01T00:00:00.000+0000'),
  }),
  species('AMI', ['RequestNotAllowed'], {
    AccountID: configured,
    SessionID: pointer,
    Challenge: free,
    RequestType: hostile(200, false),
    SessionTV: fc.constant('1970-01-01T00:00:00.000+0000'),
  }),
  species('AMI', ['RequestBadFormat'], {
    AccountID: free,
    SessionID: pointer,
    Challenge: free,
    RequestType: hostile(200, false),
  }),
];

function species(service: string, types: readonly string[], values: Record<string, fc.Arbitrary<string | undefined>>) {
  return fc.record({ SecurityEvent: fc.constantFrom(...types), Service: fc.constant(service), ...values });
}

const hostileMessage = fc.oneof(...SPECIES);
const benignMessage = fc
  .constantFrom({ Service: 'PJSIP', SessionID: 'a0b1@192.0.2.7' }, { Service: 'SIP', SessionID: '0x55ac32178120' })
  .map((values): Record<string, string | undefined> => values);
const scene = fc.record({
  messages: fc.array(fc.oneof(hostileMessage, benignMessage), { minLength: 1, maxLength: 10 }),
  cuts: fc.array(fc.nat(), { maxLength: 4 }),
  bytesMax: fc.constantFrom(8_191, 8_191, 1_023),
});

/** Gives each message a port of its own, by which its events are recognised. */
function numbered(messages: readonly Record<string, string | undefined>[]): Values[] {
  return messages.map((values, index) => {
    const all = { ...message(), ...values, RemoteAddress: `IPV4/UDP/203.0.113.9/${1_000 + index}` };
    return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
  });
}

function read(file: string, cuts: readonly number[] = []): ReadLog {
  const lines = file.split(/(?<=\n)/).filter((line) => line.endsWith('\n'));
  const reader = new ReadLog();
  const points = [...cuts.map((cut) => cut % (lines.length + 1)), lines.length].sort((a, b) => a - b);
  for (const [index, end] of points.entries()) {
    reader.read(Buffer.from(lines.slice(points[index - 1] ?? 0, end).join(''), 'latin1'), index === 0);
  }
  if (file.endsWith('\n')) reader.settle();
  return reader;
}

/** Whether Asterisk raised the event, from the address that it says. */
function isTrue(event: SecurityEvent, messages: readonly Values[]): boolean {
  const values = messages[event.remote.port - 1_000];
  return (
    event.remote.endpoint === 'IPV4/UDP/203.0.113.9' &&
    values?.['SecurityEvent'] === event.event &&
    values['Service'] === event.service
  );
}

await t.test('whatever clients write, no event has another type, service or address than Asterisk wrote', async (t) => {
  let events = 0;
  const check = fc.check(
    fc.property(scene, ({ messages, cuts, bytesMax }) => {
      const true_ = numbered(messages);
      const handedOut = eventsOf(read(true_.map((values) => logLine(values, PREFIX, bytesMax)).join(''), cuts).outputs);
      events += handedOut.length;
      const ports = handedOut.map((event) => event.remote.port);
      return handedOut.every((event) => isTrue(event, true_)) && new Set(ports).size === ports.length;
    }),
    { numRuns: RUNS },
  );
  t.notOk(check.failed, fc.defaultReportMessage(check) ?? 'holds');
  t.ok(events > RUNS, `${events} events were handed out`);
});

await t.test('of a client that writes no more than its name, every event is handed out with that name', async (t) => {
  const name = fc.string({ unit: fc.constantFrom(..."aZ9.-_@ |:;%'\\<>[]{}=/"), maxLength: 36 });
  const benign = fc.record({
    values: benignMessage,
    account: name,
    type: fc.constantFrom('ChallengeSent', 'InvalidPassword'),
  });
  const check = fc.check(
    fc.property(
      fc.array(benign, { minLength: 1, maxLength: 12 }),
      fc.array(fc.nat(), { maxLength: 4 }),
      (parts, cuts) => {
        const all = numbered(
          parts.map(({ values, account, type }) => ({ ...values, AccountID: account, SecurityEvent: type })),
        );
        const outputs = read(all.map((values) => logLine(values)).join(''), cuts).outputs;
        const accounts = outputs.map((output) => (typeof output === 'string' ? output : output.account));
        return accounts.join('\n') === parts.map(({ account }) => account).join('\n');
      },
    ),
    { numRuns: RUNS },
  );
  t.notOk(check.failed, fc.defaultReportMessage(check) ?? 'holds');
});

await t.test('text without line feeds and quotes costs no event', async (t) => {
  const text = fc.string({ unit: 'binary-ascii', maxLength: 200 }).map((value) => value.replace(/["\n\u001b]/g, ''));
  const check = fc.check(
    fc.property(text, text, text, (SessionID, Challenge, Response) => {
      const values = { SecurityEvent: 'ChallengeResponseFailed', SessionID, Challenge, Response, ExpectedResponse: '' };
      const [event, ...rest] = read(logLine(message(values))).outputs;
      return typeof event === 'object' && event.sessionId === SessionID && rest.length === 0;
    }),
    { numRuns: RUNS },
  );
  t.notOk(check.failed, fc.defaultReportMessage(check) ?? 'holds');
});
