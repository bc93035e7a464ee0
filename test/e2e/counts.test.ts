// What the attacker did, multiplied by what Asterisk makes of each attempt, is what stands in StatsD and in Graphite.
import { readFileSync } from 'node:fs';
import t from 'tap';
import { loginAmi } from './driver/ami-login.js';
import { type Credentials, register } from './driver/register.js';
import type { SipTarget, SipTransport } from './driver/sip-connection.js';
import { type Asterisk, CA_FILE, startAsterisk } from './lab/asterisk.js';
import { startExporter } from './lab/exporter.js';
import { startGraphite } from './lab/graphite.js';
import { startStatsd } from './lab/statsd.js';
import { settled } from './lab/until.js';

type Attempt = 'good' | 'wrongPassword' | 'unknown' | 'unknownDigest';
type Burst = Readonly<Record<string, number>>;

/** The events that one attempt raises, as observed on Asterisk 16 and 22. */
const PJSIP: Record<Attempt, Burst> = {
  good: { ChallengeSent: 1, SuccessfulAuth: 1 },
  wrongPassword: { ChallengeSent: 1, ChallengeResponseFailed: 1 },
  unknown: { InvalidAccountID: 1, ChallengeSent: 1 },
  unknownDigest: { InvalidAccountID: 2, ChallengeSent: 1, ChallengeResponseFailed: 1 },
};
/** chan_sip with alwaysauthreject does not tell who is unknown. */
const CHAN_SIP: Record<Attempt, Burst> = {
  good: { ChallengeSent: 1, SuccessfulAuth: 1 },
  wrongPassword: { ChallengeSent: 1, InvalidPassword: 1 },
  unknown: { ChallengeSent: 1 },
  unknownDigest: { ChallengeSent: 1, InvalidPassword: 1 },
};
const FAILURES = ['InvalidAccountID', 'InvalidPassword', 'ChallengeResponseFailed'];

/** The meters that must come out, by the names under which statsd keeps them: with `-` for `/`. */
class Expected {
  readonly meters = new Map<string, number>();

  add(service: string, endpoint: string, burst: Burst): void {
    for (const [event, times] of Object.entries(burst)) {
      this.#count(`security.events.${service}.${event}`, times);
      if (!FAILURES.includes(event)) continue;
      this.#count(`security.failed_auth.${service}.count`, times);
      this.#count(`security.failed_auth.${service}.${endpoint}`, times);
    }
  }

  #count(name: string, times: number): void {
    this.meters.set(name, (this.meters.get(name) ?? 0) + times);
  }
}

/** Registrations over every transport from addresses of their own; each transport a different number of times. */
async function attackSip(asterisk: Asterisk, expected: Expected): Promise<void> {
  const paths: { target: SipTarget; service: 'PJSIP' | 'SIP'; endpoint: string }[] = [];
  const transports: readonly SipTransport[] = ['udp', 'tcp', 'tls', 'ws', 'wss'];
  for (const [index, transport] of transports.entries()) {
    const name = transport.toUpperCase();
    const from = `127.0.0.${10 + index}`;
    paths.push({
      target: asterisk.sip(transport, { from }),
      service: 'PJSIP',
      endpoint: `IPV4-${name}-${from.replaceAll('.', '_')}`,
    });
    // Asterisk's HTTP server, which carries WebSocket, has one address.
    if (transport === 'ws' || transport === 'wss') continue;
    paths.push({ target: asterisk.sip(transport, { host: '::1' }), service: 'PJSIP', endpoint: `IPV6-${name}-__1` });
  }
  if (asterisk.version === 16) {
    for (const transport of ['udp', 'tcp'] as const) {
      const target = { ...asterisk.sip(transport, { from: '127.0.0.30' }), port: asterisk.ports.chanSip };
      paths.push({ target, service: 'SIP', endpoint: `IPV4-${transport.toUpperCase()}-127_0_0_30` });
    }
  }
  for (const [index, { target, service, endpoint }] of paths.entries()) {
    const phone = service === 'PJSIP' ? '101' : '201';
    const attempts: Record<Attempt, Credentials> = {
      good: { user: phone, password: `pw-${phone}` },
      wrongPassword: { user: phone, password: 'guess' },
      unknown: { user: 'nobody', password: null },
      unknownDigest: { user: 'nobody', password: 'guess' },
    };
    for (const [kind, credentials] of Object.entries(attempts) as [Attempt, Credentials][]) {
      const times = kind === 'wrongPassword' ? index + 1 : 2;
      for (let done = 0; done < times; done += 1) {
        const status = await register(target, credentials);
        if ((status === 200) !== (kind === 'good')) throw new Error(`${endpoint} answers ${status} to ${kind}`);
        expected.add(service, endpoint, (service === 'PJSIP' ? PJSIP : CHAN_SIP)[kind]);
      }
    }
  }
}

async function attackAmi(asterisk: Asterisk, expected: Expected): Promise<void> {
  const { ami, amiTls } = asterisk.ports;
  const plain = { port: ami, ca: null, secret: 'guess', method: 'plain' } as const;
  const refused = await Promise.all([
    loginAmi({ ...plain, username: 'nobody' }),
    loginAmi({ ...plain, username: 'nobody' }),
    loginAmi({ ...plain, username: 'exporter' }),
    loginAmi({ ...plain, username: 'exporter', method: 'challenge' }),
    loginAmi({ ...plain, username: 'exporter', port: amiTls, ca: readFileSync(CA_FILE) }),
  ]);
  if (refused.some((socket) => socket !== null)) throw new Error('Asterisk accepted a wrong login');
  expected.add('AMI', 'IPV4-TCP-127_0_0_1', { InvalidAccountID: 2, InvalidPassword: 1, ChallengeResponseFailed: 1 });
  expected.add('AMI', 'IPV4-TLS-127_0_0_1', { InvalidPassword: 1 });
}

/** The meters of events and failures among the sums, without what is derived from them. */
function securityMeters(sums: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const wanted = [...sums].filter(
    ([name]) => /^security\.(events|failed_auth)\./.test(name) && !name.endsWith('.attempts'),
  );
  return new Map(wanted.sort());
}

for (const version of [22, 16] as const) {
  for (const meterType of ['c', 'm'] as const) {
    await t.test(
      `Asterisk ${version}: every failed login is counted once, a good phone never, with meters of type ${meterType}`,
      async (t) => {
        const graphite = meterType === 'c' ? await startGraphite() : null;
        const receiver = graphite ?? (await startStatsd());
        t.teardown(receiver.stop);
        const asterisk = await startAsterisk(version);
        t.teardown(asterisk.stop);
        const exporter = startExporter(asterisk, receiver, { STATSD_METER_TYPE: meterType });
        t.teardown(exporter.stop);
        await exporter.hearing();

        const expected = new Expected();
        // The exporter hears its own login.
        expected.add('AMI', '', { SuccessfulAuth: 1 });
        await Promise.all([attackSip(asterisk, expected), attackAmi(asterisk, expected)]);
        t.equal(await exporter.stop(), 0, 'a stop exits with 0');

        const meters = securityMeters(expected.meters);
        t.strictSame(await settled(meters, async () => securityMeters(await receiver.counters())), meters, 'at statsd');
        if (graphite === null) return;
        const stored = async () => {
          const sums = await graphite.sums('stats.counters.security.*.*.*.count');
          return securityMeters(
            new Map(Array.from(sums, ([name, sum]) => [name.slice('stats.counters.'.length, -'.count'.length), sum])),
          );
        };
        t.strictSame(await settled(meters, stored), meters, 'in Graphite');
      },
    );
  }
}
