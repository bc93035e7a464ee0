import type { Random } from '../../src/simulator/random.js';
import * as burst from './bursts.js';
import { DAY, each, HOUR, MINUTE, type Moment, repeated, type Scenario, SECOND, together } from './scenario.js';

const UDP = 'IPV4/UDP/203.0.113.9';
const TCP = 'IPV4/TCP/203.0.113.9';
const ATTACKER = '203.0.113.9';

/** Faster than any device tries: so many guesses within four minutes. */
const PACE = 30;
/** As many tries as a customer needs to mend a device: one socket with one account may be one, until it has a few more. */
const DEVICE = 65;

/** One address that does the same thing all the time. */
function attack(
  name: string,
  bound: number | null,
  told: Pick<Scenario, 'expected' | 'alsoTrue'>,
  moments: (random: Random) => Iterable<Moment>,
  weakness?: string,
): Scenario {
  const known = weakness === undefined ? {} : { weakness };
  return { name, moments, attackers: each([ATTACKER], bound), friends: [], ...told, ...known };
}

const ENUMERATION = { enumeration: { severity: 'warning', subjects: [ATTACKER] } } as const;
const BRUTE_FORCE = { brute_force: { severity: 'warning', subjects: [ATTACKER] } } as const;
const STALE = { stale_credentials: { severity: 'warning', subjects: [ATTACKER] } } as const;
const SPRAY = { password_spray: { severity: 'warning', subjects: [ATTACKER] } } as const;

const ALSO_BRUTE_FORCE = { brute_force: [ATTACKER], stale_credentials: [ATTACKER] };

export const enumerators: readonly Scenario[] = [
  attack(
    '500 extensions asked for, as svwar does',
    // Twelve names, and those that it asks for before two seconds show that no password follows.
    40,
    { expected: ENUMERATION, alsoTrue: ALSO_BRUTE_FORCE },
    (random) =>
      repeated(random, { everyMs: 100, times: 500, jitter: 0.5 }, (round) =>
        // Every twentieth exists, and then Asterisk raises no failure.
        round % 20 === 19
          ? burst.challenged(random, { from: UDP, account: `${100 + round}` })
          : burst.unknownUser(random, { from: UDP, account: `${100 + round}` }),
      ),
  ),
  attack(
    '200 extensions guessed at with a password',
    // One socket with nine accounts may be a gateway's.
    20,
    { expected: BRUTE_FORCE, alsoTrue: { enumeration: [ATTACKER], password_spray: [ATTACKER] } },
    (random) =>
      repeated(random, { everyMs: 300, times: 200, jitter: 0.5 }, (round) =>
        burst.unknownUserWithPassword(random, { from: TCP, account: `${100 + round}` }),
      ),
  ),
  attack(
    '200 extensions asked for, on a PBX that names none',
    // Some forty within two minutes; each is told after 32 s.
    80,
    { expected: ENUMERATION, alsoTrue: ALSO_BRUTE_FORCE },
    (random) =>
      repeated(random, { everyMs: 3 * SECOND, times: 200, jitter: 0.5 }, () =>
        burst.strangerChallenged(random, { from: UDP, account: '' }),
      ),
  ),
  attack('200 extensions asked for, chan_sip', 40, { expected: ENUMERATION, alsoTrue: ALSO_BRUTE_FORCE }, (random) =>
    repeated(random, { everyMs: 3 * SECOND, times: 200, jitter: 0.5 }, (round) =>
      burst.chanSipChallenged(random, { from: UDP, account: `${100 + round}` }),
    ),
  ),
  // Twelve names, which are forgotten slowly.
  attack('one extension an hour asked for', 15, { expected: ENUMERATION, alsoTrue: ALSO_BRUTE_FORCE }, (random) =>
    repeated(random, { everyMs: HOUR, times: 72, jitter: 0.3 }, (round) =>
      burst.unknownUser(random, { from: UDP, account: `${100 + round}` }),
    ),
  ),
];

