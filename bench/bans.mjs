// From the decisive guess to the last packet of the guesser that comes through: this program (exporter and blocker) beside
// Debian's fail2ban, in turns within one run, while each attacker sends a packet every 0.5 ms. The clock starts just before
// the guess is written: to the AMI for us, to the messages log for fail2ban. Both ban at the tenth.
//
//   npm run build && node bench/bans.mjs      (root on Debian, fail2ban and nftables installed; 20 trials, some five minutes)
import { existsSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBlocker, startExporter } from './lab/blocker.mjs';
import { fail2banVersion, prepareFail2ban } from './lab/fail2ban.mjs';
import { attacker, makeDirectory, makeNetwork, PBX, startModule } from './lab/network.mjs';

const TRIALS = Number(process.env['TRIALS'] ?? 20);
/** BAN_THRESHOLD of ours and maxretry of fail2ban's jail, both their defaults. */
const GUESSES = 10;
const AMI_PORT = 5038;
/** One of the ports of fail2ban's jail. */
const SIP_PORT = 5060;
/** Without a packet for so long, two thousand of them, somebody is banned. */
const SILENCE_MS = 1_000;
/** Who is not banned until then is not banned. */
const BAN_MS = 20_000;
const FLOWING_PACKETS = 200;
/** The ban is between the last packet that came through and the next one; a trial in which they are farther apart is repeated. */
const GAP_MS = 2;
const REPEATS = 10;

const module = (name) => new URL(`./lab/${name}.mjs`, import.meta.url);
const directory = makeDirectory();
const logFiles = ['messages', 'messages-nftables'].map((name) => join(directory, name));
for (const file of logFiles) writeFileSync(file, '');

/** Who is measured, and where it hears of guesses. */
const KINDS = [
  { name: 'an nft that waits, alone', reader: 'nft' },
  { name: 'exporter and blocker', reader: 'ami' },
  { name: 'fail2ban, its default', reader: 0 },
  { name: 'fail2ban, nftables', reader: 1 },
];

makeNetwork((TRIALS + 1) * KINDS.length * REPEATS);
const receiver = await startModule('pbx', module('receiver'), PBX, String(SIP_PORT));
const pbx = await startModule('pbx', module('pbx'), String(AMI_PORT), ...logFiles);
const sender = await startModule('attackers', module('attacker'), PBX, String(SIP_PORT));
const decisionSocket = join(directory, 'decisions.sock');
startBlocker({ directory, decisionSocket });
await until('the blocker listens', () => existsSync(decisionSocket));
startExporter({ directory, decisionSocket, amiPort: AMI_PORT });
await until('the exporter has logged in', async () => (await pbx.ask({})).isHeard);
const jails = [null, 'nftables[type=multiport]'].map((banaction, index) =>
  prepareFail2ban({ directory: join(directory, `fail2ban-${index}`), logFile: logFiles[index], banaction }),
);
for (const jail of jails) await jail.start();

async function until(what, isSo, deadlineMs = 10_000) {
  for (const end = Date.now() + deadlineMs; !(await isSo()); await sleep(50))
    if (Date.now() > end) throw new Error(`${what}: not within ${deadlineMs} ms`);
}

/**
 * One attacker, from the first packet until they are stopped.
 * @returns milliseconds and packets after the last guess; null if the machine kept the attacker from sending at the moment of the ban.
 */
async function trial(reader, from) {
  await sender.ask({ from });
  await until('packets flow', async () => (await receiver.ask({ from })).packets >= FLOWING_PACKETS);
  const { at } = await pbx.ask({ reader, from, times: GUESSES });
  let seen = { last: 0, late: 0 };
  await until(
    `${from} is banned`,
    async () => {
      seen = await receiver.ask({ from, after: at });
      return Number(process.hrtime.bigint()) - seen.last > SILENCE_MS * 1e6;
    },
    BAN_MS,
  );
  const { last, next } = await sender.ask({ from: null, after: seen.last });
  if (last - seen.last < SILENCE_MS * 0.9e6) throw new Error(`${from} stopped by itself`);
  if (next - seen.last > GAP_MS * 1e6) return null;
  if (next < at) throw new Error(`${from} was banned before its last guess`);
  return { ms: Math.max(0, seen.last - at) / 1e6, packets: seen.late };
}

async function repeated(reader) {
  for (let tries = 0; tries < REPEATS; tries += 1) {
    const result = await trial(reader, attacker(attackers++));
    if (result !== null) return result;
    repeats += 1;
  }
  throw new Error('this machine is too busy to measure milliseconds');
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const column = (values, digits, width) =>
  [median(values), Math.min(...values), Math.max(...values)].map((n) => n.toFixed(digits).padStart(width)).join(' ');

const load = () => loadavg()[0].toFixed(1);
console.log(
  `Node ${process.version}, ${TRIALS} trials each, fail2ban ${fail2banVersion()} reads by ${jails[0].readBy()}, load ${load()}`,
);
const results = KINDS.map(() => []);
let [attackers, repeats] = [0, 0];
// The first of each is not counted: it makes fail2ban's chains and warms up our code.
for (let round = 0; round <= TRIALS; round += 1) {
  for (const [index, { reader }] of KINDS.entries()) {
    const result = await repeated(reader);
    if (round > 0) results[index].push(result);
    if (process.env['VERBOSE']) console.log(KINDS[index].name, JSON.stringify(result));
  }
}
console.log(`load at the end ${load()}; ${repeats} trials repeated, in which the machine kept the attacker waiting\n`);
console.log(`${''.padEnd(26)}${'ms: median min max'.padStart(26)}${'packets: median min max'.padStart(26)}`);
for (const [index, { name }] of KINDS.entries()) {
  const of = (key) => results[index].map((result) => result[key]);
  console.log(`${name.padEnd(26)}${column(of('ms'), 1, 8)}${column(of('packets'), 0, 8)}`);
}
process.exit();
