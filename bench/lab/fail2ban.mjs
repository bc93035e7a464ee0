// Debian's fail2ban (apt-get install fail2ban) with its own jail for Asterisk as it is delivered, but for the path of the log
// and, where asked for, what it bans with. All that it writes is in a folder of the benchmark's own.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { runInside, startInside } from './network.mjs';

const START_SECONDS = 30;

/** @param banaction null for Debian's default */
export function prepareFail2ban({ directory, logFile, banaction = null }) {
  const etc = `${directory}/etc`;
  mkdirSync(directory, { recursive: true });
  cpSync('/etc/fail2ban', etc, { recursive: true, dereference: true });
  // Debian's own word is a jail for sshd, which has nothing to read here.
  rmSync(`${etc}/jail.d`, { recursive: true });
  mkdirSync(`${etc}/jail.d`);
  const action = banaction === null ? '' : `banaction = ${banaction}\n`;
  writeFileSync(`${etc}/jail.local`, `[asterisk]\nenabled = true\nlogpath = ${logFile}\n${action}`);
  writeFileSync(
    `${etc}/fail2ban.local`,
    `[DEFAULT]\nlogtarget = ${directory}/log\nsocket = ${directory}/sock\npidfile = ${directory}/pid\ndbfile = ${directory}/bans.sqlite3\n`,
  );
  const client = (...words) =>
    runInside('pbx', ['fail2ban-client', '-c', etc, '-s', `${directory}/sock`, '-p', `${directory}/pid`, ...words]);
  const jail = () => client('status', 'asterisk');
  return {
    start: async () => {
      const server = ['fail2ban-server', '-f', '-c', etc, '-s', `${directory}/sock`, '-p', `${directory}/pid`];
      const child = startInside('pbx', [...server, 'start'], { stdio: 'ignore' });
      for (let tries = 0; tries < START_SECONDS * 20; tries += 1) {
        await sleep(50);
        if (readLog().includes("Jail 'asterisk' started")) return child;
      }
      throw new Error(`fail2ban did not start: ${readLog()}`);
    },
    client,
    /** How many it says it has banned. */
    banned: () => Number(/Currently banned:\s*(\d+)/.exec(jail())?.[1]),
    /** What tells it of new lines: `PyinotifyBackend`, where python3-pyinotify is installed. */
    readBy: () => /Initiated '(\w+)' backend/.exec(readLog())?.[1] ?? 'unknown',
  };

  function readLog() {
    try {
      return readFileSync(`${directory}/log`, 'utf8');
    } catch {
      return '';
    }
  }
}

export function fail2banVersion() {
  return spawnSync('fail2ban-server', ['-V'], { encoding: 'utf8' }).stdout.trim();
}
