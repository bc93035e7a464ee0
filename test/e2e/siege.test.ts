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
const PHONES = numbers(10, 110).map(String);
const PHONE_PAUSE_MS = 5000;
/** What comes through while a ban is on its way: at 50 guesses a second, a fifth of a second. */
const IN_FLIGHT_MAX = 10;

const probe = makePbxNetwork();
const noNetwork = probe === null && 'this machine lets nobody make a network namespace';
probe?.remove();

/** Each with the guesses after which he is banned, all by default settings. */
function besiegersOf({ address }: PbxNetwork): readonly (Besieger & { readonly threshold: number })[] {
  const gang = numbers(12, 20).map(address);
  return [
    {
      name: 'brute force, TCP',
      from: [address(10)],
      transport: 'tcp',
      users: ['103'],
      password: 'guess',
      guesses: 60,
      pauseMs: 15,
      threshold: 10,
    },
    {
      name: 'enumeration, UDP',
      from: [address(11)],
      transport: 'udp',
      users: numbers(60, 900).map(String),
      password: null,
      guesses: 60,
      pauseMs: 15,
      threshold: 5,
    },
    {
      name: 'gang of 12, UDP',
      from: gang,
      transport: 'udp',
      users: ['104'],
      password: 'guess',
      guesses: 9,
      pauseMs: 300,
      // Whoever guesses a second time once ten have guessed: the twelve of the second round.
      threshold: 2 * gang.length,
    },
    {
      name: 'slow spray, UDP',
      from: [address(12)],
      transport: 'udp',
      users: PHONES,
      password: 'guess',
      guesses: 20,
      pauseMs: 2000,
      threshold: 5,
    },
  ];
}

function startPbx({ pbx, insidePbx }: PbxNetwork): Promise<Asterisk> {
  const transports = ['udp', 'tcp'].map(
    (protocol) => `[${protocol}-cable]\ntype = transport\nprotocol = ${protocol}\nbind = ${pbx}:${PORT}\n`,
  );
  const phones = PHONES.map(
    (user) =>
      `[${user}](phone)\nauth = ${user}\naors = ${user}\n[${user}](login)\nusername = ${user}\npassword = pw-${user}\n[${user}](contacts)\n`,
  );
  return startAsterisk(22, { inside: insidePbx, pjsip: () => [...transports, ...phones].join('\n') });
}

/** A network that nobody was banned in yet: bans outlive the blocker. */
function freshNetwork(t: Test): PbxNetwork {
  const network = makePbxNetwork();
  if (network === null) throw new Error('there is no network namespace any more');
  t.teardown(network.remove);
  return network;
}

/** The siege beside the phones. @returns what became of each besieger's guesses; fails where a phone was not let in. */
async function siege(t: Test, { pbx, address, insideWorld }: PbxNetwork, besiegers: readonly Besieger[]) {
  const target = { host: pbx, port: PORT };
  const homes = PHONES.map((user, index) => ({ user, from: address(60 + index) }));
  const phones = await startWorldPhones(insideWorld, { ...target, phones: homes, pauseMs: PHONE_PAUSE_MS });
  const besieged = await besiegeFrom(insideWorld, { ...target, besiegers });
  const report = await phones.stop();
  t.notOk('fault' in report && report.fault, 'each phone was let in each time');
  if ('logins' in report) t.comment(`${PHONES.length} phones logged in ${report.logins} times`);
  return besieged;
}

const row = ({ name, sent, answered }: Besieged) => `${name.padEnd(20)} ${sent} sent, ${answered} let through`;

await t.test('who besieges the PBX is stopped at his threshold, and no phone is', { skip: noNetwork }, async (t) => {
  const network = freshNetwork(t);
  const asterisk = await startPbx(network);
  t.teardown(asterisk.stop);
  const blocker = await startBlocker(network.insidePbx);
  t.teardown(blocker.stop);
  // Nobody listens for meters there.
  const exporter = startExporter(asterisk, { port: 9 }, { DECISION_SOCKET: blocker.decisionSocket, LOG_LEVEL: 'info' });
  t.teardown(exporter.stop);
  await exporter.logged('security events arrive', ({ msg }) => msg === 'connected to Asterisk');

  const besiegers = besiegersOf(network);
  const besieged = await siege(t, network, besiegers);
  for (const [index, { name, answered, sent }] of besieged.entries()) {
    const { threshold = 0, guesses = 0, from = [] } = besiegers[index] ?? {};
    t.ok(answered >= threshold && answered <= threshold + IN_FLIGHT_MAX, `${name}: ${answered} after ${threshold}`);
    t.ok(sent < guesses * from.length, `${name} was stopped`);
  }
  t.comment(['exporter and blocker', ...besieged.map(row)].join('\n'));
  t.strictSame(
    bannedInKernel(network.insidePbx).sort(),
    besiegers.flatMap(({ from }) => from.map((address) => `${address}/32`)).sort(),
    'all besiegers are banned and nobody else',
  );
});

const noFail2ban =
  noNetwork || (process.env['FAIL2BAN'] !== '1' && 'FAIL2BAN=1 asks for it') || (!HAS_FAIL2BAN && 'no fail2ban here');

await t.test('the same siege with fail2ban', { skip: noFail2ban }, async (t) => {
  const network = freshNetwork(t);
  const asterisk = await startPbx(network);
  t.teardown(asterisk.stop);
  const fail2ban = await startFail2ban(network.insidePbx, `${asterisk.logFolder}/messages`);
  t.teardown(fail2ban.stop);
  const besieged = await siege(t, network, besiegersOf(network));
  for (const { name, answered } of besieged) t.ok(answered > 0, `${name}: ${answered}`);
  t.ok(fail2ban.banned().length > 0, 'somebody is banned');
  t.comment(['fail2ban', ...besieged.map(row), `banned: ${fail2ban.banned().join(' ')}`].join('\n'));
});
