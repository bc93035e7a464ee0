import fc from 'fast-check';
import t from 'tap';
import { type CreateDetectorOptions, createDetector, type ToldFinding } from '../src/detector.js';
import type { Decision } from '../src/domain/decision.js';
import { encodeSecurityEvent, type RaisedEvent, remoteAddress } from '../src/simulator/frames.js';

const START = Date.UTC(2026, 10, 21, 1, 45);
/** How a stream begins: with the banner and the answer to the login. */
const GREETING = 'Asterisk Call Manager/11.0.0\r\nResponse: Success\r\nMessage: Authentication accepted\r\n\r\n';

/** A guess at one of four accounts, each from a connection of its own, as no device makes them. */
function guess(n: number, from = 'IPV4/TLS/203.0.113.9'): string {
  const event: RaisedEvent = {
    event: 'ChallengeResponseFailed',
    service: 'PJSIP',
    account: `${200 + (n % 4)}`,
    sessionId: `call-${n}`,
    remote: remoteAddress(from, 10_000 + n),
    wire: { Challenge: `${n}/abc`, Response: `${n}`.padStart(32, '0') },
  };
  return encodeSecurityEvent(event, { at: START + n * 1000, systemName: null, timestamps: false });
}

function attack(times: number, from?: string): Buffer {
  return Buffer.from(GREETING + Array.from({ length: times }, (_, n) => guess(n, from)).join(''));
}

function detectorOf(options: CreateDetectorOptions = {}) {
  const findings: ToldFinding[] = [];
  const decisions: Decision[] = [];
  const detector = createDetector({
    clock: () => Number.POSITIVE_INFINITY,
    random: () => 0.5,
    onFinding: (finding) => findings.push(finding),
    onDecision: (decision) => decisions.push(decision),
    ...options,
  });
  return { detector, findings, decisions };
}

/** What the settings are refused with, line by line. */
function faultsOf(settings: Readonly<Record<string, string>>): string[] {
  try {
    createDetector({ settings });
  } catch (error) {
    if (error instanceof TypeError) return error.message.split('\n');
  }
  return [];
}

await t.test('bytes of AMI go in, findings with their words and decisions come out', async (t) => {
  const { detector, findings, decisions } = detectorOf();
  detector.readAmi(attack(30));
  t.match(decisions, [
    { type: 'ban', address: '203.0.113.9/32', port: null, seconds: 3_600, reason: 'brute_force', at: START + 13_000 },
  ]);
  t.match(findings.at(-1), {
    rule: 'brute_force',
    severity: 'warning',
    subject: { kind: 'address', text: '203.0.113.9' },
  });
  for (const { title, text, at } of findings) {
    t.match(title, /203\.0\.113\.9/);
    t.match(text, /\w/);
    t.ok(at >= START);
  }
});

await t.test('any cut of the bytes gives the same findings and decisions', async (t) => {
  const bytes = attack(30);
  const whole = detectorOf();
  whole.detector.readAmi(bytes);
  const cuts = fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 40 });
  fc.assert(
    fc.property(cuts, (positions) => {
      const { detector, findings, decisions } = detectorOf();
      let from = 0;
      for (const to of [...positions.sort((one, other) => one - other), bytes.length]) {
        detector.readAmi(bytes.subarray(from, to));
        from = to;
      }
      return JSON.stringify([findings, decisions]) === JSON.stringify([whole.findings, whole.decisions]);
    }),
  );
  t.equal(whole.decisions.length, 1);
});

await t.test('settings are the program’s own, as strict, and every fault is listed', async (t) => {
  const { detector, decisions } = detectorOf({ settings: { BAN_THRESHOLD: '5', BAN_SECONDS: '60' } });
  detector.readAmi(attack(30));
  t.match(decisions, [{ seconds: 60, at: START + 8_000 }]);
  const faulty = { BAN_THRESHOLD: 'many', BAN_SECONDS: '-1', BAN_TRESHOLD: '5' };
  const faults = faultsOf(faulty);
  t.equal(faults.length, 3);
  for (const name of Object.keys(faulty))
    t.ok(
      faults.some((fault) => fault.includes(name)),
      name,
    );
  t.throws(() => createDetector({ settings: { BAN_THRESHOLD: '', BAN_UNPROVEN: 'perhaps' } }), TypeError);
});

await t.test('who is on the allowlist is never banned, nor is a network with one of them in it', async (t) => {
  for (const allowlist of [['203.0.113.9'], ['203.0.113.0/24', '2001:db8::/32']]) {
    const { detector, findings, decisions } = detectorOf({ allowlist });
    detector.readAmi(attack(100));
    t.same(decisions, []);
    t.ok(findings.some(({ action }) => action === 'allowlisted'));
  }
  // Two hosts of a /64, of which a third one is a friend.
  const neighbours = Buffer.concat([attack(3, 'IPV6/TLS/2001:db8:1::1'), attack(30, 'IPV6/TLS/2001:db8:1::2')]);
  for (const [allowlist, banned] of [
    [[], ['2001:db8:1::/64']],
    [['2001:db8:1::77'], []],
  ] as const) {
    const { detector, decisions } = detectorOf({ allowlist });
    detector.readAmi(neighbours);
    t.same(
      decisions.map(({ address }) => address),
      banned,
    );
  }
  t.throws(() => createDetector({ allowlist: ['198.51.100.0/33'] }), { message: /198\.51\.100\.0\/33/ });
});

await t.test('a flush tells what waited for events that did not come', async (t) => {
  let now = START;
  const { detector, findings } = detectorOf({ clock: () => now, settings: { ENUMERATION_ACCOUNTS: '3' } });
  const ask = (n: number): string =>
    encodeSecurityEvent(
      {
        event: 'InvalidAccountID',
        service: 'PJSIP',
        account: `${900 + n}`,
        sessionId: `ask-${n}`,
        remote: remoteAddress('IPV4/UDP/203.0.113.9', 5060),
      },
      { at: START, systemName: null, timestamps: false },
    );
  detector.readAmi(Buffer.from(GREETING + [1, 2, 3].map(ask).join('')));
  detector.flush();
  t.same(findings, []);
  now += 2_000;
  detector.flush();
  t.match(findings, [{ rule: 'enumeration' }]);
});

await t.test('what is no event is passed over, however long it is', async (t) => {
  const { detector, decisions } = detectorOf();
  const noise = ['Response: Success\r\n\r\n', 'Event: FullyBooted\r\n\r\n', `${'x'.repeat(100_000)}\r\n\r\n`];
  detector.readAmi(Buffer.from([GREETING, ...noise, 'Event: SuccessfulAuth\r\nbroken\r\n\r\n'].join('')));
  detector.readAmi(attack(30).subarray(GREETING.length));
  t.equal(decisions.length, 1);
});

await t.test('nothing has to be given but bytes', async (t) => {
  const detector = createDetector();
  t.doesNotThrow(() => detector.readAmi(attack(30)));
  t.doesNotThrow(() => detector.flush());
});
