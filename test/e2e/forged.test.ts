// Over UDP anybody can send in anybody's name: four thousand addresses that look for accounts, and among them those of friends.
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import t from 'tap';
import { fieldsText } from '../../src/domain/ban-target.js';
import { forgeFrom, startWorldPhones } from './driver/world.js';
import { type Asterisk, startAsterisk } from './lab/asterisk.js';
import { startBlocker } from './lab/blocker.js';
import { startExporter } from './lab/exporter.js';
import { bannedInKernel } from './lab/kernel-bans.js';
import { makePbxNetwork } from './lab/pbx-network.js';
import { until } from './lab/until.js';

const PORT = 5060;
const FORGED = 4_000;
/** The default. */
const UNPROVEN_PER_MINUTE = 60;
/** Fewer than the exporter asks for. */
const BANS_PER_MINUTE = 40;
const TRUNK = '10.64.9.9';
/** Logs in for the first time today. */
const NEW_PHONE = { user: '101', from: '10.64.5.77', fromPort: 5060 };
/** Has logged in two days ago. */
const OLD_PHONE = { user: '102', from: '10.64.6.78', fromPort: 5060 };
/** Whoever forges a phone's address can guess its port too, or take any other. */
const OTHER_PORT = 6060;
const PREFIXES_OF_FRIENDS = ['10.64.5.0', '10.64.6.0', '10.64.9.0', '10.214.0.0'];

const network = makePbxNetwork();
const skip = network === null && 'this machine lets nobody make a network namespace';
t.teardown(() => network?.remove());

await t.test('whoever forges the addresses of friends gets nobody banned that matters', { skip }, async (t) => {
  if (network === null) return;
  const { pbx, address, insidePbx, insideWorld } = network;
  const gateway = address(2);
  t.ok(network.ipInWorld('route', 'add', 'local', '10.64.0.0/16', 'dev', 'lo'), 'the world has all addresses');
  t.ok(network.ipInPbx('route', 'add', 'default', 'via', gateway), 'and is reached through a gateway');
  const stateDir = mkdtempSync(`${tmpdir()}/e2e-forged-`);
  t.teardown(() => rmSync(stateDir, { recursive: true, force: true }));

  const asterisk = await startAsterisk(22, {
    inside: insidePbx,
    pjsip: () => `[udp-cable]\ntype = transport\nprotocol = udp\nbind = ${pbx}:${PORT}\n`,
  });
  t.teardown(asterisk.stop);
  await rememberOldPhone(asterisk, stateDir);
  const blocker = await startBlocker(insidePbx, { ALLOWLIST: TRUNK, BLOCKER_BANS_PER_MINUTE: BANS_PER_MINUTE });
  t.teardown(blocker.stop);
  const settings = {
    ALLOWLIST: TRUNK,
    DECISION_SOCKET: blocker.decisionSocket,
    STATE_DIR: stateDir,
    LOG_LEVEL: 'info',
  };
  // Nobody listens for meters there.
  const exporter = startExporter(asterisk, { port: 9 }, settings);
  t.teardown(exporter.stop);
  await exporter.logged('connected', ({ msg }) => msg === 'connected to Asterisk');

  const target = { host: pbx, port: PORT };
  const phones = { ...target, phones: [NEW_PHONE, OLD_PHONE], pauseMs: 0 };
  const logIn = async () => (await startWorldPhones(insideWorld, phones)).stop();
  t.match(await logIn(), { logins: Number }, 'the phones log in');
  const began = Date.now();
  const { sent, answered } = await forgeFrom(insideWorld, {
    ...target,
    first: [
      [gateway, 30],
      [TRUNK, 30],
      [OLD_PHONE.from, 100, OLD_PHONE.fromPort],
      [NEW_PHONE.from, 100, NEW_PHONE.fromPort],
      [NEW_PHONE.from, 100, OTHER_PORT],
    ],
    others: FORGED,
  });
  t.comment(`${sent} requests of ${FORGED} addresses, ${answered} answered, in ${(Date.now() - began) / 1000} s`);
  await exporter.logged('the flood is told', ({ finding }) => finding?.rule === 'unproven_flood');
  const friend = `${NEW_PHONE.from}:${OTHER_PORT}`;
  await until(`${BANS_PER_MINUTE} bans are carried out`, () =>
    bannedInKernel(insidePbx).length >= BANS_PER_MINUTE ? true : null,
  );

  const findings = exporter.log().flatMap(({ finding }) => finding ?? []);
  const toldOf = (host: string) => findings.filter(({ address }) => address === host).map(({ action }) => action);
  t.ok(toldOf(gateway).includes('allowlisted'), `of the gateway it is told: ${toldOf(gateway)}`);
  t.ok(toldOf(TRUNK).includes('allowlisted'), `of the trunk: ${toldOf(TRUNK)}`);
  t.ok(toldOf(OLD_PHONE.from).includes('lived_in'), `of the old phone: ${toldOf(OLD_PHONE.from)}`);
  t.ok(toldOf(NEW_PHONE.from).includes('lived_in'), `of the new phone: ${toldOf(NEW_PHONE.from)}`);

  const decided = exporter.log().flatMap(({ decision }) => (decision?.type === 'ban' ? [fieldsText(decision)] : []));
  const banned = bannedInKernel(insidePbx);
  const minutes = Math.floor(Date.now() / 60_000) - Math.floor(began / 60_000) + 1;
  t.strictSame(
    decided.filter(hitsFriend),
    [friend],
    'of friends, a socket is silenced through which none of them logs in',
  );
  t.ok(decided.length >= UNPROVEN_PER_MINUTE, `${decided.length} bans were asked for`);
  t.ok(decided.length <= UNPROVEN_PER_MINUTE * minutes, `in ${minutes} minutes of the clock`);
  t.strictSame(
    banned.filter(hitsFriend).filter((ban) => ban !== friend),
    [],
    'no friend is banned',
  );
  t.ok(banned.length <= BANS_PER_MINUTE * minutes && banned.length < decided.length, 'and not all that were asked for');

  t.match(await logIn(), { logins: Number }, 'the phones log in afterwards');
  const friends = await forgeFrom(insideWorld, {
    ...target,
    first: [
      [gateway, 1],
      [TRUNK, 1],
    ],
    others: 0,
  });
  t.strictSame(friends, { sent: 2, answered: 2 }, 'gateway and trunk are answered');
});

