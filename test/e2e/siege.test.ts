// Four kinds of attackers at the same time, beside ten good phones, in front of a real Asterisk whose attackers the blocker
// really bans. With FAIL2BAN=1 the same siege again with Debian's fail2ban instead of us, to compare.
import t, { type Test } from 'tap';
import type { Besieged, Besieger } from './driver/besieger.js';
import { numbers } from './driver/guesses.js';
import { besiegeFrom, startWorldPhones } from './driver/world.js';
import { type Asterisk, startAsterisk } from './lab/asterisk.js';
import { startBlocker } from './lab/blocker.js';
import { startExporter } from './lab/exporter.js';
import { HAS_FAIL2BAN, startFail2ban } from './lab/fail2ban.js';
import { bannedInKernel } from './lab/kernel-bans.js';
import { makePbxNetwork, type PbxNetwork } from './lab/pbx-network.js';

/** One of the ports of fail2ban's jail. */
const PORT = 5060;
/** Guessed at by the sprayer; the first of them are the phones. */
const ACCOUNTS = numbers(40, 110).map(String);
const PHONES = ACCOUNTS.slice(0, 10);
const PHONE_PAUSE_MS = 5000;
/** What comes through while a ban is on its way: at 50 guesses a second, a fifth of a second. */
const IN_FLIGHT_MAX = 10;
/** Names of an address that wait for a password at a time, and so are no requests yet. */
const WAITING_MAX = 16;
const SVWAR_PORT = 5071;
/** Of the attackers, who have a /24 for each kind and come through a router. */
const WORLD = '10.64.0.0/16';

const probe = makePbxNetwork();
const noNetwork = probe === null && 'this machine lets nobody make a network namespace';
probe?.remove();

interface Attacker extends Besieger {
  /** The guesses after which they are banned, by default settings. */
  readonly threshold: number;
  /** What more may come through. */
  readonly lateMax: number;
}

const ATTACKERS: readonly Attacker[] = [
  {
    name: 'brute force, TCP',
    from: ['10.64.3.1'],
    transport: 'tcp',
    users: ['103'],
    password: 'guess',
    guesses: 60,
    pauseMs: 15,
    // One account within four minutes.
    threshold: 30,
    lateMax: IN_FLIGHT_MAX,
  },
  {
    name: 'enumeration, UDP',
    from: ['10.64.4.1'],
    fromPort: SVWAR_PORT,
    transport: 'udp',
    users: numbers(300, 900).map(String),
    password: null,
    guesses: 300,
    pauseMs: 20,
    threshold: 12,
    lateMax: WAITING_MAX + IN_FLIGHT_MAX,
  },
  {
    name: 'gang of 12, UDP',
    from: numbers(12, 1).map((last) => `10.64.1.${last}`),
    transport: 'udp',
    users: ['104'],
    password: 'guess',
    guesses: 9,
    pauseMs: 300,
    // From the eighth on each loses its socket, and with the second guess its address.
    threshold: 2 * 12,
    lateMax: IN_FLIGHT_MAX,
  },
  {
    name: 'slow spray, UDP',
    from: ['10.64.2.1'],
    transport: 'udp',
    users: ACCOUNTS,
    password: 'guess',
    guesses: 40,
    pauseMs: 500,
    // Twice SPRAY_ACCOUNTS: in the first ten minutes a fleet of phones might look the same.
    threshold: 24,
    lateMax: IN_FLIGHT_MAX,
  },
];

function startPbx({ pbx, insidePbx }: PbxNetwork): Promise<Asterisk> {
  const transports = ['udp', 'tcp'].map(
    (protocol) => `[${protocol}-cable]\ntype = transport\nprotocol = ${protocol}\nbind = ${pbx}:${PORT}\n`,
  );
  const endpoints = ACCOUNTS.map(
    (user) =>
      `[${user}](phone)\nauth = ${user}\naors = ${user}\n[${user}](login)\nusername = ${user}\npassword = pw-${user}\n[${user}](contacts)\n`,
  );
  return startAsterisk(22, { inside: insidePbx, pjsip: () => [...transports, ...endpoints].join('\n') });
}

