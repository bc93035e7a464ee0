import fc from 'fast-check';
import t from 'tap';
import { Detector, type DetectorOptions } from '../../src/detection/detector.js';
import type { Scene } from '../../src/detection/scene.js';
import type { Observation } from '../../src/domain/attempt.js';
import type { Decision } from '../../src/domain/decision.js';
import type { Finding } from '../../src/domain/finding.js';
import type { Address } from '../../src/domain/remote-address.js';
import type { SecurityEvent, SecurityEventName } from '../../src/domain/security-event.js';
import { DAY_MS, HOUR_MS, LIMITS, MINUTE_MS, NOW, SECOND_MS } from './observed.js';
import { raised, type Said } from './raised-events.js';

const OPTIONS: DetectorOptions = {
  limits: LIMITS,
  hostsMax: 1_000,
  placesMax: 10_000,
  clock: () => Number.POSITIVE_INFINITY,
  onDirty: () => undefined,
  banSeconds: 3_600,
  banGrowth: 4,
  banSecondsMax: 604_800,
  unproven: 'short',
  unprovenSeconds: 600,
  unprovenPerMinute: 60,
  friends: { has: () => false, overlaps: () => false },
  random: () => 0.5,
};

/** What is not 203.0.113.9:5061 over TLS about account 101, now. */
interface Doing extends Said {
  readonly address?: string;
  readonly transport?: 'UDP' | 'TLS';
}

let dialogs = 0;

function eventOf(
  name: SecurityEventName,
  { address = '203.0.113.9', transport = 'TLS', ...said }: Doing,
): SecurityEvent {
  dialogs += 1;
  const endpoint = `${address.includes(':') ? 'IPV6' : 'IPV4'}/${transport}/${address}`;
  return raised(name, { at: NOW, port: 5061, sessionId: `call-${dialogs}`, guess: dialogs, ...said, endpoint });
}

function detectorOf(own: Partial<DetectorOptions> = {}) {
  const observations: Observation[] = [];
  const findings: Finding[] = [];
  const decisions: Decision[] = [];
  const keptOut: Observation[] = [];
  const scenes: Scene[] = [];
  const detector = new Detector(
    { ...OPTIONS, ...own },
    {
      onObservation: (observation) => observations.push(observation),
      onFinding: (finding) => findings.push(finding),
      onDecision: (decision) => decisions.push(decision),
      onKeptOut: (observation) => keptOut.push(observation),
      onScene: (scene) => scenes.push(scene),
    },
  );
  const raise = (name: SecurityEventName, doing: Doing) => detector.read(eventOf(name, doing));
  return {
    detector,
    observations,
    findings,
    decisions,
    keptOut,
    scenes,
    rules: () => findings.map(({ rule }) => rule),
    guess: (doing: Doing = {}) => raise('ChallengeResponseFailed', doing),
    login: (doing: Doing = {}) => raise('SuccessfulAuth', doing),
    challenge: (doing: Doing = {}) => raise('ChallengeSent', { ...doing, account: '<unknown>' }),
    /** Guesses no device makes, at four accounts. */
    attack: (times: number, doing: Doing = {}) => {
      for (let n = 0; n < times; n++) {
        raise('ChallengeResponseFailed', { account: `${200 + (n % 4)}`, port: 10_000 + n, ...doing });
      }
    },
  };
}

await t.test(
  'an attacker is told early, then banned and told with all that it rests on; what follows is kept out',
  async (t) => {
    const { attack, findings, decisions, observations, keptOut, scenes } = detectorOf();
    attack(500);
    t.match(findings, [
      { rule: 'brute_force', severity: 'warning', action: 'none', banTarget: null },
      {
        rule: 'brute_force',
        severity: 'warning',
        subject: { kind: 'address', text: '203.0.113.9' },
        address: '203.0.113.9',
        attempts: 14,
        accounts: 4,
        action: 'ban',
        banTarget: '203.0.113.9/32',
        banSeconds: 3_600,
        proof: 'handshake',
        since: NOW,
        at: NOW,
        evidence: [{ name: 'sockets' }, { name: 'guesses_here', count: 14 }],
      },
    ]);
    t.strictSame(decisions, [
      {
        type: 'ban',
        address: '203.0.113.9/32',
        port: null,
        seconds: 3_600,
        reason: 'brute_force',
        at: NOW,
        evidence: { pbx: 'pbx', service: 'PJSIP', attempts: 14, accounts: 4, since: NOW, isProven: true },
      },
    ]);
    t.strictSame([observations.length, keptOut.length, scenes.length], [500, 486, 14]);
  },
);

