import * as burst from './bursts.js';
import { DAY, each, HOUR, list, MINUTE, once, peace, repeated, type Scenario, SECOND, together } from './scenario.js';

const OFFICE = '192.0.2.20';
const HOME = '192.0.2.77';
const STRANGER = '203.0.113.9';
const OVER_TLS = '198.18.0.7';
const OVER_UDP = '198.18.1.7';
const BOTS = list(8, (index) => `198.18.${index}.7`);
const CUSTOMERS = list(30, (index) => `198.51.${index}.20`);

const owner = { from: `IPV4/UDP/${HOME}`, account: '207' };
const stranger = { from: `IPV4/TLS/${STRANGER}`, account: '207' };
const program = { from: `IPV4/UDP/${OFFICE}`, account: '300', port: 40_000 };

function officePhone(index: number) {
  return { from: `IPV4/UDP/${OFFICE}`, account: `${101 + index}`, port: 10_000 + index };
}

/** What each kind of evidence is worth. */
export const evidence: readonly Scenario[] = [
  {
    name: 'a program behind the NAT of 19 phones',
    moments: (random) =>
      together(
        ...list(19, (index) =>
          repeated(random, { from: index * SECOND, everyMs: 5 * MINUTE, times: 288, jitter: 0.05 }, () =>
            burst.goodLogin(random, officePhone(index)),
          ),
        ),
        repeated(random, { from: HOUR, everyMs: SECOND, times: 1000, jitter: 0.5 }, () =>
          burst.wrongPassword(random, program),
        ),
      ),
    // The program's socket is banned, and no login of the nineteen is lost.
    attackers: each([OFFICE], 30),
    friends: [OFFICE],
    expected: {},
    alsoTrue: { brute_force: [OFFICE], stale_credentials: [OFFICE], trusted_at_risk: [OFFICE] },
  },
  {
    name: 'a honeypot touched once over TLS',
    settings: { HONEYPOT_ACCOUNTS: '100,1000' },
    moments: (random) => once(0, burst.wrongPassword(random, { from: `IPV4/TLS/${OVER_TLS}`, account: '1000' })),
    attackers: each([OVER_TLS], 1),
    friends: [],
    expected: { honeypot: { severity: 'warning', subjects: [OVER_TLS] } },
    findings: 1,
  },
  {
    name: 'a honeypot touched once over UDP, and twice from elsewhere',
    settings: { HONEYPOT_ACCOUNTS: '100,1000' },
    moments: (random) =>
      together(
        // Anybody can send one packet in the name of somebody else.
        once(0, burst.wrongPassword(random, { from: `IPV4/UDP/${HOME}`, account: '100' })),
        repeated(random, { from: MINUTE, everyMs: MINUTE, times: 2 }, () =>
          burst.wrongPassword(random, { from: `IPV4/UDP/${OVER_UDP}`, account: '100' }),
        ),
      ),
    attackers: each([OVER_UDP], 2),
    friends: [HOME],
    expected: { honeypot: { severity: 'warning', subjects: [OVER_UDP, HOME] } },
  },
  {
    name: 'an account guessed at from eight networks, then in use at a ninth while its owner is at home',
    moments: (random) =>
      together(
        repeated(random, { everyMs: 10 * MINUTE, times: 3 * 144, jitter: 0.05 }, () => burst.goodLogin(random, owner)),
        repeated(random, { from: 2 * DAY, everyMs: 3 * MINUTE, times: 40, jitter: 0.3 }, (round) =>
          burst.wrongPassword(random, { from: `IPV4/TCP/${BOTS[round % 8]}`, account: '207' }),
        ),
        once(2 * DAY + 3 * HOUR, burst.goodLogin(random, stranger)),
      ),
    attackers: each(BOTS, null),
    friends: [HOME],
    expected: { breach: { severity: 'warning', subjects: ['207'] } },
  },
  {
    name: 'a stolen password, with which somebody calls every 15 s while its owner is at home',
    moments: (random) =>
      together(
        repeated(random, { everyMs: 10 * MINUTE, times: 4 * 144, jitter: 0.05 }, () => burst.goodLogin(random, owner)),
        repeated(random, { from: 3 * DAY, everyMs: 15 * SECOND, times: 120 }, () => burst.goodLogin(random, stranger)),
      ),
    // Nobody guessed; where the owner is on the road it looks the same, so it is told and nobody is banned.
    attackers: each([STRANGER], null),
    friends: [HOME],
    expected: { breach: { severity: 'warning', subjects: ['207'] } },
    findings: 1,
  },
  peace(
    '30 customers whose endpoints are gone for an hour',
    CUSTOMERS,
    // One outage, told once, and not thirty enumerations.
    { expected: { outage: { severity: 'warning', subjects: ['pbx'] } }, findings: 1 },
    (random) =>
      together(
        ...CUSTOMERS.map((address, index) => {
          const request = { from: `IPV4/UDP/${address}`, account: `${400 + index}` };
          const good = (from: number, times: number) =>
            repeated(random, { from, everyMs: 10 * MINUTE, times, jitter: 0.05 }, () =>
              burst.goodLogin(random, request),
            );
          return together(
            good(index * SECOND, 144),
            repeated(random, { from: 1.1 * DAY, everyMs: MINUTE, times: 60, jitter: 0.1 }, () =>
              burst.unknownUser(random, request),
            ),
            good(1.2 * DAY, 12),
          );
        }),
      ),
  ),
  {
    name: 'guesses at five accounts of chan_sip, between logins that cost no password',
    moments: (random) =>
      repeated(random, { everyMs: 10 * SECOND, times: 300, jitter: 0.3 }, (round) => {
        const request = { from: `IPV4/UDP/${STRANGER}`, account: `${201 + (round % 5)}`, port: 20_000 + round };
        return round % 3 === 2 ? burst.chanSipFreeLogin(random, request) : burst.chanSipWrongPassword(random, request);
      }),
    // Such a login is no home, forgives nothing and is no break-in.
    attackers: each([STRANGER], 15),
    friends: [],
    expected: { brute_force: { severity: 'warning', subjects: [STRANGER] } },
    alsoTrue: { password_spray: [STRANGER] },
    findings: 2,
  },
  peace(
    '60 phones that register at once, named by their answers only',
    [OFFICE],
    // `auth_username` among the identifiers: each dialog begins with a stranger's name, and none is a guess.
    { expected: {}, findings: 0 },
    (random) =>
      together(
        ...list(60, (index) => once(index * 300, burst.lateNamedLogin(random, officePhone(index)))),
        ...list(60, (index) => once(HOUR + index * 300, burst.lateNamedLogin(random, officePhone(index)))),
      ),
  ),
];