export const guessers: readonly Scenario[] = [
  attack(
    '1,000 passwords at one account, as svcrack does',
    PACE,
    { expected: BRUTE_FORCE, alsoTrue: ALSO_BRUTE_FORCE },
    (random) =>
      repeated(random, { everyMs: 125, times: 1000, jitter: 0.5 }, () =>
        burst.wrongPassword(random, { from: UDP, account: '201' }),
      ),
  ),
  attack(
    '1,000 passwords at one account, chan_sip',
    PACE,
    { expected: BRUTE_FORCE, alsoTrue: ALSO_BRUTE_FORCE },
    (random) =>
      repeated(random, { everyMs: 125, times: 1000, jitter: 0.5 }, () =>
        burst.chanSipWrongPassword(random, { from: TCP, account: '201' }),
      ),
  ),
  attack(
    '300 passwords with one nonce and one Call-ID',
    PACE,
    { expected: BRUTE_FORCE, alsoTrue: ALSO_BRUTE_FORCE },
    (random) =>
      repeated(random, { everyMs: 50, times: 300 }, () =>
        burst.reusedNonce(random, { from: TCP, account: '201', callId: 'one-and-the-same' }),
      ),
  ),
  attack(
    '300 passwords at an address that an ACL keeps out',
    PACE,
    { expected: BRUTE_FORCE, alsoTrue: ALSO_BRUTE_FORCE },
    (random) =>
      repeated(random, { everyMs: 500, times: 300, jitter: 0.5 }, () =>
        burst.denied(random, { from: TCP, account: '201' }),
      ),
  ),
  attack(
    '200 guesses at the manager interface',
    10,
    { expected: BRUTE_FORCE, alsoTrue: { enumeration: [ATTACKER] } },
    (random) =>
      repeated(random, { everyMs: 1500, times: 200, jitter: 0.5 }, (round) =>
        round % 3 === 0
          ? burst.amiWrongPassword(random, { from: TCP, account: 'admin' })
          : burst.amiUnknownUser(random, { from: TCP, account: `root${round}` }),
      ),
  ),
  attack('one guess every 30 s for a day, as steady as a phone', DEVICE, { expected: STALE }, (random) =>
    repeated(random, { everyMs: 30 * SECOND, times: DAY / (30 * SECOND), jitter: 0.05 }, () =>
      burst.wrongPassword(random, { from: TCP, account: '201' }),
    ),
  ),
];

export const patientOnes: readonly Scenario[] = [
  // One socket with one account, as a forgotten phone: told as such, and a warning since nobody lives there.
  attack('one guess every 30 minutes for 3 days', DEVICE, { expected: STALE }, (random) =>
    repeated(random, { everyMs: 30 * MINUTE, times: 144 }, () =>
      burst.wrongPassword(random, { from: TCP, account: '201' }),
    ),
  ),
  attack(
    'one guess every 15 to 45 minutes for 3 days, and a restart after 6 hours',
    DEVICE,
    { expected: STALE },
    (random) =>
      together(
        repeated(random, { everyMs: 30 * MINUTE, times: 144, jitter: 0.5 }, () =>
          burst.wrongPassword(random, { from: TCP, account: '201' }),
        ),
        [{ at: 6 * HOUR, restart: true }],
      ),
  ),
  attack(
    'two passwords at each of 50 accounts',
    30,
    // Two tries at each from one socket: more accounts than a gateway has lines come before the share that makes a spray.
    { expected: BRUTE_FORCE, alsoTrue: { password_spray: [ATTACKER] } },
    (random) =>
      repeated(random, { everyMs: 5 * SECOND, times: 100, jitter: 0.5 }, (round) =>
        burst.wrongPassword(random, { from: TCP, account: `${200 + (round >> 1)}` }),
      ),
  ),
  attack(
    'one password at each of 40 accounts, every ten minutes one',
    12,
    { expected: SPRAY, alsoTrue: ALSO_BRUTE_FORCE },
    (random) =>
      repeated(random, { everyMs: 10 * MINUTE, times: 40, jitter: 0.3 }, (round) =>
        burst.wrongPassword(random, { from: TCP, account: `${200 + round}` }),
      ),
  ),
  insider('an attacker who owns an account and logs in every 4 minutes, over TCP', TCP, 22),
  insider('the same over UDP', UDP, 22),
];

/** A login forgives the own account's failures and not the others'. */
function insider(name: string, from: string, bound: number): Scenario {
  return attack(
    name,
    bound,
    { expected: STALE, alsoTrue: { ...ALSO_BRUTE_FORCE, trusted_at_risk: [ATTACKER] } },
    (random) =>
      together(
        repeated(random, { everyMs: 4 * MINUTE, times: 30 }, () => burst.goodLogin(random, { from, account: '299' })),
        repeated(random, { from: MINUTE, everyMs: 20 * SECOND, times: 300, jitter: 0.5 }, (round) =>
          burst.wrongPassword(random, { from, account: `${200 + (round % 3)}` }),
        ),
      ),
    'each of the three accounts gets as many tries as a device, and all of it is told as good to know',
  );
}
