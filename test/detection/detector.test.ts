import t from 'tap';
import { Detector, type DetectorOptions } from '../../src/detection/detector.js';
import type { Scene } from '../../src/detection/scene.js';
import type { Observation } from '../../src/domain/attempt.js';
import type { Decision } from '../../src/domain/decision.js';
import type { Finding } from '../../src/domain/finding.js';
import { parseEndpoint } from '../../src/domain/remote-address.js';
import type { SecurityEvent } from '../../src/domain/security-event.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, NOW } from './records.js';

const OPTIONS: DetectorOptions = {
  hostsMax: 1000,
  clock: () => Number.POSITIVE_INFINITY,
  addressesMax: 10_000,
  halfLifeMs: HOUR_MS,
  slowHalfLifeMs: 3 * DAY_MS,
  trustMs: 14 * DAY_MS,
  onDirty: () => undefined,
  banThreshold: 10,
  banSeconds: 3600,
  banGrowth: 4,
  banSecondsMax: 604_800,
  unproven: 'short',
  unprovenSeconds: 600,
  unprovenPerMinute: 60,
  friends: { has: () => false, overlaps: () => false },
  random: () => 0.5,
  enumerationAccounts: 5,
  enumerationChallenges: 20,
  sprayAccounts: 5,
  distributedAddresses: 10,
  slowThreshold: 20,
  breachFailures: 2,
  breachWarning: 5,
  breachCritical: 20,
  stormPerMinute: 600,
  stormFactor: 10,
};

function detectorOf(own: Partial<DetectorOptions> = {}) {
  const observations: Observation[] = [];
  const findings: Finding[] = [];
  const decisions: Decision[] = [];
  const scenes: Scene[] = [];
  const detector = new Detector(
    { ...OPTIONS, ...own },
    {
      onObservation: (observation) => observations.push(observation),
      onFinding: (finding) => findings.push(finding),
      onDecision: (decision) => decisions.push(decision),
      onScene: (scene) => scenes.push(scene),
    },
  );
  let guesses = 0;
  const common = (address: string, account: string, at: number) => {
    const endpoint = parseEndpoint(`${address.includes(':') ? 'IPV6' : 'IPV4'}/TLS/${address}`);
    if (endpoint === null) throw new Error(address);
    guesses += 1;
    return {
      pbx: 'pbx',
      at,
      service: 'PJSIP',
      account,
      sessionId: `call${guesses}`,
      remote: { ...endpoint, port: 5061 },
    };
  };
  return {
    detector,
    observations,
    findings,
    decisions,
    scenes,
    rules: () => findings.map(({ rule }) => rule),
    guess: (address: string, account = '101', at = NOW) =>
      detector.read({
        ...common(address, account, at),
        event: 'ChallengeResponseFailed',
        guess: guesses,
      } as SecurityEvent),
    login: (address: string, account = '101', at = NOW) =>
      detector.read({ ...common(address, account, at), event: 'SuccessfulAuth', usingPassword: true }),
    challenge: (address: string, at = NOW) =>
      detector.read({ ...common(address, '<unknown>', at), event: 'ChallengeSent' }),
  };
}

await t.test('the tenth guess is banned, told once, and what follows is not judged again', async (t) => {
  const { guess, findings, decisions, observations } = detectorOf();
  for (let n = 0; n < 9; n++) guess('203.0.113.9');
  t.same([findings.length, decisions.length], [0, 0]);
  for (let n = 0; n < 500; n++) guess('203.0.113.9');
  t.match(findings, [
    {
      rule: 'brute_force',
      severity: 'warning',
      address: '203.0.113.9',
      account: '101',
      attempts: 10,
      action: 'ban',
      banSeconds: 3600,
      proof: 'handshake',
      since: NOW,
      at: NOW,
    },
  ]);
  t.strictSame(decisions, [
    {
      port: null,
      type: 'ban',
      address: '203.0.113.9/32',
      seconds: 3600,
      reason: 'brute_force',
      at: NOW,
      evidence: { pbx: 'pbx', service: 'PJSIP', attempts: 10, accounts: 1, since: NOW, isProven: true },
    },
  ]);
  t.equal(observations.length, 509);
});

