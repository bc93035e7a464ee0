import fc from 'fast-check';
import t from 'tap';
import { isFailedAuth, type SecurityEvent } from '../../src/domain/security-event.js';
import {
  deniedByAcl,
  goodPhone,
  raised,
  type Said,
  START,
  told,
  unknownWithDigest,
  unknownWithoutDigest,
  unnamed,
  wrongPassword,
} from './raised-events.js';

/** What one client does: the requests in order, each with the events that it raises, and what a person counts. */
interface Deed {
  readonly packets: readonly (readonly SecurityEvent[])[];
  readonly counted: readonly string[];
}

const account = fc.constantFrom('100', '101', '9999', 'admin', '__proto__', '');
const guess = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const named = (name: string) => (name === '' ? null : name);

/** Requests of two events each but for the challenged ones of chan_sip: what a packet raises comes at once. */
function pairs(events: readonly SecurityEvent[]): SecurityEvent[][] {
  return events.flatMap((_, n) => (n % 2 === 0 ? [events.slice(n, n + 2)] : []));
}

const single = (events: readonly SecurityEvent[]) => events.map((event) => [event]);

function deedOf(said: Said): fc.Arbitrary<Deed> {
  return fc.oneof(
    account.map((name) => ({
      packets: [unknownWithoutDigest(name, said)],
      counted: [`unknown_account ${named(name)}`],
    })),
    fc.tuple(account, guess).map(([name, hash]) => ({
      packets: pairs(unknownWithDigest(name, hash, said)),
      counted: [`unknown_account ${named(name)}`],
    })),
    // Up to sixteen answers, one right after the other, may be those of a device that tries once.
    fc.tuple(account, fc.uniqueArray(guess, { minLength: 1, maxLength: 16 })).map(([name, hashes]) => ({
      packets: single([
        raised('ChallengeSent', { ...said, account: name }),
        ...hashes.map((hash) => raised('ChallengeResponseFailed', { ...said, account: name, guess: hash })),
      ]),
      counted: hashes.flatMap((_, n) => (n % 4 === 0 ? `wrong_password ${named(name)}` : [])),
    })),
    fc.tuple(account, guess).map(([name, hash]) => ({
      packets: pairs(deniedByAcl(name, hash, said)),
      counted: [`denied ${named(name)}`],
    })),
    account.map((name) => ({ packets: single(goodPhone(name, said)), counted: [`success ${name}`] })),
    // Asterisk finds the endpoint by the second request (identify_by = auth_username), or the tenant.
    fc.tuple(account, account).map(([name, login]) => ({
      packets: [
        unknownWithoutDigest(name, said),
        [raised('InvalidAccountID', { ...said, account: name }), raised('SuccessfulAuth', { ...said, account: login })],
      ],
      counted: [`success ${login}`],
    })),
    account
      .filter((name) => name !== '')
      .map((name) => ({
        packets: single([raised('ChallengeSent', { ...said, account: name })]),
        counted: [`unanswered ${name}`],
      })),
    fc.constant({ packets: single([raised('ChallengeSent', { ...said, ...unnamed })]), counted: ['probe'] }),
  );
}

/** Deeds of up to ten clients, each a host of its own or one of few hosts with a Call-ID of its own. */
const deeds = fc
  .array(fc.tuple(fc.nat(2), fc.constantFrom('UDP', 'TLS')), { minLength: 1, maxLength: 10 })
  .chain((places) =>
    fc.tuple(
      ...places.map(([host, transport], n) =>
        deedOf({ sessionId: `call-${n}`, endpoint: `IPV4/${transport}/203.0.113.${host}` }),
      ),
    ),
  );

/**
 * Takes the next packet of one client or another, as `order` says, until there are none. All of it, up to 680 events, happens
 * within half a second: no name and no challenge has waited for too long, and no burst has ended.
 */
