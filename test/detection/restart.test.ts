// What was decided before a restart, and what is decided after it, is what one process would have decided.
import fc from 'fast-check';
import t from 'tap';
import type { SecurityEvent } from '../../src/domain/security-event.js';
import { recordedStreams } from '../fixtures/recordings/recorded-streams.js';
import { rounds } from '../rounds.js';
import { readStream } from '../sources/ami/read-stream.js';
import { goodPhone, raised, type Said, START, unknownWithoutDigest, wrongPassword } from './raised-events.js';
import { QUIET_MS, RestartingDetector } from './restarting-detector.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let guesses = 0;

/** Each with a Call-ID and a password of its own. */
function guess(account: string, said: Said): SecurityEvent[] {
  guesses++;
  return wrongPassword(account, guesses, { sessionId: `call-${guesses}`, ...said });
}

function login(account: string, said: Said): SecurityEvent[] {
  guesses++;
  return goodPhone(account, { sessionId: `call-${guesses}`, ...said });
}

function times<T>(count: number, make: (index: number) => readonly T[]): T[] {
  return Array.from({ length: count }, (_, index) => make(index)).flat();
}

function byTime(events: readonly SecurityEvent[]): SecurityEvent[] {
  return [...events].sort((a, b) => a.at - b.at);
}

/** What waits at the same millisecond is told in any order, and a millisecond changes the last digits of a weight. */
function coarse({ told }: RestartingDetector): unknown {
  return JSON.parse(JSON.stringify(told), (key, value) => (key === 'weight' ? Math.round(value * 1e4) : value));
}

const attacker = 'IPV4/TCP/203.0.113.9';
const office = 'IPV4/TLS/198.51.100.7';

interface Story {
  readonly events: readonly SecurityEvent[];
  /** Rules and decisions that are among what is told. */
  readonly tells: readonly string[];
  /** It is killed after each pause of so long. */
  readonly quietMs?: number;
}

const stories: Record<string, Story> = {
  'somebody who guesses every two hours for twelve days': {
    events: times(144, (n) =>
      guess(`${100 + (n % 40)}`, { at: START + n * 2 * HOUR, endpoint: attacker, port: 1_024 + n }),
    ),
    tells: ['ban'],
  },
  'an office with a guesser in it, who has its sockets banned': {
    events: byTime([
      ...times(200, (n) =>
        login(`${100 + (n % 6)}`, { at: START + n * HOUR, endpoint: office, port: 5_000 + (n % 6) }),
      ),
      ...times(400, (n) =>
        guess(`${300 + (n % 50)}`, {
          at: START + DAY + n * 20 * MINUTE,
          endpoint: office,
          port: 6_000 + Math.floor(n / 60),
        }),
      ),
    ]),
    tells: ['ban'],
  },
  'a botnet at one account, and a network of it': {
    events: byTime([
      ...times(60, (n) => guess('100', { at: START + n * HOUR, endpoint: `IPV4/TCP/203.${n}.113.9`, port: 4_000 })),
      ...times(120, (n) =>
        guess(`${100 + (n % 3)}`, { at: START + n * HOUR + 1, endpoint: `IPV4/TCP/192.0.2.${n % 60}`, port: 4_000 }),
      ),
      ...times(120, (n) =>
        guess(`${100 + (n % 3)}`, {
          at: START + n * HOUR + 2,
          endpoint: `IPV6/TCP/2001:db8:1:${(n % 30).toString(16)}::1`,
        }),
      ),
    ]),
    tells: ['distributed', 'ban'],
  },
  'somebody who guesses right in the end': {
    events: [
      ...times(25, (n) => guess(`${100 + (n % 5)}`, { at: START + n * QUIET_MS, endpoint: attacker, port: 1_024 + n })),
      ...login('103', { at: START + 26 * QUIET_MS, endpoint: attacker, port: 2_000 }),
    ],
    tells: ['breach'],
  },
  'a scan for names, slow enough for a day': {
    events: times(40, (n) =>
      unknownWithoutDigest(`${9_000 + n}`, {
        at: START + n * QUIET_MS,
        sessionId: `scan-${n}`,
        endpoint: attacker,
        port: 5_060,
      }),
    ),
    tells: ['enumeration'],
  },
  'phones whose passwords were all changed': {
    events: byTime([
      ...times(20, (n) =>
        login(`${100 + n}`, { at: START + n * MINUTE, endpoint: `IPV4/TLS/198.51.100.${n}`, port: 5_061 }),
      ),
      ...times(40, (n) =>
        guess(`${100 + (n % 20)}`, {
          at: START + DAY + n * MINUTE,
          endpoint: `IPV4/TLS/198.51.100.${n % 20}`,
          port: 5_061,
        }),
      ),
    ]),
    tells: ['outage'],
    quietMs: MINUTE,
  },
};

