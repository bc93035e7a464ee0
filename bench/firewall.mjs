// What bans cost: one after the other and many at once through the decision socket, the restore of 50,000 after a restart
// of the machine, and a good packet's way past 100,000 of them. Beside it Debian's fail2ban with some hundreds.
//
//   npm run build && node bench/firewall.mjs      (root on Debian, fail2ban and nftables installed; some two minutes)
import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBlocker } from './lab/blocker.mjs';
import { connectDecisions, stranger } from './lab/decisions.mjs';
import { prepareFail2ban } from './lab/fail2ban.mjs';
import { BARE, makeDirectory, makeNetwork, PBX, runInside, startModule } from './lab/network.mjs';

const SINGLE_BANS = Number(process.env['SINGLE_BANS'] ?? 500);
const RESTORED_BANS = Number(process.env['RESTORED_BANS'] ?? 50_000);
const RESTORES = 5;
const MANY_BANS = 2 * RESTORED_BANS;
const FAIL2BAN_BANS = 300;
const FLOODS = 40;
const FLOOD_PACKETS = 20_000;
const PORT = 5060;
const WAIT_MS = 120_000;
const TABLE = 'inet asterisk_auth_stats';

const directory = makeDirectory();
const decisionSocket = join(directory, 'decisions.sock');
const settings = { BLOCKER_BANS_PER_MINUTE: '1000000', BLOCKER_BANS_MAX: String(10 * MANY_BANS) };

const nowMs = () => performance.now();
const sorted = (values) => [...values].sort((a, b) => a - b);
const quantile = (values, part) => sorted(values)[Math.floor((values.length - 1) * part)];
const say = (what, text) => console.log(`${what.padEnd(48)} ${text}`);
const spread = (values, digits) =>
  `${quantile(values, 0.5).toFixed(digits)} (${quantile(values, 0).toFixed(digits)} to ${quantile(values, 1).toFixed(digits)})`;
const strangers = (first, count) => Array.from({ length: count }, (_, n) => stranger(first + n));

async function until(what, isSo, pauseMs = 20) {
  for (const end = nowMs() + WAIT_MS; !(await isSo()); await sleep(pauseMs))
    if (nowMs() > end) throw new Error(`${what}: not within ${WAIT_MS} ms`);
}

async function listeningBlocker() {
  rmSync(decisionSocket, { force: true });
  const blocker = startBlocker({ directory, decisionSocket, settings });
  await until('the blocker listens', () => existsSync(decisionSocket));
  return blocker;
}

const listed = () =>
  (
    runInside('pbx', ['nft', 'list', 'set', ...TABLE.split(' '), 'v4_32'], { maxBuffer: 2 ** 28 }).match(
      / timeout /g,
    ) ?? []
  ).length;

/** A batch is in the kernel as a whole or not at all, and to ask for one address costs next to nothing. */
function isBanned(address) {
  try {
    runInside('pbx', ['nft', 'get', 'element', ...TABLE.split(' '), 'v4_32', `{ ${address} }`]);
    return true;
  } catch {
    return false;
  }
}

async function bansThroughTheSocket(decisions) {
  const times = [];
  for (const address of strangers(1_000_000, SINGLE_BANS)) {
    const from = nowMs();
    await decisions.ban([address]);
    times.push(nowMs() - from);
  }
  const perSecond = (1000 * SINGLE_BANS) / times.reduce((sum, ms) => sum + ms, 0);
  say('bans a second, each after the answer to the last', perSecond.toFixed(0));
  say(
    '  a ban, asked for to answered',
    `p50 ${quantile(times, 0.5).toFixed(1)} ms, p90 ${quantile(times, 0.9).toFixed(1)} ms`,
  );
  const from = nowMs();
  await decisions.ban(strangers(0, RESTORED_BANS));
  say(`bans a second, ${RESTORED_BANS} at once`, ((1000 * RESTORED_BANS) / (nowMs() - from)).toFixed(0));
  say('  answers', decisions.results());
}