await t.test('whoever is kept out is not judged, whether a blocker obeyed or not', async (t) => {
  const { attack, decisions, detector } = detectorOf();
  attack(14);
  const alone = detectorOf();
  alone.attack(500);
  const later = { at: NOW + 2 * HOUR_MS };
  attack(20, later);
  alone.attack(20, later);
  t.strictSame(alone.decisions, decisions);
  t.strictSame(alone.detector.memory.size, detector.memory.size);
});

await t.test('a second ban is longer and no news', async (t) => {
  const { attack, decisions, findings } = detectorOf();
  attack(14);
  attack(20, { at: NOW + 2 * HOUR_MS });
  t.match(decisions, [{ seconds: 3_600 }, { seconds: 14_400 }]);
  t.equal(findings.filter(({ action }) => action === 'ban').length, 1);
});

await t.test('a finding is told again when it got worse, ten times as much, or a day later', async (t) => {
  const friends = { has: () => true, overlaps: () => true };
  const { attack, findings } = detectorOf({ friends });
  const told = () =>
    findings.filter(({ rule }) => rule === 'brute_force').map(({ attempts, action }) => `${attempts} ${action}`);
  attack(79);
  t.same(told(), ['8 none']);
  attack(1);
  t.same(told(), ['8 none', '80 allowlisted']);
  attack(20, { at: NOW + DAY_MS });
  t.equal(told().length, 3);
});

await t.test(
  'where people live, an attacker whose sockets change is told with the risk, and nobody is banned',
  async (t) => {
    const { attack, login, decisions, findings } = detectorOf();
    login({ account: '101' });
    login({ account: '102' });
    attack(40, { transport: 'UDP' });
    t.same(decisions, []);
    t.match(
      findings.find(({ rule }) => rule === 'trusted_at_risk'),
      { action: 'lived_in', banTarget: null, severity: 'warning' },
    );
  },
);

await t.test('the socket of one phone is banned by its port', async (t) => {
  const { guess, decisions, findings } = detectorOf();
  for (let n = 0; n < 70; n++) guess({ at: NOW + n * 20 * SECOND_MS });
  t.match(decisions, [{ address: '203.0.113.9/32', port: 5061, seconds: 300, reason: 'stale_credentials' }]);
  t.equal(findings.at(-1)?.banTarget, '203.0.113.9:5061');
  const six = detectorOf();
  for (let n = 0; n < 70; n++) six.guess({ address: '2001:db8::9', at: NOW + n * 20 * SECOND_MS });
  t.equal(six.findings.at(-1)?.banTarget, '[2001:db8::9]:5061');
});

await t.test(
  'a login that a ban should have kept out earns nothing for three days, and no ban ends by it',
  async (t) => {
    const { detector, attack, login, decisions, findings } = detectorOf();
    attack(20);
    login({ account: '200', at: NOW + MINUTE_MS });
    t.match(
      findings.filter(({ rule }) => rule === 'breach'),
      [{ severity: 'critical', action: 'already_banned', account: '200' }],
    );
    t.equal(decisions.length, 1);
    const place = detector.memory.place({ address: '203.0.113.9' as Address, family: 'IPV4' });
    t.match(place, { residentAt: 0, friendlyPorts: null });
    login({ account: '200', at: NOW + 4 * DAY_MS });
    t.match(place, { residentAt: NOW + 4 * DAY_MS });
  },
);

await t.test('a doubtful login where several live is their own', async (t) => {
  const { detector, attack, login } = detectorOf();
  for (const account of ['1', '2', '3']) login({ account, address: '203.0.113.9' });
  attack(3, { port: 7 });
  login({ account: '101' });
  t.match(detector.memory.account('PJSIP', '101')?.homes, [{ doubtedUntil: 0 }]);
});

await t.test('a login that proves nothing is not looked at', async (t) => {
  const { detector, login, observations, scenes } = detectorOf();
  login({ service: 'SIP' });
  t.match(observations, [{ kind: 'success', isProof: false }]);
  t.same(scenes, []);
  t.equal(detector.memory.account('SIP', '101'), undefined);
});

await t.test('a honeypot’s login is an attack and earns nothing', async (t) => {
  const { detector, login, decisions, rules } = detectorOf();
  login({ account: '1000' });
  t.match(decisions, [{ reason: 'honeypot', address: '203.0.113.9/32' }]);
  t.ok(rules().includes('honeypot'));
  t.equal(detector.memory.place({ address: '203.0.113.9' as Address, family: 'IPV4' })?.residentAt, 0);
});

