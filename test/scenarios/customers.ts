import type { Random } from '../../src/simulator/random.js';
import * as burst from './bursts.js';
import {
  DAY,
  HOUR,
  list,
  MINUTE,
  type Moment,
  once,
  peace,
  repeated,
  type Scenario,
  SECOND,
  together,
} from './scenario.js';

const CARRIERS = ['192.0.2.71', '192.0.2.72', '192.0.2.73'];
const PERIODS = [10 * SECOND, 30 * SECOND, MINUTE];
const TYPISTS = list(30, (index) => `198.51.100.${index + 1}`);
const SUBSCRIBERS = list(1500, (index) => `198.18.${index >> 6}.${(index & 63) + 1}`);

/** Carriers and single phones. */
export const customers: readonly Scenario[] = [
  peace(
    'keepalives of three carriers that Asterisk does not know, for half a day',
    CARRIERS,
    // `ping` is no extension and comes without a password: it is no evidence of anything, and so there is nothing to tell.
    { expected: {} },
    (random) => together(...CARRIERS.map((carrier, index) => keepalives(random, carrier, PERIODS[index] ?? MINUTE, 0))),
  ),
  peace('the same with a fiftieth of them lost', CARRIERS, { expected: {} }, (random) =>
    together(...CARRIERS.map((carrier, index) => keepalives(random, carrier, PERIODS[index] ?? MINUTE, 0.02))),
  ),
  peace(
    '30 customers who mistype two to four times and get in',
    TYPISTS,
    // Of three or four mistakes there is a line, of two there is none.
    { expected: {}, alsoTrue: { breach: list(30, (index) => `${101 + index}`) } },
    (random) =>
      together(
        ...TYPISTS.map((address, index) => {
          const request = { from: `IPV4/UDP/${address}`, account: `${101 + index}` };
          const from = index * MINUTE;
          const times = 2 + (index % 3);
          return together(
            repeated(random, { from, everyMs: 15 * SECOND, times, jitter: 0.3 }, () =>
              burst.resent(burst.wrongPassword(random, request), 1 + (index % 4)),
            ),
            once(from + 3 * MINUTE, burst.goodLogin(random, request)),
          );
        }),
      ),
  ),
  peace(
    '500 phones that register within 20 s after an outage',
    SUBSCRIBERS.slice(0, 500),
    { expected: {}, alsoTrue: { storm: ['pbx'] } },
    (random) => storm(random, SUBSCRIBERS.slice(0, 500)),
  ),
  peace(
    '1,500 phones that register within 20 s after an outage',
    SUBSCRIBERS,
    { expected: { storm: { severity: 'warning', subjects: ['pbx'] } } },
    (random) => storm(random, SUBSCRIBERS),
  ),
  peace(
    'a mobile phone with an old password, every hour at another address',
    // Looks like an attack of many, each with a few guesses: a ban that nothing can avoid. What else is behind such an
    // address has logged in there and is spared.
    [],
    { expected: {}, alsoTrue: { stale_credentials: TYPISTS } },
    (random) =>
      together(
        ...TYPISTS.slice(0, 24).map((address, hour) =>
          repeated(random, { from: hour * HOUR, everyMs: MINUTE, times: 60, jitter: 0.05 }, () =>
            burst.wrongPassword(random, { from: `IPV4/UDP/${address}`, account: '150' }),
          ),
        ),
      ),
  ),
];

function keepalives(random: Random, carrier: string, everyMs: number, loss: number): Iterable<Moment> {
  return repeated(random, { everyMs, times: DAY / 2 / everyMs, jitter: 0.01 }, () =>
    random() < loss ? [] : burst.unknownUser(random, { from: `IPV4/UDP/${carrier}`, account: 'ping' }),
  );
}

/** A quiet hour before, as far as the PBX's usual pace goes. */
function storm(random: Random, addresses: readonly string[]): Iterable<Moment> {
  const logins = (from: number, spanMs: number) =>
    addresses.map((address, index) =>
      once(
        from + Math.round(random() * spanMs),
        burst.goodLogin(random, { from: `IPV4/UDP/${address}`, account: `${2000 + index}` }),
      ),
    );
  return together(...logins(0, HOUR), ...logins(2 * HOUR, 20 * SECOND));
}