function interleaved(deeds: readonly Deed[], order: readonly number[]): SecurityEvent[] {
  const queues = deeds.map(({ packets }) => [...packets]);
  const events: SecurityEvent[] = [];
  for (let turn = 0; queues.some((queue) => queue.length > 0); turn++) {
    const waiting = queues.filter((queue) => queue.length > 0);
    events.push(...(waiting[(order[turn % Math.max(1, order.length)] ?? 0) % waiting.length]?.shift() ?? []));
  }
  return events.map((event, n) => ({ ...event, at: START + Math.floor(n / 2) }));
}

const isGuess = (word: string) => !/^(probe|success|unanswered)/.test(word);

await t.test('whatever clients do at the same time, the sum of what each did is counted', async (t) => {
  const check = fc.check(
    fc.property(deeds, fc.array(fc.nat(9)), (clients, order) => {
      const expected = clients.flatMap(({ counted }) => counted).sort();
      return JSON.stringify(told(interleaved(clients, order)).sort()) === JSON.stringify(expected);
    }),
    { numRuns: 500 },
  );
  t.notOk(check.failed, fc.defaultReportMessage(check) ?? '');
});

await t.test('packets that are sent again, at once or later, change nothing but for a success', async (t) => {
  const check = fc.check(
    fc.property(deeds, fc.array(fc.nat(9)), fc.array(fc.nat(3), { minLength: 1 }), (clients, order, copies) => {
      const again = clients.map(({ packets, counted }) => ({
        packets: packets.flatMap((packet, n) => new Array(1 + (copies[n % copies.length] ?? 0)).fill(packet)),
        counted,
      }));
      const successes = (words: string[]) => [...new Set(words.filter((word) => word.startsWith('success')))];
      const counted = (words: string[]) =>
        JSON.stringify([words.filter((word) => !word.startsWith('success')).sort(), successes(words).sort()]);
      return counted(told(interleaved(again, order))) === counted(told(interleaved(clients, order)));
    }),
    { numRuns: 500 },
  );
  t.notOk(check.failed, fc.defaultReportMessage(check) ?? '');
});

await t.test('of any events there are never more attempts than failures', async (t) => {
  const name = fc.constantFrom(
    'InvalidAccountID',
    'InvalidPassword',
    'ChallengeResponseFailed',
    'FailedACL',
    'ChallengeSent',
    'SuccessfulAuth',
    'SessionLimit',
  );
  const event = fc
    .record({
      name,
      service: fc.constantFrom('PJSIP', 'SIP', 'AMI', 'IAX2'),
      account: fc.constantFrom('101', '9999', '<unknown>', '', null),
      sessionId: fc.constantFrom('', 'a', 'b', 'c'),
      guess: fc.constantFrom(null, 1, 2, 3),
      aclName: fc.constantFrom(null, 'endpoint', 'registrar_x'),
      at: fc.nat(100_000).map((ms) => START + ms),
    })
    .map(({ name, ...said }) => raised(name as SecurityEvent['event'], said));
  const isFailure = (event: SecurityEvent) =>
    isFailedAuth(event) ||
    (event.event === 'FailedACL' && !(event.service === 'PJSIP' && event.aclName === 'registrar_x'));
  const check = fc.check(
    fc.property(fc.array(event, { minLength: 1, maxLength: 40 }), (events) => {
      const attempts = told(events).filter(isGuess).length;
      const failures = events.filter(isFailure).length;
      return attempts <= failures;
    }),
    { numRuns: 1000 },
  );
  t.notOk(check.failed, fc.defaultReportMessage(check) ?? '');
});

await t.test(
  'a wrong password on any Call-ID is counted once for each guess, whatever was done there before',
  async (t) => {
    const said = { sessionId: 'call-0', endpoint: 'IPV4/UDP/203.0.113.0' };
    const check = fc.check(
      fc.property(deedOf(said), guess, ({ packets }, hash) => {
        const before = packets.flat();
        const isSeen = before.some((event) => 'guess' in event && event.guess === hash);
        const words = told(before, wrongPassword('555', hash, said));
        return isSeen || words.includes('wrong_password 555');
      }),
    );
    t.notOk(check.failed, fc.defaultReportMessage(check) ?? '');
  },
);