/** A network that nobody was banned in yet: bans outlive the blocker. */
function freshNetwork(t: Test): PbxNetwork {
  const network = makePbxNetwork();
  if (network === null) throw new Error('there is no network namespace any more');
  t.teardown(network.remove);
  t.ok(network.ipInWorld('route', 'add', 'local', WORLD, 'dev', 'lo'), 'the world has the addresses of all attackers');
  t.ok(network.ipInPbx('route', 'add', WORLD, 'via', network.address(2)), 'and the PBX knows the way back');
  return network;
}

/** The siege beside the phones. @returns what became of each attacker's guesses; fails where a phone was not let in. */
async function siege(t: Test, { pbx, address, insideWorld }: PbxNetwork) {
  const target = { host: pbx, port: PORT };
  const homes = PHONES.map((user, index) => ({ user, from: address(60 + index) }));
  const phones = await startWorldPhones(insideWorld, { ...target, phones: homes, pauseMs: PHONE_PAUSE_MS });
  const besieged = await besiegeFrom(insideWorld, { ...target, besiegers: ATTACKERS });
  const report = await phones.stop();
  t.notOk('fault' in report && report.fault, 'each phone was let in each time');
  if ('logins' in report) t.comment(`${PHONES.length} phones logged in ${report.logins} times`);
  return besieged;
}

const row = ({ name, sent, answered }: Besieged) => `${name.padEnd(20)} ${sent} sent, ${answered} let through`;

await t.test('who besieges the PBX is stopped at their threshold, and no phone is', { skip: noNetwork }, async (t) => {
  const network = freshNetwork(t);
  const asterisk = await startPbx(network);
  t.teardown(asterisk.stop);
  const blocker = await startBlocker(network.insidePbx);
  t.teardown(blocker.stop);
  // Nobody listens for meters there.
  const exporter = startExporter(asterisk, { port: 9 }, { DECISION_SOCKET: blocker.decisionSocket, LOG_LEVEL: 'info' });
  t.teardown(exporter.stop);
  await exporter.logged('security events arrive', ({ msg }) => msg === 'connected to Asterisk');

  const besieged = await siege(t, network);
  for (const [index, { name, answered, sent }] of besieged.entries()) {
    const { threshold = 0, lateMax = 0, guesses = 0, from = [] } = ATTACKERS[index] ?? {};
    t.ok(answered >= threshold && answered <= threshold + lateMax, `${name}: ${answered} after ${threshold}`);
    t.ok(sent < guesses * from.length, `${name} was stopped`);
  }
  t.comment(['exporter and blocker', ...besieged.map(row)].join('\n'));
  const banned = bannedInKernel(network.insidePbx);
  const addresses = new Set(banned.map((ban) => ban.replace(/[:/].*/, '')));
  t.strictSame(
    [...addresses].sort(),
    ATTACKERS.flatMap(({ from }) => from).sort(),
    'all attackers are banned, nobody else',
  );
  const judge = ({ name, from, fromPort }: Attacker) => {
    const whole = from.filter((address) => banned.includes(`${address}/32`));
    const expected = fromPort === undefined ? from : [];
    t.strictSame(
      whole,
      expected,
      `${name}: ${fromPort === undefined ? 'each address' : 'its socket, which is enough'}`,
    );
  };
  for (const attacker of ATTACKERS) judge(attacker);
});

const noFail2ban =
  noNetwork || (process.env['FAIL2BAN'] !== '1' && 'FAIL2BAN=1 asks for it') || (!HAS_FAIL2BAN && 'no fail2ban here');

await t.test('the same siege with fail2ban', { skip: noFail2ban }, async (t) => {
  const network = freshNetwork(t);
  const asterisk = await startPbx(network);
  t.teardown(asterisk.stop);
  const fail2ban = await startFail2ban(network.insidePbx, `${asterisk.logFolder}/messages`);
  t.teardown(fail2ban.stop);
  const besieged = await siege(t, network);
  for (const { name, answered } of besieged) t.ok(answered > 0, `${name}: ${answered}`);
  t.ok(fail2ban.banned().length > 0, 'somebody is banned');
  t.comment(['fail2ban', ...besieged.map(row), `banned: ${fail2ban.banned().join(' ')}`].join('\n'));
});
