// What the detection costs where its rules are awake, and what it remembers of a million attackers.
//
//   npm run build && node --expose-gc bench/attackers.mjs [SCORE_ADDRESSES]
//
// Crowd: 2,000 addresses guess at 97 accounts, over UDP with BAN_UNPROVEN=never, so that nobody is banned and each guess is judged by
// every rule. A place keeps 64 accounts, so that each guess is at one that it has forgotten: the dearest that a guess can be. The
// same bytes of AMI are read with the detection and without, in turns; on a machine that has other work only the two beside each
// other say anything, since both are slowed down alike. Million: each attacker guesses once, from 16 addresses of each /24; the
// memory has to stay bounded. The heap is that of the whole process: it has meters of 100,000 addresses, 10,000 SIP hosts and
// 10,000 suspects too, so that the cost of a place shows where SCORE_ADDRESSES is large:
//
//   ONLY=million node --max-old-space-size=6000 --expose-gc bench/attackers.mjs 1000000
//
// Settings: ONLY=crowd or million, ROUNDS, EVENTS (of a round of the crowd), ATTACKERS.

import { loadDetectorSettings } from '../dist/config/detector-settings.js';
import { Detector } from '../dist/detection/detector.js';
import { detectorOptions, HOSTS_MAX } from '../dist/detector.js';
import { AddressCap } from '../dist/metrics/address-cap.js';
import { Meters } from '../dist/metrics/meters.js';
import { BlockFramer } from '../dist/sources/ami/block-framer.js';
import { EventReader } from '../dist/sources/ami/event-reader.js';
import { median, spread } from './lab/statistics.mjs';

const SCORE_ADDRESSES = process.argv[2] ?? '100000';
const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
const CROWD_EVENTS = Number(process.env['EVENTS'] ?? 400_000);
const CROWD_ADDRESSES = 2_000;
const CROWD_ACCOUNTS = 97;
const ATTACKERS = Number(process.env['ATTACKERS'] ?? 1_000_000);
const EVENTS_PER_CHUNK = 200;
const BLOCK_BYTES_MAX = 65_536;
const START = Date.UTC(2026, 10, 21);
const MIB = 1024 * 1024;

console.log(`Node ${process.version}, SCORE_ADDRESSES=${SCORE_ADDRESSES}`);
const only = process.env['ONLY'];
if (only !== 'million') crowd();
if (only !== 'crowd') million();

function crowd() {
  const host = (n) => `198.18.${(n % CROWD_ADDRESSES) >> 4}.${1 + (n & 15) * 15}`;
  const stream = { host, account: (n) => 100 + (n % CROWD_ACCOUNTS), port: (n) => 5060 + (n % 900), everyMs: 1 };
  const rounds = Array.from({ length: ROUNDS }, () => [
    play(stream, CROWD_EVENTS, newReader({ hasDetector: false })),
    play(stream, CROWD_EVENTS, newReader({ hasDetector: true })),
  ]);
  const [without, with_] = [0, 1].map((which) => rounds.map((round) => round[which]));
  if (with_.some(({ bans }) => bans > 0)) throw new Error('somebody was banned, so that rules slept');
  const us = (values) => `${median(values).toFixed(1)} us an event (${spread(values, 1)})`;
  console.log(
    `${CROWD_ADDRESSES} addresses, ${CROWD_ACCOUNTS} accounts, nobody banned; ${ROUNDS} rounds of ${CROWD_EVENTS} events`,
  );
  console.log(`  reading and meters     ${us(without.map(({ microseconds }) => microseconds))}`);
  console.log(`  with the detection     ${us(with_.map(({ microseconds }) => microseconds))}`);
  console.log(
    `  the detection alone    ${us(with_.map(({ microseconds }, n) => microseconds - without[n].microseconds))}`,
  );
}

