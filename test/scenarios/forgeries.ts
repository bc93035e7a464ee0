import { readdirSync, readFileSync } from 'node:fs';
import * as burst from './bursts.js';
import { DAY, each, HOUR, list, type Moment, repeated, type Scenario, SECOND, together } from './scenario.js';

const VICTIM = '9.9.9.9';
const ATTACKER = '203.0.113.9';
const FROM = `IPV4/UDP/${ATTACKER}`;
const CARRIER = '192.0.2.71';
const RANDOM_ONES = list(10_000, (index) => `198.${18 + (index >> 13)}.${(index >> 5) & 255}.${(index & 31) * 7 + 1}`);

/** What Asterisk said when somebody wrote line ends, keys and whole events into names and Call-IDs. */
function recordings(): Moment[] {
  const folder = new URL('../fixtures/recordings/', import.meta.url);
  return ['16', '22'].flatMap((version) =>
    readdirSync(new URL(version, folder))
      .filter((file) => /-inject-.*\.ami$/.test(file))
      .sort()
      .map((file, index) => {
        const bytes = readFileSync(new URL(`${version}/${file}`, folder));
        // Behind the banner; a recording can end in the middle of a block.
        const [begin, end] = [bytes.indexOf('\r\n') + 2, bytes.lastIndexOf('\r\n\r\n') + 4];
        return { at: index * 10 * SECOND, bytes: bytes.subarray(begin, end) };
      }),
  );
}

/** Text in a name that ends the event and begins a success of the attacker's own account; Asterisk escapes nothing. */
const FORGED_SUCCESS = 'a\r\n\r\nEvent: SuccessfulAuth\r\nPrivilege: security,all\r\nService: PJSIP\r\nAccountID: 201';
const FORGED_ADDRESS = `a\r\nRemoteAddress: IPV4/UDP/${VICTIM}/9`;

/** Somebody sends in another's name. */
export const forgeries: readonly Scenario[] = [
  {
    name: 'recorded injections that name 9.9.9.9',
    moments: () => together(recordings()),
    attackers: new Map(),
    friends: [VICTIM],
    expected: {},
    // The recordings were made on one machine, which is attacker and client in one.
    alsoTrue: { enumeration: ['127.0.0.1'], brute_force: ['127.0.0.1'], trusted_at_risk: ['127.0.0.1'] },
  },
  {
    name: 'guesses between forged successes and forged addresses',
    moments: (random) =>
      together(
        repeated(random, { everyMs: 2 * SECOND, times: 200 }, () =>
          burst.wrongPassword(random, { from: FROM, account: '201' }),
        ),
        repeated(random, { from: SECOND, everyMs: 2 * SECOND, times: 200 }, (round) =>
          burst.unknownUser(random, { from: FROM, account: round % 2 === 0 ? FORGED_SUCCESS : FORGED_ADDRESS }),
        ),
      ),
    // Thirty guesses at one account, and the names between them.
    attackers: each([ATTACKER], 60),
    friends: [VICTIM],
    expected: { brute_force: { severity: 'warning', subjects: [ATTACKER] } },
    alsoTrue: { enumeration: [ATTACKER], stale_credentials: [ATTACKER] },
  },
  {
    name: 'a carrier that logs in, and chan_sip told its address by maddr',
    moments: (random) =>
      together(
        repeated(random, { everyMs: HOUR, times: 50 }, () =>
          burst.chanSipLogin(random, { from: `IPV4/UDP/${CARRIER}`, account: 'trunk' }),
        ),
        repeated(random, { from: 2 * DAY, everyMs: SECOND, times: 600, jitter: 0.5 }, (round) =>
          burst.chanSipForged(random, { from: `IPV4/UDP/${CARRIER}`, account: `${200 + (round % 20)}` }),
        ),
      ),
    attackers: new Map(),
    friends: [CARRIER],
    forged: [CARRIER],
    expected: {},
  },
  {
    name: 'a carrier that logs in, and a flood over UDP in its name',
    moments: (random) => together(carrierLogins(random), floodInNameOf(random)),
    attackers: new Map(),
    friends: [CARRIER],
    forged: [CARRIER],
    // What has nothing but forgeable packets to show for it may be told as a stranger's spray, and the carrier is not banned.
    expected: {},
  },
  {
    name: 'a carrier on the allowlist that never logs in, and the same flood',
    moments: floodInNameOf,
    attackers: new Map(),
    friends: [CARRIER],
    forged: [CARRIER],
    allowed: ['192.0.2.64/28'],
    // On the allowlist, but nobody ever logged in there: no resident is at risk.
    expected: { brute_force: { severity: 'warning', subjects: [CARRIER] } },
  },
  {
    name: '10,000 random addresses forged over UDP, five packets each, beside a customer',
    moments: (random) =>
      together(
        repeated(random, { everyMs: 10, times: 50_000 }, (round) =>
          burst.reusedNonce(random, {
            from: `IPV4/UDP/${RANDOM_ONES[round % 10_000]}`,
            account: `${200 + (round % 700)}`,
          }),
        ),
        carrierLogins(random),
      ),
    attackers: new Map(),
    friends: [CARRIER],
    forged: [...RANDOM_ONES, ...list(700, (index) => `${200 + index}`)],
    // Five packets ban nobody, so that there is no flood of bans to tell: the storm is what shows.
    expected: { storm: { severity: 'warning', subjects: ['pbx'] } },
  },
];

function carrierLogins(random: () => number): Iterable<Moment> {
  return repeated(random, { everyMs: HOUR, times: 50 }, () =>
    burst.goodLogin(random, { from: `IPV4/UDP/${CARRIER}`, account: 'trunk' }),
  );
}

/** One packet each, as anybody can send it. */
function floodInNameOf(random: () => number): Iterable<Moment> {
  return repeated(random, { from: 2 * DAY, everyMs: SECOND, times: 600, jitter: 0.5 }, (round) =>
    burst.reusedNonce(random, { from: `IPV4/UDP/${CARRIER}`, account: `${200 + (round % 20)}` }),
  );
}