await t.test('who guesses on after his ban is banned again, for longer', async (t) => {
  const { guess, decisions, findings } = detectorOf();
  for (let n = 0; n < 10; n++) guess('2001:db8::9');
  guess('2001:db8::9', '101', NOW + HOUR_MS + 1);
  t.equal(decisions.length, 1, 'half of the points are forgotten');
  for (let n = 0; n < 5; n++) guess('2001:db8::9', '101', NOW + HOUR_MS + 1);
  t.match(decisions, [{ address: '2001:db8::9/128', seconds: 3600 }, { seconds: 14_400 }]);
  t.equal(findings.length, 1, 'the second ban is no news');
});

await t.test('a finding is told again when there is ten times as much of it, or a day later', async (t) => {
  const friends = { has: () => true, overlaps: () => true };
  const { guess, findings } = detectorOf({ friends });
  for (let n = 0; n < 99; n++) guess('203.0.113.9');
  t.match(findings, [
    { rule: 'trusted_at_risk', attempts: 5, action: 'none' },
    { rule: 'brute_force', attempts: 10, action: 'allowlisted', banSeconds: null },
    { rule: 'trusted_at_risk', attempts: 50 },
  ]);
  guess('203.0.113.9');
  t.match(findings[3], { rule: 'brute_force', attempts: 100 });
  for (let n = 0; n < 20; n++) guess('203.0.113.9', '101', NOW + DAY_MS + 10 * MINUTE_MS);
  t.same(
    findings.slice(4).map(({ rule }) => rule),
    ['trusted_at_risk', 'brute_force'],
  );
});

await t.test('registered after two failures is told with the right severity, at once and after a week', async (t) => {
  for (const pauseMs of [0, 7 * DAY_MS]) {
    const { guess, login, findings, decisions } = detectorOf();
    guess('198.51.100.7');
    guess('198.51.100.7');
    login('198.51.100.7', '101', NOW + pauseMs);
    t.match(findings, [{ rule: 'breach', severity: 'info', attempts: 2, account: '101', action: 'none', since: NOW }]);
    t.same(decisions, []);
    login('198.51.100.7', '101', NOW + pauseMs + 1);
    t.equal(findings.length, 1, 'a login without failures before it is no news');
  }
});

await t.test('the same again is told again: each login ends its own story', async (t) => {
  const { guess, login, rules } = detectorOf();
  for (let n = 0; n < 2; n++) {
    guess('198.51.100.7', '101', NOW + n * MINUTE_MS);
    guess('198.51.100.7', '101', NOW + n * MINUTE_MS);
    login('198.51.100.7', '101', NOW + n * MINUTE_MS);
  }
  t.same(rules(), ['breach', 'breach']);
});

await t.test('a break-in is critical, also by somebody who is banned, and makes nobody a friend', async (t) => {
  const { detector, guess, login, findings } = detectorOf();
  for (let n = 0; n < 1000; n++) guess('203.0.113.9');
  login('203.0.113.9');
  const breach = { rule: 'breach', severity: 'critical', attempts: 1000, action: 'already_banned' };
  t.match(
    findings.filter(({ rule }) => rule === 'breach'),
    [breach],
  );
  const address = detector.board.address('203.0.113.9');
  t.match(address, { friends: 0, guesses: 1000 });
  login('203.0.113.9', '101', NOW + MINUTE_MS);
  t.equal(findings.filter(({ rule }) => rule === 'breach').length, 1, 'his next registration is no news');
});

