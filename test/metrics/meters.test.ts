import fc from 'fast-check';
import t from 'tap';
import type { Reading } from '../../src/domain/reading.js';
import { parseEndpoint } from '../../src/domain/remote-address.js';
import { SECURITY_EVENT_NAMES, type SecurityEvent, type SecurityEventName } from '../../src/domain/security-event.js';
import { AddressCap } from '../../src/metrics/address-cap.js';
import { segment } from '../../src/metrics/meter-name.js';
import { Meters } from '../../src/metrics/meters.js';

function securityEvent(name: SecurityEventName, service = 'PJSIP', endpoint = 'IPV4/UDP/203.0.113.9'): SecurityEvent {
  const remote = parseEndpoint(endpoint);
  if (remote === null) throw new Error(`not an endpoint: ${endpoint}`);
  const from = { remote: { ...remote, port: 5060 }, local: null };
  const common = { pbx: 'pbx', at: 0, service, account: null, sessionId: 's', ...from };
  const details = {
    aclName: null,
    requestType: '',
    authMethod: '',
    usingPassword: false,
    isRegistration: false,
    expectedAddress: '',
    attemptedTransport: '',
    guess: null,
  };
  return { ...common, ...details, event: name };
}

const meters = (perFlush = 100) => new Meters(new AddressCap({ perFlush, remembered: 2 * perFlush }));
const values = (readings: readonly Reading[]) => Object.fromEntries(readings.map(({ name, value }) => [name, value]));
const host = (n: number) => `IPV4/UDP/10.0.${n >> 8}.${n & 255}`;

await t.test('a failed authentication is counted for its address, its service and its type', async (t) => {
  const sums = meters();
  sums.count(securityEvent('InvalidPassword'));
  sums.count(securityEvent('InvalidAccountID'));
  sums.count(securityEvent('ChallengeResponseFailed', 'AMI', 'IPV6/TCP/2001:db8::1'));
  t.same(values(sums.take()), {
    'security.failed_auth.PJSIP.IPV4/UDP/203_0_113_9': 2,
    'security.failed_auth.PJSIP.count': 2,
    'security.failed_auth.AMI.IPV6/TCP/2001_db8__1': 1,
    'security.failed_auth.AMI.count': 1,
    'security.events.PJSIP.InvalidPassword': 1,
    'security.events.PJSIP.InvalidAccountID': 1,
    'security.events.AMI.ChallengeResponseFailed': 1,
  });
});

await t.test('guesses, findings and decisions have meters of their own', async (t) => {
  const sums = meters();
  sums.attempt('PJSIP', 1);
  sums.attempt('PJSIP', 16);
  sums.attempt('AMI', 1);
  sums.keptOut('PJSIP', 'attempts');
  sums.keptOut('PJSIP', 'attempts');
  sums.keptOut('PJSIP', 'logins');
  sums.finding('breach');
  sums.decision('ban');
  sums.decision('ban');
  sums.decision('unban');
  const expected = {
    'security.failed_auth.PJSIP.attempts': 17,
    'security.failed_auth.AMI.attempts': 1,
    'security.kept_out.PJSIP.attempts': 2,
    'security.kept_out.PJSIP.logins': 1,
    'security.findings.breach': 1,
    'security.decisions.ban': 2,
    'security.decisions.unban': 1,
  };
  t.same(values(sums.take()), expected);
  t.same(sums.take(), []);
});

await t.test('all 15 types are counted, and only three of them as failed authentications', async (t) => {
  const sums = meters();
  for (const name of SECURITY_EVENT_NAMES) sums.count(securityEvent(name));
  const readings = sums.take();
  t.match(
    values(readings),
    Object.fromEntries(SECURITY_EVENT_NAMES.map((name) => [`security.events.PJSIP.${name}`, 1])),
  );
  t.equal(values(readings)['security.failed_auth.PJSIP.count'], 3);
  t.ok(readings.every(({ kind }) => kind === 'meter'));
});

await t.test('a window starts empty, and zero is never a reading', async (t) => {
  const sums = meters();
  t.same(sums.take(), []);
  sums.count(securityEvent('InvalidPassword'));
  sums.take();
  t.same(sums.take(), []);
  sums.count(securityEvent('InvalidPassword'));
  t.equal(values(sums.take())['security.failed_auth.PJSIP.count'], 1);
});

