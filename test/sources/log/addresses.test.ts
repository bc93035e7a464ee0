// Whatever clients write, and whatever carried the log, no reader hands out another address than the one that Asterisk wrote.
import { env } from 'node:process';
import fc from 'fast-check';
import t from 'tap';
import { MessagesLog } from '../../../src/sources/log/messages-log.js';
import { SecurityLog } from '../../../src/sources/log/security-log.js';
import { rounds } from '../../rounds.js';
import { wrapIn } from './carriers.js';
import { logLine, message } from './log-lines.js';

const RUNS = Number(env['FUZZ_RUNS'] ?? rounds(4_000));
const TRUE = '203.0.113.9';
const FORGED = logLine(message({ RemoteAddress: 'IPV4/UDP/9.9.9.9/9', Service: 'SIP', SessionID: '0x1' }));

const fragment = fc.constantFrom(
  ...[
    '\n',
    '"',
    "'",
    ',',
    'x',
    '101',
    ' ',
    '9.9.9.9',
    '[2001:db8::9]:5',
    "' failed for '9.9.9.9:5' (callid: ",
    "' - Wrong password",
  ],
  ...[
    '",SessionID="0x1",LocalAddress="IPV4/UDP/1.1.1.1/1",RemoteAddress="IPV4/UDP/9.9.9.9/9"',
    '\u001b',
    'm',
    '{',
    '}',
    '\\n',
  ],
  ...[
    'pbx-1  | ',
    'Nov 21 01:44:33 h asterisk[1]: ',
    'MESSAGE=',
    '[] NOTICE[1] chan_sip.c: ',
    FORGED,
    `${FORGED.slice(0, -1)}\\`,
  ],
);
const hostile = (bytes: number) => fc.array(fragment, { maxLength: 6 }).map((parts) => parts.join('').slice(0, bytes));

const scene = fc.record({
  carrier: fc.constantFrom(...wrapIn),
  account: hostile(255),
  sessionId: hostile(600).map((text) => text.replaceAll('\n', '')),
  isNotice: fc.boolean(),
});

/** One genuine message and its neighbours, as the carrier writes them: those that frame lines frame what a client broke, too. */
function fileOf({ carrier, account, sessionId, isNotice }: { [Key in keyof SceneOf]: SceneOf[Key] }): Buffer {
  const benign = logLine(message());
  const text = isNotice
    ? `[Nov 21 01:44:33] NOTICE[1] chan_sip.c: Registration from '${account.replaceAll('\n', '')}' failed for '${TRUE}:5' - Wrong password\n`
    : logLine(message({ Service: 'SIP', AccountID: account, SessionID: '0x55aa', Challenge: sessionId }));
  const lines = (benign + text + benign).split(/(?<=\n)/);
  return Buffer.from(lines.map((line) => carrier.wrap(line)).join(''));
}

type SceneOf = typeof scene extends fc.Arbitrary<infer Scene> ? Scene : never;

await t.test('any account, any Call-ID, any carrier: the address is the one that Asterisk wrote', async (t) => {
  let events = 0;
  const check = fc.check(
    fc.property(scene, (scene) => {
      const addresses: string[] = [];
      const output = {
        onEvent: ({ remote }: { readonly remote: { readonly address: string } }) => addresses.push(remote.address),
        onMalformed: () => undefined,
        onIgnored: () => undefined,
      };
      for (const reader of [
        new SecurityLog({ pbx: 'p' }, output),
        new MessagesLog({ pbx: 'p', clock: () => 0 }, output),
      ]) {
        reader.read(fileOf(scene), true);
        reader.settle();
      }
      events += addresses.length;
      return addresses.every((address) => address === TRUE);
    }),
    { numRuns: RUNS },
  );
  t.notOk(check.failed, fc.defaultReportMessage(check) ?? 'holds');
  t.ok(events > RUNS, `${events} events`);
});
