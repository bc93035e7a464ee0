// Lines of a security log per CPU second: this reader beside Debian's fail2ban-regex (apt-get install fail2ban), on the same
// file, in one run. Each is a process of its own, whose user and system time is taken, its start included.
//
//   npm run build && node bench/logs.mjs      (five rounds, about a minute)
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
const LINES = 400_000;
const READ_MS = 120_000;
const READER = fileURLToPath(new URL('./log-reader.mjs', import.meta.url));

const directory = mkdtempSync(join(tmpdir(), 'bench-logs-'));
const file = join(directory, 'security');

/** What PJSIP writes for wrong passwords: a challenge and a failure in turn. */
function* lines() {
  for (let n = 0; n < LINES; n += 2) {
    const time = `2026-11-21T02:${String(Math.floor(n / 60_000) % 60).padStart(2, '0')}:${String(Math.floor(n / 1000) % 60).padStart(2, '0')}.${String(n % 1000).padStart(3, '0')}+0000`;
    const line = (event, severity, tail) =>
      `[Nov 21 ${time.slice(11, 19)}] SECURITY[31255] res_security_log.c: SecurityEvent="${event}",EventTV="${time}",Severity="${severity}",` +
      `Service="PJSIP",EventVersion="1",AccountID="101",SessionID="${(n * 2654435761).toString(16)}",` +
      `LocalAddress="IPV4/UDP/198.51.100.1/5060",RemoteAddress="IPV4/UDP/203.0.113.${1 + ((n / 2) % 50)}/${5060 + (n % 900)}",${tail}\n`;
    yield line('ChallengeSent', 'Informational', 'Challenge=""');
    const digest = `Challenge="1795227022/${String(n).padStart(32, '0')}",Response="${String(n * 7).padStart(32, '0')}",ExpectedResponse=""`;
    yield line('ChallengeResponseFailed', 'Error', digest);
  }
}

/** @returns lines per CPU second of a command that must say how many failures it found. */
function measure(command, found) {
  const { stdout, stderr, status } = spawnSync('bash', ['-c', `TIMEFORMAT='%U %S'; time "$@"`, 'bash', ...command], {
    encoding: 'utf8',
    timeout: READ_MS,
    maxBuffer: 64 * 1024 * 1024,
  });
  const failures = Number(found.exec(stdout)?.[1]);
  if (status !== 0 || failures !== LINES / 2)
    throw new Error(`${command[0]}: ${failures} found, exit ${status}: ${stderr}`);
  const [user, system] = stderr.trim().split('\n').at(-1).split(' ').map(Number);
  return LINES / (user + system);
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const spread = (values, digits) => `${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)}`;

try {
  writeFileSync(file, [...lines()].join(''));
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const ours = measure([process.execPath, READER, file], /(\d+) failures/);
    const theirs = measure(['fail2ban-regex', file, '/etc/fail2ban/filter.d/asterisk.conf'], /(\d+) matched/);
    rounds.push({ ours, theirs, ratio: ours / theirs });
  }
  const of = (kind) => rounds.map((round) => round[kind]);
  console.log(`Node ${process.version}, ${LINES} lines, ${ROUNDS} rounds; thousand lines per CPU second`);
  console.log(
    `this reader     ${(median(of('ours')) / 1000).toFixed(0)} (${spread(
      of('ours').map((n) => n / 1000),
      0,
    )})`,
  );
  console.log(
    `fail2ban-regex  ${(median(of('theirs')) / 1000).toFixed(1)} (${spread(
      of('theirs').map((n) => n / 1000),
      1,
    )})`,
  );
  console.log(`ratio           ${median(of('ratio')).toFixed(0)} (${spread(of('ratio'), 0)})`);
} finally {
  rmSync(directory, { recursive: true });
}
