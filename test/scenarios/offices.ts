import type { Random } from '../../src/simulator/random.js';
import * as burst from './bursts.js';
import { DAY, HOUR, list, MINUTE, type Moment, peace, repeated, type Scenario, SECOND, together } from './scenario.js';

const OFFICE = '192.0.2.20';
const STALE_OFFICE = { stale_credentials: { severity: 'info', subjects: [OFFICE] } } as const;
/** One provisioning error, and not twenty findings. */
const OUTAGE = { outage: { severity: 'warning', subjects: ['pbx'] } } as const;
const AT_RISK = { trusted_at_risk: [OFFICE], stale_credentials: [OFFICE] };
/** Nobody guessed, but a login after so many failures is worth a line. */
const NOTED = { breach: list(60, (index) => `${101 + index}`) };

/** The router gives each phone of the office a port of its own. */
function phone(account: number): { from: string; account: string; port: number } {
  return { from: `IPV4/UDP/${OFFICE}`, account: `${account}`, port: 10_000 + account };
}

/** The phones of one office, each every five minutes, as far as they still have the right password. */
function phones(random: Random, accounts: readonly number[], until: number, from = 0): Iterable<Moment> {
  return together(
    ...accounts.map((account, index) =>
      repeated(
        random,
        {
          from: from + index * 3 * SECOND,
          everyMs: 10 * MINUTE,
          times: Math.floor((until - from) / (10 * MINUTE)),
          jitter: 0.05,
        },
        () => burst.goodLogin(random, phone(account)),
      ),
    ),
  );
}

function stalePhone(
  random: Random,
  account: number,
  everyMs: number,
  until: number,
  jitter: number,
  from = HOUR,
): Iterable<Moment> {
  return repeated(random, { from, everyMs, times: Math.floor((until - from) / everyMs), jitter }, () =>
    burst.wrongPassword(random, phone(account)),
  );
}

const NINETEEN = list(19, (index) => 101 + index);

/** An office of twenty phones behind one address, of which one has an old password. */
export const offices: readonly Scenario[] = [
  peace('20 phones, one with an old password for a day', [OFFICE], { expected: STALE_OFFICE }, (random) =>
    together(phones(random, NINETEEN, DAY), stalePhone(random, 120, MINUTE, DAY, 0.02)),
  ),
  peace('the same, and it had logged in before', [OFFICE], { expected: STALE_OFFICE }, (random) =>
    together(phones(random, NINETEEN, DAY), phones(random, [120], HOUR), stalePhone(random, 120, MINUTE, DAY, 0.02)),
  ),
  peace('the same, with waits from 20 to 100 s', [OFFICE], { expected: {}, alsoTrue: AT_RISK }, (random) =>
    together(phones(random, NINETEEN, DAY), phones(random, [120], HOUR), stalePhone(random, 120, MINUTE, DAY, 0.66)),
  ),
  peace('the same for two days, and it had never logged in', [OFFICE], { expected: {}, alsoTrue: AT_RISK }, (random) =>
    together(phones(random, NINETEEN, 2 * DAY), stalePhone(random, 120, MINUTE, 2 * DAY, 0.66)),
  ),
  peace(
    '20 phones with an old password for 3 hours, then with the new one',
    [OFFICE],
    { expected: OUTAGE, alsoTrue: { ...AT_RISK, ...NOTED } },
    (random) =>
      together(
        phones(random, [...NINETEEN, 120], HOUR),
        ...list(20, (index) => stalePhone(random, 101 + index, MINUTE, 4 * HOUR, 0.1)),
        phones(random, [...NINETEEN, 120], 5 * HOUR, 4 * HOUR),
      ),
  ),
  peace(
    'the same with waits from 20 to 100 s',
    [OFFICE],
    { expected: OUTAGE, alsoTrue: { ...AT_RISK, ...NOTED } },
    (random) =>
      together(
        phones(random, [...NINETEEN, 120], HOUR),
        ...list(20, (index) => stalePhone(random, 101 + index, MINUTE, 4 * HOUR, 0.66)),
        phones(random, [...NINETEEN, 120], 5 * HOUR, 4 * HOUR),
      ),
  ),
  peace(
    '20 phones with an old password, the first that the exporter sees of them',
    [OFFICE],
    // Ten sockets that keep to an account each are phones, however many guesses that makes: to be mended, not attacked.
    { expected: STALE_OFFICE },
    (random) =>
      together(
        phones(
          random,
          list(10, (index) => 101 + index),
          DAY,
        ),
        ...list(10, (index) => stalePhone(random, 111 + index, MINUTE, 4 * HOUR, 0.1)),
      ),
  ),
  peace('20 phones behind a line that loses packets', [OFFICE], { expected: {} }, (random) =>
    together(
      ...list(20, (index) =>
        repeated(random, { from: index * 700, everyMs: 10 * MINUTE, times: 144, jitter: 0.05 }, () => {
          const login = burst.goodLogin(random, phone(101 + index));
          return random() < 0.3 ? burst.resent(login, 3) : login;
        }),
      ),
    ),
  ),
  peace('20 phones that use a nonce until it is too old', [OFFICE], { expected: {} }, (random) =>
    together(
      ...list(20, (index) => {
        const request = { ...phone(101 + index), callId: `the-same-${index}` };
        // Asterisk then sends a new challenge, which the phone answers as the first one.
        return repeated(random, { from: index * 700, everyMs: 10 * MINUTE, times: 72, jitter: 0.05 }, (round) =>
          round % 3 === 0 ? burst.goodLogin(random, request) : burst.renewedLogin(random, request),
        );
      }),
    ),
  ),
  peace('20 chan_sip phones, of which every tenth answer gets lost', [OFFICE], { expected: {} }, (random) =>
    together(
      ...list(20, (index) =>
        repeated(random, { from: index * 700, everyMs: 10 * MINUTE, times: 72, jitter: 0.05 }, () => {
          const request = phone(101 + index);
          return random() < 0.1 ? burst.chanSipChallenged(random, request) : burst.chanSipLogin(random, request);
        }),
      ),
    ),
  ),
];