function million() {
  const host = (n) => `${11 + (n >> 20)}.${(n >> 12) & 255}.${(n >> 4) & 255}.${(n & 15) * 16 + 1}`;
  const stream = { host, account: (n) => 100 + (n % 5000), port: () => 5060, everyMs: 1 };
  const before = heapBytes();
  const reader = newReader({ hasDetector: true });
  const { microseconds, attempts } = play(stream, ATTACKERS, reader);
  const used = heapBytes() - before;
  const { places, evicted } = reader.size();
  console.log(`${ATTACKERS} attackers with a guess each`);
  console.log(`  attempts ${attempts}, remembered ${places}, forgotten ${evicted}`);
  console.log(
    `  heap ${(used / MIB).toFixed(0)} MiB, ${(used / places).toFixed(0)} bytes a place; resident ${(process.memoryUsage.rss() / MIB).toFixed(0)} MiB; ${microseconds.toFixed(1)} us an attacker`,
  );
  if (places > Number(SCORE_ADDRESSES)) throw new Error('more places are remembered than SCORE_ADDRESSES');
}

/** @returns CPU microseconds an event, of the reading alone: the making of the bytes is not counted. */
function play({ host, account, port, everyMs }, events, reader) {
  let cpu = 0;
  for (let n = 0; n < events; n += EVENTS_PER_CHUNK) {
    let text = '';
    for (let at = n; at < n + EVENTS_PER_CHUNK; at++) {
      text += frame({ n: at, host: host(at), account: account(at), port: port(at), at: START + at * everyMs });
    }
    const bytes = Buffer.from(text);
    const before = process.cpuUsage();
    reader.read(bytes);
    const { user, system } = process.cpuUsage(before);
    cpu += user + system;
  }
  return { microseconds: cpu / events, ...reader.counts };
}

/** What the exporter does with the bytes of AMI, up to its meters, with the detection or without. */
function newReader({ hasDetector }) {
  const loaded = loadDetectorSettings({ SCORE_ADDRESSES, BAN_UNPROVEN: 'never' });
  const meters = new Meters(new AddressCap({ perFlush: 20_000, remembered: 100_000 }));
  const counts = { attempts: 0, bans: 0 };
  let now = START;
  const detector = new Detector(
    {
      ...detectorOptions(loaded.config),
      hostsMax: HOSTS_MAX,
      clock: () => now,
      random: Math.random,
      friends: { has: () => false, overlaps: () => false },
      onDirty: () => undefined,
    },
    { onObservation: () => counts.attempts++, onFinding: () => undefined, onDecision: () => counts.bans++ },
  );
  const reader = new EventReader(
    { pbx: null, pbxDefault: 'pbx', blockBytesMax: BLOCK_BYTES_MAX },
    {
      onEvent: (event) => {
        now = event.at;
        meters.count(event);
        if (hasDetector) detector.read(event);
      },
      onMalformed: (reason) => {
        throw new Error(`malformed: ${reason}`);
      },
      onMessage: () => undefined,
    },
  );
  const framer = new BlockFramer(BLOCK_BYTES_MAX, () => undefined);
  let flushedAt = START;
  return {
    counts,
    size: () => detector.memory.size,
    read: (bytes) => {
      framer.push(bytes, (blocks) => reader.read(blocks));
      if (now - flushedAt < 1000) return;
      flushedAt = now;
      detector.flush();
      for (const _ of meters.take());
    },
  };
}

/** What PJSIP 22 raises for a wrong password. */
function frame({ n, host, account, port, at }) {
  const response = (n * 2654435761).toString(16).padStart(32, '0').slice(0, 32);
  const time = new Date(at).toISOString().replace('Z', '+0000');
  return (
    `Event: ChallengeResponseFailed\r\nPrivilege: security,all\r\nSystemName: bench\r\nEventTV: ${time}\r\nSeverity: Error\r\n` +
    `Service: PJSIP\r\nEventVersion: 1\r\nAccountID: ${account}\r\nSessionID: ${response.slice(0, 16)}-${n}\r\n` +
    `LocalAddress: IPV4/UDP/198.51.100.1/5060\r\nRemoteAddress: IPV4/UDP/${host}/${port}\r\n` +
    `Challenge: 1795227022/${response}\r\nResponse: ${response}\r\nExpectedResponse: \r\n\r\n`
  );
}

function heapBytes() {
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