/** @returns the blocker that restored last. */
async function restores(first) {
  let blocker = first;
  const times = [];
  for (let n = 0; n < RESTORES; n += 1) {
    const from = nowMs();
    blocker.kill('SIGKILL');
    await once(blocker, 'exit');
    runInside('pbx', ['nft', 'delete', 'table', ...TABLE.split(' ')]);
    blocker = await listeningBlocker();
    await until('all is restored', () => isBanned(stranger(0)) && isBanned(stranger(RESTORED_BANS - 1)), 1);
    times.push(nowMs() - from);
    if (listed() < RESTORED_BANS) throw new Error(`${listed()} bans are restored`);
  }
  say(`ms from kill -9 to ${RESTORED_BANS} in an empty kernel`, spread(times, 0));
  return blocker;
}

/** The limit: the same elements, their text at hand. */
function restoresByNft() {
  const elements = strangers(0, RESTORED_BANS).map((address) => `${address} timeout 10h`);
  const text = `add element inet bench_limit banned { ${elements.join(', ')} }\n`;
  const set = 'table inet bench_limit { set banned { type ipv4_addr; flags timeout; counter; }; }\n';
  const times = Array.from({ length: RESTORES }, () => {
    runInside('pbx', ['nft', '-f', '-'], { input: set });
    const from = nowMs();
    runInside('pbx', ['nft', '-f', '-'], { input: text });
    const ms = nowMs() - from;
    runInside('pbx', ['nft', 'delete', 'table', 'inet', 'bench_limit']);
    return ms;
  });
  say('  of them nft alone, start included', spread(times, 0));
}

async function fail2banBeside() {
  const logFile = join(directory, 'messages');
  writeFileSync(logFile, '');
  const jail = prepareFail2ban({ directory: join(directory, 'fail2ban'), logFile });
  const server = await jail.start();
  const rules = () => (runInside('pbx', ['iptables', '-S']).match(/^-A f2b-asterisk-udp -s /gm) ?? []).length;
  const addresses = strangers(2_000_000, FAIL2BAN_BANS);
  const from = nowMs();
  jail.client('set', 'asterisk', 'banip', ...addresses);
  await until('fail2ban has banned', () => rules() === FAIL2BAN_BANS);
  say(`fail2ban: bans a second, ${FAIL2BAN_BANS} at once`, ((1000 * FAIL2BAN_BANS) / (nowMs() - from)).toFixed(0));
  server.kill('SIGTERM');
  await once(server, 'exit');
  const restartAt = nowMs();
  const restarted = await jail.start();
  await until('fail2ban has restored', () => rules() === FAIL2BAN_BANS);
  say(`  ms from its start to ${FAIL2BAN_BANS} restored`, (nowMs() - restartAt).toFixed(0));
  restarted.kill('SIGTERM');
  await once(restarted, 'exit');
}

/** A packet of nobody banned to the PBX, and to a host that has no rules, in turns. */
async function goodPackets() {
  const module = (name) => new URL(`./lab/${name}.mjs`, import.meta.url);
  await startModule('pbx', module('sink'), PBX, String(PORT));
  await startModule('bare', module('sink'), BARE, String(PORT));
  const flooder = await startModule('attackers', module('flooder'), String(PORT));
  const rounds = [];
  for (let n = 0; n < FLOODS; n += 1) {
    const { nanoseconds: bare } = await flooder.ask({ host: BARE, packets: FLOOD_PACKETS });
    const { nanoseconds: walled } = await flooder.ask({ host: PBX, packets: FLOOD_PACKETS });
    rounds.push({ bare, walled, more: walled - bare });
  }
  const of = (key) => rounds.slice(1).map((round) => round[key]);
  say('ns of CPU time a packet without rules', spread(of('bare'), 0));
  say(`  with ${listed()} bans`, spread(of('walled'), 0));
  say('  more, median of the rounds', spread(of('more'), 0));
}

makeNetwork(1);
const load = () => loadavg()[0].toFixed(1);
console.log(`Node ${process.version}, load ${load()}\n`);
let blocker = await listeningBlocker();
let decisions = await connectDecisions(decisionSocket);
await bansThroughTheSocket(decisions);
decisions.close();
blocker = await restores(blocker);
restoresByNft();
decisions = await connectDecisions(decisionSocket);
await decisions.ban(strangers(RESTORED_BANS, MANY_BANS - RESTORED_BANS));
await goodPackets();
blocker.kill('SIGTERM');
await once(blocker, 'exit');
await fail2banBeside();
console.log(`\nload at the end ${load()}`);
process.exit();