await t.test('challenges that nobody answers are an enumeration, told by a flush', async (t) => {
  const { detector, challenge, rules, decisions } = detectorOf({ clock: () => NOW + MINUTE_MS });
  for (let n = 0; n < 16; n++) challenge();
  for (let n = 0; n < 40; n++) challenge({ address: '203.0.113.10', at: NOW + n * SECOND_MS });
  t.same(decisions, []);
  detector.flush();
  t.same([rules(), decisions.length], [[], 0], 'too few');
  const many = detectorOf({ clock: () => NOW + HOUR_MS });
  for (let n = 0; n < 80; n++) many.challenge({ at: NOW + n * 2_500 });
  many.detector.flush();
  t.match(many.decisions, [{ reason: 'enumeration' }]);
});

await t.test('a botnet whose bots guess once and fall silent is told, and each bot is banned', async (t) => {
  let now = NOW;
  const { detector, guess, decisions, findings } = detectorOf({ clock: () => now });
  for (let n = 0; n < 40; n++) guess({ address: `198.51.${n}.7` });
  t.same(decisions, []);
  now = NOW + HOUR_MS;
  detector.flush();
  t.equal(decisions.length, 40);
  t.match(decisions[0], { reason: 'distributed', seconds: 86_400 });
  t.equal(findings.filter(({ rule }) => rule === 'distributed').length, 2, 'once, and once with the first ban');
});

await t.test('a flood of forged addresses is banned up to its limit, and told once', async (t) => {
  const forged = detectorOf({ unprovenPerMinute: 3 });
  for (let n = 1; n <= 9; n++) forged.attack(14, { address: `203.0.${n}.1`, transport: 'UDP' });
  t.equal(forged.decisions.length, 3);
  t.match(
    forged.findings.filter(({ rule }) => rule === 'unproven_flood'),
    [{ subject: { kind: 'pbx', text: 'pbx' }, address: null, account: null, proof: null }],
  );
  const proven = detectorOf({ unprovenPerMinute: 3 });
  for (let n = 1; n <= 9; n++) proven.attack(14, { address: `203.0.${n}.1` });
  t.equal(proven.decisions.length, 9);
});

await t.test('an address of the PBX’s own is never banned', async (t) => {
  const { detector, attack, decisions } = detectorOf();
  detector.read({ ...eventOf('ChallengeSent', {}), local: '203.0.113.9' as Address });
  attack(50);
  t.same(decisions, []);
});

await t.test('an event from the future is one of now', async (t) => {
  const { attack, decisions } = detectorOf({ clock: () => NOW });
  attack(14, { at: NOW + DAY_MS });
  t.match(decisions, [{ at: NOW }]);
});

await t.test('what had to be forgotten early is counted', async (t) => {
  const { detector, guess } = detectorOf();
  for (let n = 0; n < 17; n++) guess();
  t.equal(detector.limitsReached.sessions, 1);
});

/** What is decided about each address, whatever was decided about others between. */
function verdictsOf(events: readonly SecurityEvent[]): Record<string, string[]> {
  const { detector, decisions } = detectorOf();
  for (const event of events) detector.read(event);
  const verdicts: Record<string, string[]> = {};
  for (const { address, port, type, at } of decisions) {
    verdicts[address] = [...(verdicts[address] ?? []), `${type} ${port} ${at}`];
  }
  return verdicts;
}

await t.test(
  'the order in which events of different places come does not change what is decided about each',
  async (t) => {
    const deed = fc.record({ account: fc.nat(15), port: fc.nat(40), afterMs: fc.nat(20_000), isGuess: fc.boolean() });
    const place = fc.array(deed, { minLength: 10, maxLength: 80 });
    fc.assert(
      fc.property(fc.tuple(place, place, place), fc.array(fc.nat(2), { minLength: 1 }), (places, order) => {
        // Accounts of their own: who guesses at the same accounts belongs together.
        const queues = places.map((deeds, host) => {
          let at = NOW;
          return deeds.map(({ account, port, afterMs, isGuess }) => {
            at += afterMs;
            const doing = { address: `198.51.${host}.7`, account: `${host}-${account}`, port: 5_000 + port, at };
            return eventOf(isGuess ? 'ChallengeResponseFailed' : 'InvalidAccountID', doing);
          });
        });
        const one = queues.flat();
        const other: SecurityEvent[] = [];
        for (let turn = 0; other.length < one.length; turn++) {
          const waiting = queues.filter((queue) => queue.length > 0);
          other.push(...(waiting[(order[turn % order.length] ?? 0) % waiting.length]?.splice(0, 1) ?? []));
        }
        return JSON.stringify(sorted(verdictsOf(one))) === JSON.stringify(sorted(verdictsOf(other)));
      }),
      { numRuns: 50 },
    );
    t.pass('the property holds');
  },
);

