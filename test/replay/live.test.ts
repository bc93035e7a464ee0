import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import t, { type Test } from 'tap';
import { loadConfig } from '../../src/config/load-config.js';
import { loadReplayConfig } from '../../src/config/replay-config.js';
import type { Decision } from '../../src/domain/decision.js';
import type { Finding } from '../../src/domain/finding.js';
import type { SecurityEvent } from '../../src/domain/security-event.js';
import { openDetection } from '../../src/exporter/detection.js';
import { AddressCap } from '../../src/metrics/address-cap.js';
import { Meters } from '../../src/metrics/meters.js';
import { ReplayDetector } from '../../src/replay/detector.js';
import { ReplayReport } from '../../src/replay/report.js';
import { encodeSecurityEvent, remoteAddress } from '../../src/simulator/frames.js';
import { BlockFramer } from '../../src/sources/ami/block-framer.js';
import { EventReader } from '../../src/sources/ami/event-reader.js';
import { recordedLog } from '../metrics/fixtures.js';

const START = Date.UTC(2026, 2, 1);
const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const BLOCK_BYTES_MAX = 65_536;
const FILE = () => new Uint8Array();

/** What came of a recording, each thing in the order in which it was said. */
type Said = readonly (readonly ['finding' | 'decision', unknown])[];

function eventsOf(recording: Buffer): readonly SecurityEvent[] {
  const events: SecurityEvent[] = [];
  const options = { pbx: null, pbxDefault: 'pbx', blockBytesMax: BLOCK_BYTES_MAX };
  const handlers = { onEvent: (event: SecurityEvent) => void events.push(event), onMalformed: () => undefined };
  const reader = new EventReader(options, { ...handlers, onMessage: () => undefined });
  new BlockFramer(BLOCK_BYTES_MAX, () => undefined).push(recording, (blocks) => reader.read(blocks));
  return events;
}

/** The exporter's detection over a recording, as if each event came at its own time; it looks once a second. */
async function live(t: Test, recording: Buffer, environment: Record<string, string>): Promise<Said> {
  let now = START;
  t.intercept(Date, 'now', { value: () => now });
  t.intercept(Math, 'random', { value: () => 0.5 });
  const loaded = loadConfig({ AMI_HOST: '192.0.2.1', AMI_USERNAME: 'a', AMI_SECRET: 'b', ...environment }, FILE);
  if (loaded.kind !== 'config') throw new Error('the test is wrong', { cause: loaded });
  const log = recordedLog();
  const stop = new AbortController();
  t.teardown(() => stop.abort());
  const meters = new Meters(new AddressCap(loaded.config.addresses));
  const detection = await openDetection({ config: loaded.config, log, version: '1.2.3', meters }, stop.signal);
  const lookUntil = (at: number) => {
    for (; now + SECOND <= at; now += SECOND) {
      detection.flush();
    }
    detection.flush();
  };
  for (const event of eventsOf(recording)) {
    lookUntil(Math.floor(event.at / SECOND) * SECOND);
    const second = now;
    now = event.at;
    detection.read(event);
    now = second;
  }
  lookUntil(now + HOUR);
  return log.lines.flatMap(([, fields]): Said => {
    if ('decision' in fields) return [['decision', fields.decision]];
    return 'finding' in fields ? [['finding', keyOf(fields.finding as Finding)]] : [];
  });
}

/** The same recording, replayed. */
function replayed(recording: Buffer): Said {
  const loaded = loadReplayConfig({}, FILE);
  if (loaded.kind !== 'config') throw new Error('the test is wrong', { cause: loaded });
  const said: (readonly ['finding' | 'decision', unknown])[] = [];
  const report = new (class extends ReplayReport {
    override found(finding: Finding, title: string): void {
      said.push(['finding', keyOf({ ...finding, at: new Date(finding.at).toISOString() })]);
      super.found(finding, title);
    }

    override decided(decision: Decision): void {
      said.push(['decision', decision]);
      super.decided(decision);
    }
  })({ rowsMax: 1_000, top: 10 });
  const friends = { has: () => false, overlaps: () => false };
  const detector = new ReplayDetector({ config: loaded.config, friends, report, explanation: null });
  for (const event of eventsOf(recording)) detector.read(event);
  detector.end();
  return said;
}

/** What says of a finding which it is, of those fields that the log writes as they are. */
function keyOf({
  at,
  rule,
  severity,
  attempts,
  accounts,
  action,
  banTarget,
  banSeconds,
  evidence,
}: Omit<Finding, 'at'> & { readonly at: unknown }) {
  return {
    at,
    rule,
    severity,
    attempts,
    accounts,
    action,
    target: banTarget?.replace(/\/(32|128)$/, ''),
    banSeconds,
    evidence,
  };
}

function guess(address: string, account: string, at: number): string {
  const remote = remoteAddress(`IPV4/TCP/${address}`, 20_000 + (at % 20_000));
  const event = { event: 'InvalidPassword', service: 'PJSIP', account, sessionId: `${at}-${address}`, remote } as const;
  return encodeSecurityEvent(event, { at, systemName: 'office', timestamps: false });
}

/** Bots that guess once and fall silent, and one attacker who asks for names. */
function botnet(): Buffer {
  const bots = Array.from({ length: 40 }, (_, n) => guess(`203.0.${n}.9`, '100', START + n * 400_123));
  const asks = Array.from({ length: 40 }, (_, n) => {
    const at = START + 16_100_000 + n * 5_700;
    const remote = remoteAddress('IPV4/UDP/198.51.100.7', 5060);
    const event = {
      event: 'InvalidAccountID',
      service: 'PJSIP',
      account: `9${n}`,
      sessionId: `ask-${n}`,
      remote,
    } as const;
    return encodeSecurityEvent(event, { at, systemName: 'office', timestamps: false });
  });
  return Buffer.from([...bots, ...asks].join(''));
}

/** Two hundred guesses from ever new sockets, and between them those of another address. */
function guessers(): Buffer {
  const guesses = Array.from({ length: 400 }, (_, n) =>
    guess(n % 2 === 0 ? '203.0.113.9' : '198.51.100.7', `10${n % 7}`, START + n * 21_345),
  );
  return Buffer.from(guesses.join(''));
}

function recordingOf(name: string): Buffer {
  return gunzipSync(readFileSync(new URL(`../fixtures/replay/${name}`, import.meta.url)));
}

const RECORDINGS: Readonly<Record<string, () => Buffer>> = {
  'a botnet': botnet,
  guessers,
  'an office with a phone in back-off': () => recordingOf('office-one-backoff-phone.ami.gz'),
  'an office in one /64': () => recordingOf('ipv6-office-64.ami.gz'),
};

for (const [name, recordingFrom] of Object.entries(RECORDINGS)) {
  await t.test(`a replay says what the exporter said, with and without a blocker: ${name}`, async (t) => {
    const recording = recordingFrom();
    const said = replayed(recording);
    t.ok(said.length > 0);
    t.strictSame(await live(t, recording, {}), said);
    t.strictSame(await live(t, recording, { DECISION_SOCKET: '/nonexistent/socket' }), said);
  });
}
