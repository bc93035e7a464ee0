import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import type { SecurityEvent } from '../../../src/domain/security-event.js';
import { readRecording, recordedStreams, recordingFiles } from '../../fixtures/recordings/recorded-streams.js';
import { sessionStreams } from '../../fixtures/recordings/session-file.js';
import { readStream } from './read-stream.js';

interface Expectation {
  readonly events: Record<string, number>;
  readonly malformed: Record<string, number>;
  readonly endpoints: readonly string[];
}

const folder = new URL('../../fixtures/recordings/', import.meta.url);
const expected: Record<string, Expectation> = JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8'));
const files = recordingFiles();
const recordings = recordedStreams();

/** Found in the recordings' text, and written there by an attacker alone. */
const FORGED_ADDRESSES = ['9.9.9.9', '10.0.0.9'];

/** The accounts whose right secret was used while an AMI client listened. */
const ACCOUNTS = ['101', '105', '106', '108', '201', '207', 'admin', 'f2', 'n1', 'n3', 'n5', 'secmon', 'secro'];

/** Forged lines and blocks, bare CR and LF, long values, letters of several bytes, many blocks. */
const VARIED = [
  '16/chansip-inject-event.ami',
  '16/chansip-inject-lf.ami',
  '16/pjsip-inject-nonce.ami',
  '22/pjsip-inject-hdr.ami',
  '22/pjsip-callid-long.ami',
  '22/pjsip-callid-utf8.ami',
  '22/ami-permissions.session#5',
];

await t.test('every recording has its expectation, and every expectation its recording', async (t) => {
  t.strictSame([...recordings.keys()].sort(), Object.keys(expected).sort());
  t.strictSame(files.toSorted(), [...new Set(Object.keys(expected).map((name) => name.replace(/#.*/, '')))].sort());
});

await t.test('every recording gives the events, the faults and the addresses that are expected of it', async (t) => {
  for (const [name, stream] of recordings) {
    const { events, malformed } = readStream(stream);
    const endpoints = [...new Set(events.map((event) => event.remote.endpoint))].sort();
    t.strictSame({ events: tally(events), malformed, endpoints }, expected[name], name);
  }
});

await t.test('no event comes from an address that only an attacker wrote', async (t) => {
  const addresses = new Set(everyEvent().map((event) => String(event.remote.address)));
  const text = Buffer.concat([...recordings.values()]).toString('latin1');
  for (const address of FORGED_ADDRESSES) {
    t.ok(text.includes(address), `${address} is in the recordings`);
    t.notOk(addresses.has(address), `${address} is in no event`);
  }
});

await t.test(
  'every success is of an account whose secret was used, but for the one that chan_sip gives away',
  async (t) => {
    const successes = everyEvent().flatMap((event) => (event.event === 'SuccessfulAuth' ? [event] : []));
    const accounts = new Set(successes.map(({ account }) => account));
    t.strictSame([...accounts].sort(), [...ACCOUNTS, '121'].sort());
    t.strictSame(
      successes.filter(({ account }) => account === '121').map(({ isRegistration }) => isRegistration),
      [false],
    );
  },
);

await t.test('every registration with chan_sip is one, and nothing else is', async (t) => {
  for (const [name, stream] of recordings) {
    const text = stream.toString('latin1');
    const registrations = text.match(/^ChannelType: SIP\r\nPeer: [^\r]*\r\nPeerStatus: Registered\r$/gm) ?? [];
    const proven = readStream(stream).events.filter(
      (event) => event.event === 'SuccessfulAuth' && event.isRegistration,
    );
    t.equal(proven.length, registrations.length, name);
  }
});

await t.test('no challenge, response or hash is part of an event', async (t) => {
  let looked = 0;
  for (const [name, stream] of recordings) {
    const secrets = stream
      .toString('latin1')
      .matchAll(/^(?:Challenge|Response|ExpectedResponse|ReceivedChallenge|ReceivedHash): ([\d/]*[\da-f]{8,})\r$/gm);
    const events = JSON.stringify(readStream(stream).events);
    for (const [line, secret = ''] of secrets) {
      looked++;
      if (events.includes(secret)) t.fail(`${name} gives away ${line}`);
    }
  }
  t.ok(looked > 300, `${looked} secrets are in the recordings`);
});

await t.test('any chunking of a recording gives the same events', async (t) => {
  for (const name of VARIED) {
    const stream = streamOf(name);
    t.strictSame(readStream(...[...stream].map((byte) => Buffer.of(byte))), readStream(stream), `${name} byte by byte`);
  }
  fc.assert(
    fc.property(fc.constantFrom(...VARIED), fc.array(fc.nat()), (name, cuts) => {
      const stream = streamOf(name);
      return isDeepStrictEqual(readStream(...split(stream, cuts)), readStream(stream));
    }),
  );
});

await t.test('a connection that ends early loses the block in hand and nothing before it', async (t) => {
  const check = fc.check(
    fc.property(fc.constantFrom(...VARIED), fc.nat(), (name, cut) => {
      const stream = streamOf(name);
      const early = stream.subarray(0, cut % (stream.length + 1));
      const end = early.lastIndexOf('\r\n\r\n');
      const whole = early.subarray(0, end < 0 ? 0 : end + 4);
      const before = readStream(whole);
      const faults = whole.length < early.length ? { ...before.malformed, truncated: 1 } : before.malformed;
      return isDeepStrictEqual(readStream(early), { events: before.events, malformed: faults });
    }),
  );
  t.notOk(check.failed, `holds for ${check.numRuns} cuts`);
});

await t.test('a session recording is taken apart by connection', async (t) => {
  const lengths = (file: string) =>
    sessionStreams(readRecording(file)).map(({ name, received }) => `${name}: ${received.length}`);
  t.strictSame(
    lengths('22/ami-v6.session'),
    ['1: 81', '2: 81', '3: 630'],
    'two refused logins and the watching client',
  );
  t.strictSame(lengths('22/ami-http.session'), ['1: 1349'], 'HTTP clients are left out');
  t.strictSame(lengths('16/pjsip-auth_username.session'), ['1: 8776'], 'SIP is left out');
  t.throws(() => sessionStreams(readRecording('22/ami-v6.session').subarray(0, 50)), {
    message: /ends before the 81 bytes/,
  });
});

function streamOf(name: string): Buffer {
  const stream = recordings.get(name);
  if (stream === undefined) throw new Error(`there is no recording ${name}`);
  return stream;
}

function everyEvent(): SecurityEvent[] {
  return [...recordings.values()].flatMap((stream) => readStream(stream).events);
}

function tally(events: readonly SecurityEvent[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { event } of events) counts[event] = (counts[event] ?? 0) + 1;
  return counts;
}

/** Cuts anywhere, also twice at the same place: an empty chunk is one too. */
function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const points = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return points.map((end, index) => bytes.subarray(points[index - 1] ?? 0, end));
}