await t.test('a ban that a login shows to be a mistake is lifted', async (t) => {
  const { guess, login, decisions } = detectorOf();
  for (let n = 0; n < 10; n++) guess('198.51.100.7');
  login('198.51.100.7', '101', NOW + MINUTE_MS);
  t.match(decisions, [
    { type: 'ban' },
    { type: 'unban', address: '198.51.100.7/32', port: null, reason: 'forgiven', at: NOW + MINUTE_MS },
  ]);
});

await t.test('but not where others at the address have earned it', async (t) => {
  const { guess, login, decisions } = detectorOf();
  for (let n = 0; n < 9; n++) guess('198.51.100.7', '102');
  guess('198.51.100.7');
  login('198.51.100.7');
  t.match(decisions, [{ type: 'ban' }]);
  t.equal(decisions.length, 1);
});

await t.test('challenges that nobody answers are an enumeration', async (t) => {
  const { detector, challenge, rules, decisions } = detectorOf({ clock: () => NOW + HOUR_MS });
  for (let n = 0; n < 20; n++) challenge('203.0.113.9', NOW + n);
  detector.flush();
  t.same(rules(), ['enumeration']);
  t.match(decisions, [{ reason: 'enumeration' }]);
});

await t.test('an IPv6 attacker who changes his address is banned with his /64', async (t) => {
  const { guess, decisions } = detectorOf();
  for (let n = 1; n <= 20; n++) guess(`2001:db8::${n.toString(16)}`, `10${n % 4}`);
  t.match(decisions, [{ address: '2001:db8::/64', reason: 'brute_force' }]);
  t.equal(decisions.length, 1);
});

await t.test('a flood of forged addresses is banned up to its limit, and told', async (t) => {
  const { guess, decisions, rules, findings } = detectorOf({ unprovenPerMinute: 3, banThreshold: 1 });
  t.equal(decisions.length, 0);
  for (let n = 1; n <= 9; n++) guess(`203.0.${n}.1`, `${n}`);
  t.equal(decisions.length, 9, 'over TLS nothing is forged');
  const { detector, decisions: forged, findings: told } = detectorOf({ unprovenPerMinute: 3, banThreshold: 1 });
  for (let n = 1; n <= 9; n++) {
    const endpoint = parseEndpoint(`IPV4/UDP/203.0.${n}.1`);
    if (endpoint === null) throw new Error('endpoint');
    const remote = { ...endpoint, port: 5060 };
    const event = { pbx: 'pbx', at: NOW, service: 'PJSIP', account: 'x', sessionId: `${n}`, remote } as const;
    detector.read({ ...event, event: 'InvalidAccountID' });
  }
  t.equal(forged.length, 3);
  t.match(
    told.filter(({ rule }) => rule === 'unproven_flood'),
    [{ subject: { kind: 'pbx', text: 'pbx' }, address: null }],
  );
  t.equal(told.length, 4, 'once, and not for each address');
  t.notOk(rules().includes('unproven_flood'));
  t.equal(findings.length, 9);
});

await t.test('an event from the future is one of now', async (t) => {
  const { guess, decisions } = detectorOf({ clock: () => NOW });
  for (let n = 0; n < 10; n++) guess('203.0.113.9', '101', NOW + n * DAY_MS);
  t.match(decisions, [{ at: NOW }]);
});

await t.test('a link-local address is banned without its zone', async (t) => {
  const { guess, decisions } = detectorOf();
  for (let n = 0; n < 10; n++) guess('fe80::9%eth0');
  t.match(decisions, [{ address: 'fe80::9/128' }]);
});

await t.test('each observation is shown with its points, also to somebody who is banned', async (t) => {
  const { guess, login, scenes } = detectorOf();
  for (let n = 0; n < 12; n++) guess('203.0.113.9');
  login('203.0.113.9', '102');
  t.equal(scenes.length, 13);
  t.equal(
    scenes.reduce((sum, scene) => sum + ('points' in scene ? scene.points : 0), 0),
    12,
  );
});
