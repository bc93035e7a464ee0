import type { Severity } from '../../src/domain/finding.js';
import type { Random } from '../../src/simulator/random.js';
import * as burst from './bursts.js';
import {
  DAY,
  each,
  HOUR,
  list,
  MINUTE,
  type Moment,
  once,
  repeated,
  type Scenario,
  SECOND,
  together,
} from './scenario.js';

const FROM = 'IPV4/TCP/203.0.113.9';
const ADDRESS = '203.0.113.9';
const ACCOUNT = '207';
const HOME = '192.0.2.77';
/** More than the thirty networks that make an attack on one account a distributed one. */
const BOTS = list(40, (index) => `198.18.${index}.7`);

const request = { from: FROM, account: ACCOUNT };

function guesses(random: Random, times: number, everyMs: number): Iterable<Moment> {
  return repeated(random, { everyMs, times, jitter: 0.5 }, () => burst.wrongPassword(random, request));
}

function login(random: Random, at: number): Moment[] {
  return once(at, burst.goodLogin(random, request));
}

/** An attacker who gets in at last. */
function breakIn(
  name: string,
  severity: Severity | null,
  moments: Scenario['moments'],
  { weakness, ...alsoTrue }: Scenario['alsoTrue'] & Pick<Scenario, 'weakness'> = {},
): Scenario {
  return {
    name,
    moments,
    attackers: each([ADDRESS], null),
    friends: [],
    expected: severity === null ? {} : { breach: { severity, subjects: [ACCOUNT] } },
    alsoTrue: { brute_force: [ADDRESS], stale_credentials: [ADDRESS], ...alsoTrue },
    ...(weakness === undefined ? {} : { weakness }),
  };
}

/** What got through. */
export const breakIns: readonly Scenario[] = [
  breakIn('a login after 3 failures', 'info', (random) =>
    together(guesses(random, 3, 30 * SECOND), login(random, 5 * MINUTE)),
  ),
  // Who mistypes nine times at one account looks the same, and most of them are customers.
  breakIn('a login after 9 failures', 'info', (random) =>
    together(guesses(random, 9, 30 * SECOND), login(random, 10 * MINUTE)),
  ),
  breakIn('a login after 1,000 failures, nobody blocking', 'critical', (random) =>
    together(guesses(random, 1000, 2 * SECOND), login(random, 2 * HOUR)),
  ),
  // Nobody knows who has the address by now.
  breakIn('a login 100 days after 25 failures', null, (random) =>
    together(guesses(random, 25, HOUR), login(random, 100 * DAY)),
  ),
  breakIn('a login 100 days after 25 failures, and a restart between', null, (random) =>
    together(guesses(random, 25, HOUR), [{ at: 50 * DAY, restart: true }], login(random, 100 * DAY)),
  ),
  breakIn(
    'a login after one guess at each of 25 accounts',
    'critical',
    (random) =>
      together(
        repeated(random, { everyMs: 3 * HOUR, times: 25, jitter: 0.3 }, (round) =>
          burst.wrongPassword(random, { from: FROM, account: `${300 + round}` }),
        ),
        login(random, 4 * DAY),
      ),
    { password_spray: [ADDRESS], weakness: 'whoever was banned for a spray six times and then logs in is a warning' },
  ),
  // Everybody mistypes twice.
  breakIn('two wrong, then right', null, (random) =>
    together(guesses(random, 2, 5 * SECOND), login(random, 20 * SECOND)),
  ),
  breakIn('two wrong, and right a week later', null, (random) =>
    together(guesses(random, 2, 5 * SECOND), login(random, 7 * DAY)),
  ),
  besieged('a login from a new address while 40 others guess at the account', 'warning', 0),
  // Nobody knows whether the mistake was the owner's.
  besieged('the same after a mistake of the one who logs in', 'warning', 1),
];

/** The owner on the road, or one of the attackers: nobody can tell, so it is told and nobody is banned. */
function besieged(name: string, severity: Severity, mistakes: number): Scenario {
  const own = { from: `IPV4/TCP/${HOME}`, account: ACCOUNT };
  return {
    name,
    moments: (random) =>
      together(
        repeated(random, { everyMs: MINUTE, times: 120, jitter: 0.5 }, (round) =>
          burst.wrongPassword(random, { from: `IPV4/TCP/${BOTS[round % 40]}`, account: ACCOUNT }),
        ),
        ...list(mistakes, (index) => once(HOUR + index * 20 * SECOND, burst.wrongPassword(random, own))),
        once(HOUR + 2 * MINUTE, burst.goodLogin(random, own)),
      ),
    attackers: each(BOTS, null),
    friends: [HOME],
    expected: {
      distributed: { severity: 'warning', subjects: [ACCOUNT] },
      breach: { severity, subjects: [ACCOUNT] },
    },
    alsoTrue: { low_and_slow: ['pbx'] },
  };
}