/** An exporter that reads a log of two days ago leaves in the state that the phone is no newcomer. */
async function rememberOldPhone(asterisk: Asterisk, stateDir: string): Promise<void> {
  const logFile = `${stateDir}/security`;
  writeFileSync(logFile, '');
  const noAmi = { AMI_HOST: '', AMI_PORT: '', AMI_USERNAME: '', AMI_SECRET: '', AMI_RECONNECT_MAX_SECONDS: '' };
  const settings = { SOURCE: 'security-log', LOG_FILE: logFile, STATE_DIR: stateDir, LOG_LEVEL: 'info' };
  const exporter = startExporter(asterisk, { port: 9 }, { ...noAmi, ...settings });
  try {
    await exporter.logged('following', ({ msg }) => msg.startsWith('reading'));
    appendFileSync(logFile, loginLine(Date.now() - 2 * 86_400_000));
    await exporter.logged('the login is read', ({ msg }) => msg === 'security events arrive');
  } finally {
    await exporter.stop();
  }
}

function loginLine(at: number): string {
  const time = new Date(at).toISOString();
  const written = new Date(at).toString().replace(/^\w+ (\w+ \d+) \d+ (\S+).*/, '$1 $2');
  const { user, from } = OLD_PHONE;
  return (
    `[${written}] SECURITY[31255] res_security_log.c: SecurityEvent="SuccessfulAuth",EventTV="${time.replace('Z', '+0000')}",` +
    `Severity="Informational",Service="PJSIP",EventVersion="1",AccountID="${user}",SessionID="old-login",` +
    `LocalAddress="IPV4/UDP/10.214.0.1/${PORT}",RemoteAddress="IPV4/UDP/${from}/5060",UsingPassword="1"\n`
  );
}

/** Whether it is a friend's address, a socket of it, or a prefix around it. */
function hitsFriend(ban: string): boolean {
  const [host = ''] = ban.split(/[/:]/);
  const friends = ['10.214.0.2', TRUNK, NEW_PHONE.from, OLD_PHONE.from];
  return friends.includes(host) || PREFIXES_OF_FRIENDS.includes(host);
}
