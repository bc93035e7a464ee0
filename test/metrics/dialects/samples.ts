import { Writable } from 'node:stream';
import fc from 'fast-check';
import { type Endpoint, parseEndpoint } from '../../../src/domain/remote-address.js';
import type { SecurityEvent } from '../../../src/domain/security-event.js';
import { AddressCap } from '../../../src/metrics/address-cap.js';
import type { Sample as Named } from '../../../src/metrics/dialects/dialect.js';
import type { DialectName } from '../../../src/metrics/dialects/dialects.js';
import { DIALECTS } from '../../../src/metrics/dialects/dialects.js';
import { Meters } from '../../../src/metrics/meters.js';
import { statsdClient } from '../../../src/metrics/statsd-sink.js';
import { endpoint } from '../endpoints.js';

/** One value on its way to a receiver. */
export interface Sample extends Named {
  /** Empty: none. */
  readonly prefix: string;
  readonly value: number;
  readonly type: 'c' | 'm' | 'g';
}

/** The sample as hot-shots sends it in a dialect, without its end. */
export function lineIn(dialect: DialectName, { prefix, value, type, ...named }: Sample): string {
  const { client, sent } = clientOf(dialect, prefix);
  const { name, tags } = DIALECTS[dialect](named);
  client.sendStat(name, value, type, undefined, Object.fromEntries(tags));
  client.flush();
  return sent.splice(0).join('').replace(/\n$/, '');
}

const clients = new Map<string, { readonly client: ReturnType<typeof statsdClient>; readonly sent: string[] }>();

function clientOf(dialect: DialectName, prefix: string) {
  const known = clients.get(`${dialect} ${prefix}`);
  if (known !== undefined) return known;
  const sent: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      sent.push(String(chunk));
      done();
    },
  });
  const client = statsdClient({ prefix: prefix === '' ? null : prefix, dialect, packetBytes: 65_507 }, stream);
  clients.set(`${dialect} ${prefix}`, { client, sent });
  return { client, sent };
}

/** All readings of one failed authentication, as samples for a dialect: address, total and event. */
export function failureSamples(service: string, from: Endpoint, about: Partial<Sample> = {}): Sample[] {
  const event: SecurityEvent = {
    event: 'InvalidPassword',
    pbx: 'pbx',
    at: 0,
    service,
    account: null,
    sessionId: 's',
    remote: { ...from, port: 5060 },
    local: null,
    guess: null,
  };
  const meters = new Meters(new AddressCap({ perFlush: 2, remembered: 4 }));
  meters.count(event);
  return meters.take().map(({ name, value, endpoint: host }) => sample(name, { value, endpoint: host, ...about }));
}

export function sample(name: string, about: Partial<Sample> = {}): Sample {
  return { prefix: '', name, endpoint: undefined, value: 1, type: 'c', pbx: null, ...about };
}

/** What every dialect is asked to say, in the order of its golden lines. */
export function goldenLines(dialect: DialectName): string[] {
  const lines = (text: string) => {
    const from = parseEndpoint(text);
    if (from === null) throw new Error(`not an endpoint: ${text}`);
    return failureSamples('PJSIP', from).filter((one) => one.endpoint !== undefined);
  };
  const samples = [
    ...lines('IPV4/UDP/203.0.113.9'),
    ...lines('IPV6/TCP/2001:db8::1'),
    ...lines('IPV6/fe80::1%eth0'),
    sample('security.failed_auth.PJSIP.count', { prefix: 'site', pbx: 'head office', value: 12 }),
    sample('security.failed_auth.PJSIP.attempts', { type: 'm' }),
    sample('security.events.AMI.InvalidPassword'),
    sample('security.bans.refused.table_full'),
    sample('exporter.uptime_seconds', { type: 'g', value: 1.5 }),
    sample('blocker.events', { pbx: 'office' }),
  ];
  return samples.map((one) => lineIn(dialect, one));
}

const text = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...'|:,;=#~%/. \n\r\t\0@{}"\'aZ09_-é☎'), minLength: 1, maxLength: 40 }),
);

/** Samples with whatever text can reach them: service, zone of an address, name of the PBX. */
export const hostileSamples: fc.Arbitrary<Sample[]> = fc
  .record({ service: text, from: endpoint, pbx: fc.option(text) })
  .map(({ service, from, pbx }) => failureSamples(service, from, { pbx }));

/** Whether a value came through: each of its characters is itself or `_`, and harmless text is as it was. */
export function cameThrough(raw: string, read: string | undefined): boolean {
  if (read === undefined || read.length !== raw.length) return false;
  if (/^[\w.-]*$/.test(raw)) return read === raw;
  return Array.from({ length: raw.length }, (_, at) => read[at] === raw[at] || read[at] === '_').every(Boolean);
}
