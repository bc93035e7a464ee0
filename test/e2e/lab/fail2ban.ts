import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { startChild, tail } from './child.js';
import { CACHE } from './place.js';
import { until } from './until.js';

/** Debian's fail2ban with its own jail for Asterisk as it is delivered, but for the path of the log. */
export interface Fail2ban {
  /** Every address that it has banned. */
  banned(): readonly string[];
  stop(): Promise<number | null>;
}

/** Whether the machine has it: Debian's package would start it for the machine itself, so no test installs it. */
export const HAS_FAIL2BAN = existsSync('/etc/fail2ban/jail.conf');

/** Starts it where `inside` says. `messages` is Asterisk's log of that name. */
export async function startFail2ban(inside: readonly string[], messages: string): Promise<Fail2ban> {
  const folder = `${CACHE}fail2ban`;
  const logFile = `${folder}/log`;
  rmSync(folder, { recursive: true, force: true });
  cpSync('/etc/fail2ban', `${folder}/etc`, { recursive: true, dereference: true });
  // Debian's own word is a jail for sshd.
  rmSync(`${folder}/etc/jail.d`, { recursive: true, force: true });
  mkdirSync(`${folder}/etc/jail.d`);
  writeFileSync(`${folder}/etc/jail.local`, `[asterisk]\nenabled = true\nlogpath = ${messages}\n`);
  const own = { logtarget: logFile, socket: `${folder}/socket`, pidfile: `${folder}/pid`, dbfile: `${folder}/bans` };
  const lines = Object.entries(own).map(([key, value]) => `${key} = ${value}\n`);
  writeFileSync(`${folder}/etc/fail2ban.local`, `[DEFAULT]\n${lines.join('')}`);
  const command = ['fail2ban-server', '-f', '-c', `${folder}/etc`, '-s', own.socket, '-p', own.pidfile, 'start'];
  const env = { PATH: process.env['PATH'] };
  const child = startChild([...inside, ...command], { env, logFile: `${folder}/output` });
  const log = () => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '');
  await until('fail2ban started', () => {
    if (child.exitCode() !== null) throw new Error(`fail2ban ended:\n${tail(`${folder}/output`)}`);
    return log().includes("Jail 'asterisk' started") ? true : null;
  });
  return {
    banned: () => Array.from(log().matchAll(/ Ban (\S+)/g), ([, address = '']) => address),
    stop: child.stop,
  };
}
