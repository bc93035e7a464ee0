import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { CACHE, install } from './place.js';

const CONFIG_FILE = `${CACHE}logrotate.conf`;
const STATE_FILE = `${CACHE}logrotate.state`;

/** Rotates a log once, as Debian's cron job would; `directives` are those of logrotate.conf for the file. */
export async function logrotate(logFile: string, directives: readonly string[]): Promise<void> {
  install('install-logrotate.sh');
  const lines = ['su root root', 'rotate 20', 'nocompress', ...directives];
  writeFileSync(CONFIG_FILE, `${logFile} {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`, { mode: 0o644 });
  await promisify(execFile)('logrotate', ['--force', '--state', STATE_FILE, CONFIG_FILE], {
    timeout: 20_000,
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
  });
}
