// What the detector remembers of a million attackers, each with a guess at an account of their own choice, and what it costs.
//
//   npm run build && node --expose-gc bench/attackers.mjs [SCORE_ADDRESSES]

import { loadConfig } from '../dist/config/load-config.js';
import { Detector } from '../dist/detection/detector.js';
import { HOSTS_MAX, thresholdsOf } from '../dist/detector.js';
import { parseEndpoint } from '../dist/domain/remote-address.js';
import { AddressCap } from '../dist/metrics/address-cap.js';
import { Meters } from '../dist/metrics/meters.js';

const ATTACKERS = 1_000_000;
const SCORE_ADDRESSES = process.argv[2] ?? '100000';
const MIB = 1024 * 1024;

const needed = { AMI_HOST: 'pbx', AMI_USERNAME: 'x', AMI_SECRET: 'x' };
const { config } = loadConfig({ ...needed, SCORE_ADDRESSES }, () => new Uint8Array());
const meters = new Meters(new AddressCap(config.addresses));
let [attempts, count] = [0, 0];
const detector = new Detector(
  {
    ...thresholdsOf(config),
    hostsMax: HOSTS_MAX,
    clock: Date.now,
    random: Math.random,
    friends: { has: () => false, overlaps: () => false },
    onDirty: () => undefined,
  },
  { onObservation: () => attempts++, onFinding: () => undefined, onDecision: () => undefined },
);

const heap = () => {
  globalThis.gc();
  return process.memoryUsage().heapUsed / MIB;
};
const before = heap();
const cpu = process.cpuUsage();
for (let n = 0; n < ATTACKERS; n++) {
  const address = `${11 + (n >> 20)}.${(n >> 12) & 255}.${(n >> 4) & 255}.${(n & 15) * 16 + 1}`;
  const remote = { ...parseEndpoint(`IPV4/UDP/${address}`), port: 5060 };
  const common = {
    pbx: 'bench',
    at: 1_800_000_000_000 + n,
    service: 'PJSIP',
    account: `${100 + (n % 5000)}`,
    sessionId: `${n}`,
    remote,
  };
  const event = { ...common, event: 'ChallengeResponseFailed', guess: n };
  meters.count(event);
  detector.read(event);
  if (n % 1000 === 0) for (const { name, value } of meters.take()) if (name.endsWith('.count')) count += value;
}
for (const { name, value } of meters.take()) if (name.endsWith('.count')) count += value;
const { user, system } = process.cpuUsage(cpu);
const used = heap() - before;
const { addresses, evicted } = detector.board.size;
console.log(`${ATTACKERS} attackers, SCORE_ADDRESSES=${SCORE_ADDRESSES}, Node ${process.version}`);
console.log(`.count ${count}, attempts ${attempts}, remembered ${addresses}, forgotten ${evicted}`);
console.log(
  `heap ${used.toFixed(0)} MiB, ${((used * MIB) / addresses).toFixed(0)} bytes an address; ${((user + system) / ATTACKERS).toFixed(1)} us an attacker`,
);