function sorted(verdicts: Record<string, string[]>): [string, string[]][] {
  return Object.entries(verdicts).sort(([one], [other]) => (one < other ? -1 : 1));
}

const stranger = fc.record({
  name: fc.constantFrom<SecurityEventName>('ChallengeResponseFailed', 'InvalidAccountID', 'FailedACL', 'ChallengeSent'),
  host: fc.nat(9),
  port: fc.integer({ min: 0, max: 100 }),
  account: fc.nat(30),
  transport: fc.constantFrom('UDP', 'TLS'),
  afterMs: fc.nat(MINUTE_MS),
});

await t.test(
  'whoever logs in with right passwords only is never banned, whatever strangers do elsewhere',
  async (t) => {
    fc.assert(
      fc.property(fc.array(stranger, { minLength: 50, maxLength: 300 }), (strangers) => {
        const { detector, decisions, login } = detectorOf();
        let at = NOW;
        for (const { name, host, port, account, transport, afterMs } of strangers) {
          at += afterMs;
          login({ address: '192.0.2.10', account: `${account % 5}`, transport: 'UDP', at });
          const address = host < 5 ? `192.0.2.${20 + host}` : `198.51.${host}.7`;
          detector.read(
            eventOf(name, { address, port, account: `${account}`, transport: transport as 'UDP' | 'TLS', at }),
          );
        }
        return decisions.every(({ address }) => address !== '192.0.2.10/32' && address !== '192.0.2.0/24');
      }),
      { numRuns: 50 },
    );
    t.pass('the property holds');
  },
);

await t.test('what anybody can forge never bans an address where somebody lives', async (t) => {
  fc.assert(
    fc.property(fc.array(stranger, { minLength: 50, maxLength: 400 }), (strangers) => {
      const { detector, decisions, login } = detectorOf();
      let at = NOW;
      login({ address: '192.0.2.10', account: 'resident', transport: 'UDP', at });
      for (const { name, port, account, afterMs } of strangers) {
        at += afterMs;
        detector.read(eventOf(name, { address: '192.0.2.10', transport: 'UDP', port, account: `${account}`, at }));
      }
      return decisions.every(({ port }) => port !== null);
    }),
    { numRuns: 50 },
  );
  t.pass('the property holds');
});

await t.test(
  'nothing that Asterisk can say makes the detector throw, and what it says about it is whole',
  async (t) => {
    const event = fc.record({
      name: fc.constantFrom<SecurityEventName>(
        'InvalidAccountID',
        'InvalidPassword',
        'ChallengeResponseFailed',
        'FailedACL',
        'ChallengeSent',
        'SuccessfulAuth',
        'SessionLimit',
        'RequestBadFormat',
      ),
      service: fc.constantFrom('PJSIP', 'SIP', 'AMI', 'IAX2'),
      address: fc.constantFrom(
        '203.0.113.9',
        '203.0.113.10',
        '2001:db8::1',
        '2001:db8::2',
        '2001:db8:0:100::1',
        'fe80::9%eth0',
      ),
      account: fc.constantFrom('101', '1000', '<unknown>', '', null, '__proto__', '0044123456789', '15551234567'),
      sessionId: fc.constantFrom('', 'a', 'b'),
      port: fc.constantFrom(0, 1, 5060, 65_535),
      guess: fc.constantFrom(null, 0, 1, 2),
      transport: fc.constantFrom<'UDP' | 'TLS'>('UDP', 'TLS'),
      at: fc.integer({ min: -DAY_MS, max: 40 * DAY_MS }).map((ms) => NOW + ms),
      isRegistration: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 300 }), (events) => {
        let now = NOW;
        const { detector, decisions, findings } = detectorOf({ clock: () => now, placesMax: 3, hostsMax: 2 });
        for (const { name, ...doing } of events) {
          now = Math.max(now, doing.at);
          detector.read(eventOf(name, doing));
          detector.flush();
        }
        const isWhole = findings.every(
          ({ evidence, attempts, at }) => evidence.length > 0 && attempts >= 0 && at <= now,
        );
        return isWhole && decisions.every((decision) => decision.type === 'ban' && decision.seconds > 0);
      }),
      { numRuns: 100 },
    );
    t.pass('the property holds');
  },
);