for (const [name, { events, tells, quietMs: pauseMs = QUIET_MS }] of Object.entries(stories)) {
  await t.test(`${name}: the same with a restart wherever it is quiet`, async (t) => {
    const straight = new RestartingDetector().play(events);
    const words = straight.told.map((told) => ('rule' in told ? told.rule : told.type));
    for (const word of tells)
      t.ok(words.includes(word as (typeof words)[number]), `${word} is among ${[...new Set(words)].join(', ')}`);
    const killed = new RestartingDetector().play(events, (_, quietMs) => quietMs >= pauseMs);
    t.ok(killed.loaded.loaded > 100, `${killed.loaded.loaded} records were loaded`);
    t.equal(killed.loaded.refused, 0);
    t.strictSame(killed.told, straight.told);
  });
}

await t.test('a flood at the manager interface: the same with restarts in the middle of it', async (t) => {
  const events = times(900, (n) => {
    const endpoint = `IPV4/TCP/203.0.${n >> 8}.${n & 255}`;
    return [
      raised('InvalidPassword', {
        service: 'AMI',
        sessionId: '0x1',
        account: `user${n}`,
        at: START + n * 50,
        endpoint,
      }),
    ];
  });
  const straight = new RestartingDetector().play(events);
  t.ok(straight.told.some((told) => 'rule' in told && told.rule === 'storm'));
  t.strictSame(new RestartingDetector().play(events, (index) => index % 90 === 0).told, straight.told);
});

await t.test('all recordings, one after the other: the same with a restart between each two', async (t) => {
  const events: SecurityEvent[] = [];
  let at = START;
  for (let round = 0; round < rounds(3, 1); round++) {
    for (const stream of recordedStreams().values()) {
      const recorded = readStream(stream).events;
      const [first] = recorded;
      if (first === undefined) continue;
      // The PBX's own addresses are learnt anew from its next event, and all of these are its own.
      for (const event of recorded) events.push({ ...event, local: null, at: at + Math.max(0, event.at - first.at) });
      at = (events.at(-1)?.at ?? at) + 2 * QUIET_MS;
    }
  }
  const straight = new RestartingDetector().play(events);
  t.ok(straight.told.length > 10, `${straight.told.length} things were told`);
  const killed = new RestartingDetector().play(events, (_, quietMs) => quietMs >= QUIET_MS);
  t.equal(killed.loaded.refused, 0);
  t.strictSame(coarse(killed), coarse(straight));
});

await t.test('any story: the same with a restart wherever it is quiet', async () => {
  const place = fc.constantFrom(
    attacker,
    office,
    'IPV4/UDP/203.0.113.10',
    'IPV6/TCP/2001:db8:1:2::3',
    'IPV6/UDP/2001:db8:1:2::4',
  );
  const step = fc.record({
    endpoint: place,
    account: fc.constantFrom('100', '101', '102', '103', '104', 'sales@acme', ''),
    port: fc.constantFrom(5_060, 5_061, 40_000, 40_001, 40_002),
    gapMs: fc.constantFrom(0, SECOND, MINUTE, QUIET_MS, 2 * HOUR, DAY),
    deed: fc.constantFrom('guess', 'guess', 'guess', 'login', 'ask', 'probe'),
    count: fc.integer({ min: 1, max: 12 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let at = START;
      const events = steps.flatMap(({ gapMs, deed, count, ...said }) => {
        at += gapMs;
        return times(count, (n) => {
          const told = { ...said, at: at + n };
          if (deed === 'guess') return guess(said.account, { ...told, port: said.port + (n % 3) });
          if (deed === 'login') return login(said.account, told);
          // What waits for an answer is told by sessions, whichever was first; so no two wait at the same time.
          at += deed === 'ask' ? 4 * SECOND : 34 * SECOND;
          if (deed === 'ask')
            return unknownWithoutDigest(`${said.account}${n}`, { ...said, at, sessionId: `ask-${at}` });
          return [raised('ChallengeSent', { ...said, at, account: '<unknown>', sessionId: `probe-${at}` })];
        });
      });
      const straight = new RestartingDetector().play(events);
      const killed = new RestartingDetector().play(events, (_, quietMs) => quietMs >= QUIET_MS);
      const same = JSON.stringify(killed.told) === JSON.stringify(straight.told);
      return same && killed.loaded.refused === 0;
    }),
    { numRuns: rounds(1_000) },
  );
});
