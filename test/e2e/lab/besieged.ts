import { fieldsText } from '../../../src/domain/ban-target.js';
import { loginAmi } from '../driver/ami-login.js';
import { type GoodPhone, startGoodPhones } from '../driver/good-phones.js';
import { AMI_SECRET, type Asterisk } from './asterisk.js';
import { type Exporter, startExporter } from './exporter.js';
import { type Statsd, startStatsd } from './statsd.js';
import { settled, until } from './until.js';

/** What was told and counted of an attack. */
export interface Told {
  /** `warning brute_force 127.0.0.12: 10, allowlisted`: the guesses and what was done, in the order in which they were told. */
  readonly findings: readonly string[];
  readonly titles: readonly string[];
  /** `10.1.2.3 for brute_force`, of a socket `10.1.2.3:5071 for enumeration`, and how long, in seconds. */
  readonly bans: ReadonlyMap<string, number>;
  /** Guesses by service, findings by rule, decisions and malformed blocks, by the ends of their meters' names. */
  readonly meters: Readonly<Record<string, number>>;
  /** Addresses and accounts in all findings. */
  readonly named: ReadonlySet<string>;
}

const PHONES: Record<Asterisk['version'], readonly string[]> = { 22: ['101', '102'], 16: ['101', '102', '201'] };

/** The good phones: their names and their addresses. */
export const FRIENDS: readonly string[] = PHONES[16].flatMap((user) => [user, homeOf(user)]);

/** More than the eight seconds after which a challenge that nobody answered is told. */
const TOLD_SECONDS = 15;

/**
 * Plays an attack beside good phones, in front of an exporter of its own, and waits until all of it has come to StatsD: what
 * Asterisk told, and then as many attempts as are expected. A name that nobody gave a password for is one after a second.
 */
export async function besiege(
  asterisk: Asterisk,
  attack: () => Promise<void>,
  attempts: Readonly<Record<string, number>>,
): Promise<Told> {
  const statsd = await startStatsd();
  const exporter = startExporter(asterisk, statsd, { LOG_LEVEL: 'info' });
  try {
    await exporter.hearing();
    const phones = startGoodPhones(PHONES[asterisk.version].map((user) => goodPhone(asterisk, user)));
    await attack().finally(() => phones.stop());
    await allHeard(asterisk, statsd);
    await settled(attempts, () => attemptsAt(statsd), TOLD_SECONDS);
    if ((await exporter.stop()) !== 0) throw new Error('the exporter did not stop with 0');
    return { ...toldBy(exporter), meters: await metersAt(statsd) };
  } finally {
    await exporter.stop();
    await statsd.stop();
  }
}

function goodPhone(asterisk: Asterisk, user: string): GoodPhone {
  const target = asterisk.sip('udp', { from: homeOf(user) });
  const port = user.startsWith('2') ? asterisk.ports.chanSip : target.port;
  return { user, password: `pw-${user}`, target: { ...target, port } };
}

function homeOf(user: string): string {
  return `127.0.0.${user}`;
}

/** Asterisk tells its events in their order: when a login that comes after all is counted, so is all else. */
async function allHeard(asterisk: Asterisk, statsd: Statsd): Promise<void> {
  const logins = async () => (await statsd.counters()).get('security.events.AMI.SuccessfulAuth') ?? 0;
  const login = { username: 'security-only', secret: AMI_SECRET, method: 'plain', ca: null } as const;
  const socket = await loginAmi({ ...login, port: asterisk.ports.ami });
  // The exporter's own login is the other one.
  await until('the exporter has heard all', async () => ((await logins()) === 2 ? true : null));
  socket?.destroy();
}

function toldBy(exporter: Exporter): Omit<Told, 'meters'> {
  const told = exporter.log().flatMap(({ finding, msg }) => (finding === undefined ? [] : [{ finding, title: msg }]));
  const decisions = exporter.log().flatMap(({ decision }) => decision ?? []);
  return {
    findings: told.map(
      ({ finding: { severity, rule, subject, attempts, action } }) =>
        `${severity} ${rule} ${subject.text}: ${attempts}, ${action}`,
    ),
    titles: told.map(({ title }) => title),
    bans: new Map(
      decisions.flatMap((decision) =>
        decision.type === 'ban' ? [[`${fieldsText(decision)} for ${decision.reason}`, decision.seconds] as const] : [],
      ),
    ),
    named: new Set(
      told.flatMap(({ finding: { subject, address, account } }) => [subject.text, address ?? '', account ?? '']),
    ),
  };
}

async function attemptsAt(statsd: Statsd): Promise<Record<string, number>> {
  return Object.fromEntries(Object.entries(await metersAt(statsd)).filter(([name]) => name.endsWith('.attempts')));
}

async function metersAt(statsd: Statsd): Promise<Record<string, number>> {
  const meters: Record<string, number> = {};
  for (const [name, sum] of await statsd.counters()) {
    const short = /^security\.(?:failed_auth\.)?(\w+\.attempts|findings\.\w+|decisions\.\w+)$/.exec(name)?.[1];
    if (short !== undefined) meters[short] = sum;
    if (name.startsWith('exporter.malformed.')) meters['malformed'] = (meters['malformed'] ?? 0) + sum;
  }
  return meters;
}