await t.test('an address beyond the cap is counted under other, and how many were is told', async (t) => {
  const sums = meters(4);
  for (let n = 0; n < 10; n += 1) sums.count(securityEvent('InvalidPassword', 'PJSIP', host(n)));
  const readings = sums.take();
  t.match(values(readings), {
    'security.failed_auth.PJSIP.IPV4/UDP/10_0_0_0': 1,
    'security.failed_auth.PJSIP.IPV4/UDP/10_0_0_1': 1,
    'security.failed_auth.PJSIP.other': 8,
    'security.failed_auth.PJSIP.count': 10,
  });
  t.same(readings.at(-1), { kind: 'counter', name: 'exporter.addresses.capped', value: 8 });
  sums.count(securityEvent('InvalidPassword', 'PJSIP', host(7)));
  t.notMatch(values(sums.take()), { 'exporter.addresses.capped': Number }, 'the next window has places again');
});

await t.test('an address that attacks two services takes one place', async (t) => {
  const sums = meters(2);
  sums.count(securityEvent('InvalidPassword', 'PJSIP'));
  sums.count(securityEvent('InvalidPassword', 'AMI'));
  t.notMatch(values(sums.take()), { 'exporter.addresses.capped': Number });
});

await t.test('services beyond 64 are the service other', async (t) => {
  const sums = meters();
  for (let round = 0; round < 2; round += 1) {
    for (let n = 0; n < 100; n += 1) sums.count(securityEvent('InvalidPassword', `s${n}`));
  }
  const taken = values(sums.take());
  t.equal(Object.keys(taken).filter((name) => name.endsWith('.count')).length, 65);
  t.equal(taken['security.failed_auth.other.count'], 72);
  t.equal(taken['security.events.other.InvalidPassword'], 72);
});

await t.test('100,000 addresses in one window are as many readings as the cap allows', async (t) => {
  const sums = meters(1000);
  for (let n = 0; n < 100_000; n += 1)
    sums.count(securityEvent('InvalidPassword', 'PJSIP', `IPV4/10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`));
  t.equal(sums.take().length, 500 + '.other .count events capped'.split(' ').length);
});

type Step = 'take' | { readonly service: string; readonly host: number; readonly name: SecurityEventName };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.constant('take' as const) },
  {
    weight: 9,
    arbitrary: fc.record({
      service: fc.constantFrom('PJSIP', 'AMI', 'other', 'a.b', 'a:b'),
      host: fc.nat({ max: 12 }),
      name: fc.constantFrom<SecurityEventName>('InvalidPassword', 'InvalidAccountID', 'FailedACL'),
    }),
  },
);

await t.test(
  'in every window count is the sum of addresses and other, no name comes twice, and the cap holds',
  async () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 8 }),
        fc.array(step, { maxLength: 120, size: 'max' }),
        (perFlush, steps) => {
          const sums = meters(perFlush);
          let expected = new Map<string, number>();
          return [...steps, 'take' as const].every((one) => {
            if (one !== 'take') {
              sums.count(securityEvent(one.name, one.service, host(one.host)));
              const service = segment(one.service);
              if (one.name !== 'FailedACL') expected.set(service, (expected.get(service) ?? 0) + 1);
              return true;
            }
            const readings = sums.take();
            const names = new Set(readings.map(({ name }) => name));
            const counts = new Map<string, number>();
            const parts = new Map<string, number>();
            const addresses = new Set<string>();
            for (const { name, value } of readings) {
              const [, service, last] = /^security\.failed_auth\.([^.]+)\.(.+)$/.exec(name) ?? [];
              if (service === undefined) continue;
              if (last?.startsWith('IPV4')) addresses.add(last);
              const into = last === 'count' ? counts : parts;
              into.set(service, (into.get(service) ?? 0) + value);
            }
            const same = [...expected].every(([name, n]) => counts.get(name) === n && parts.get(name) === n);
            const all = same && counts.size === expected.size && parts.size === expected.size;
            expected = new Map();
            return all && names.size === readings.length && addresses.size <= perFlush;
          });
        },
      ),
      { numRuns: 300 },
    );
  },
);
