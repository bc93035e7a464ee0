import { between } from '../../src/simulator/random.js';
import * as burst from './bursts.js';
import { each, HOUR, list, MINUTE, once, repeated, type Scenario, SECOND, together } from './scenario.js';

/** Many addresses far from each other. */
const BOTS = list(200, (index) => `198.18.${index}.7`);
const ROTATION = list(400, (index) => `2001:db8:bad:cafe::${(index + 1).toString(16)}`);
const NEIGHBOURS = list(200, (index) => `203.0.113.${index + 1}`);
const CUSTOMER = '203.0.113.250';
const MANAGER_BOTS = list(40, (index) => `198.19.${index}.7`);

/** Many addresses, each of which does little. */
export const botnets: readonly Scenario[] = [
  {
    name: '200 addresses, two guesses each at one account',
    moments: (random) =>
      repeated(random, { everyMs: 9 * SECOND, times: 400, jitter: 0.5 }, (round) =>
        burst.wrongPassword(random, { from: `IPV4/TCP/${BOTS[round % 200]}`, account: '201' }),
      ),
    attackers: each(BOTS, 2),
    friends: [],
    // Who takes part with one guess is banned after it falls silent.
    expected: { distributed: { severity: 'warning', subjects: ['201'] } },
    alsoTrue: { low_and_slow: ['pbx'] },
  },
  {
    name: '30 addresses, a guess an hour each at one account, the owner among his phones',
    moments: (random) =>
      together(
        repeated(random, { everyMs: 2 * MINUTE, times: 360, jitter: 0.5 }, (round) =>
          burst.wrongPassword(random, { from: `IPV4/TCP/${BOTS[round % 30]}`, account: '201' }),
        ),
        repeated(random, { everyMs: 5 * MINUTE, times: 144 }, () =>
          burst.goodLogin(random, { from: 'IPV4/UDP/192.0.2.10', account: '201' }),
        ),
        // The owner mistypes twice at another phone of his office.
        once(6 * HOUR, burst.wrongPassword(random, { from: 'IPV4/UDP/192.0.2.10', account: '201' })),
        once(6 * HOUR + 20 * SECOND, burst.wrongPassword(random, { from: 'IPV4/UDP/192.0.2.10', account: '201' })),
      ),
    attackers: each(BOTS.slice(0, 30), 3),
    friends: ['192.0.2.10'],
    // How many take part is no reason for a critical alert: nobody got in.
    expected: { distributed: { severity: 'warning', subjects: ['201'] } },
    alsoTrue: { breach: ['201'], low_and_slow: ['pbx'] },
  },
  {
    name: 'an IPv6 /64 that takes a new address for each guess',
    moments: (random) =>
      repeated(random, { everyMs: 5 * SECOND, times: 400, jitter: 0.5 }, (round) =>
        burst.wrongPassword(random, { from: `IPV6/TCP/${ROTATION[round]}`, account: `${200 + (round % 40)}` }),
      ),
    attackers: each(ROTATION, null),
    friends: [],
    // A /64 is one place: ten guesses each at forty accounts are first of all a few at each of many.
    expected: { password_spray: { severity: 'warning', subjects: ['2001:db8:bad:cafe::/64'] } },
  },
  {
    name: 'the same with an account of its own',
    moments: (random) =>
      together(
        repeated(random, { everyMs: 5 * MINUTE, times: 7 }, () =>
          burst.goodLogin(random, { from: 'IPV6/TCP/2001:db8:bad:cafe::1', account: '299' }),
        ),
        repeated(random, { from: SECOND, everyMs: 5 * SECOND, times: 400, jitter: 0.5 }, (round) =>
          burst.wrongPassword(random, { from: `IPV6/TCP/${ROTATION[round]}`, account: `${200 + (round % 40)}` }),
        ),
      ),
    attackers: each(ROTATION, null),
    friends: [],
    expected: { password_spray: { severity: 'warning', subjects: ['2001:db8:bad:cafe::/64'] } },
    alsoTrue: { trusted_at_risk: ROTATION },
  },
  {
    name: '40 addresses at one account, each as steady as a phone',
    moments: (random) =>
      together(
        ...BOTS.slice(0, 40).map((bot, index) =>
          repeated(random, { from: index * SECOND, everyMs: 30 * SECOND, times: 200, jitter: 0.05 }, () =>
            burst.wrongPassword(random, { from: `IPV4/TCP/${bot}`, account: '201' }),
          ),
        ),
      ),
    // None has an hour between its guesses, and so each may be a device, until it has tried as often as one.
    attackers: each(BOTS.slice(0, 40), 60),
    friends: [],
    expected: { distributed: { severity: 'warning', subjects: ['201'] } },
    alsoTrue: { stale_credentials: BOTS },
  },
  {
    name: 'an IPv4 /24 that shares many accounts',
    moments: (random) =>
      repeated(random, { everyMs: 2 * SECOND, times: 600, jitter: 0.5 }, (round) =>
        burst.wrongPassword(random, {
          from: `IPV4/TCP/${NEIGHBOURS[round % 200]}`,
          account: `${between(random, 200, 999)}`,
        }),
      ),
    attackers: each(NEIGHBOURS, null),
    friends: [],
    // Each of them does little. That they share a list of accounts gives them away, and that is `distributed`.
    expected: { distributed: { severity: 'warning', subjects: ['203.0.113.0/24'] } },
  },
  {
    name: 'the same /24 with a customer in it',
    moments: (random) =>
      together(
        repeated(random, { everyMs: 2 * SECOND, times: 600, jitter: 0.5 }, (round) =>
          burst.wrongPassword(random, {
            from: `IPV4/TCP/${NEIGHBOURS[round % 200]}`,
            account: `${between(random, 200, 999)}`,
          }),
        ),
        repeated(random, { everyMs: 5 * MINUTE, times: 5 }, () =>
          burst.goodLogin(random, { from: `IPV4/UDP/${CUSTOMER}`, account: '250' }),
        ),
      ),
    attackers: each(NEIGHBOURS, null),
    friends: [CUSTOMER],
    expected: { distributed: { severity: 'warning', subjects: ['203.0.113.0/24'] } },
  },
  {
    name: '40 addresses at the manager interface, one guess a day each',
    moments: (random) =>
      repeated(random, { everyMs: 36 * MINUTE, times: 120, jitter: 0.3 }, (round) =>
        burst.amiWrongPassword(random, { from: `IPV4/TCP/${MANAGER_BOTS[round % 40]}`, account: 'admin' }),
      ),
    attackers: each(MANAGER_BOTS, 2),
    friends: [],
    expected: { distributed: { severity: 'warning', subjects: ['admin'] } },
    alsoTrue: { low_and_slow: ['pbx'] },
  },
];
