import { createSocket } from 'node:dgram';
import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { connect, isIP } from 'node:net';
import { NEVER_BANNED } from '../../allowlist/never-banned.js';
import { ownAddresses } from '../../allowlist/own-addresses.js';
import type { ExporterConfig, LogConfig } from '../../config/load-config.js';
import { peersOf } from '../../config/peers.js';
import { AddressSet, parsePrefix } from '../../domain/address-set.js';
import { parseAddress } from '../../domain/remote-address.js';
import { DIALECTS } from '../../metrics/dialects/dialects.js';
import { ControlClient } from '../../operator/client.js';
import { ControlError } from '../../operator/error.js';
import { MessagesLog } from '../../sources/log/messages-log.js';
import { SecurityLog } from '../../sources/log/security-log.js';
import { visiblePath, visibleText } from '../../text/visible-text.js';
import { durationWords } from '../../text/words.js';
import { type Result, resultsOf } from '../result.js';
import { firstBytes } from '../speech.js';

const WAIT_MS = 1_000;
const TAIL_BYTES = 262_144;

/** STATSD_HOST: whether somebody listens there, as far as its protocol tells. */
export async function statsdResult({ statsd: { host, port, protocol } }: ExporterConfig): Promise<Result> {
  const { good, mend } = resultsOf('statsd');
  const place = `${visibleText(host, 256)} port ${port}`;
  const why = 'Meters go nowhere: dashboards and alert rules stay empty.';
  const fix = { where: 'settings', text: 'STATSD_HOST=127.0.0.1\nSTATSD_PORT=8125' } as const;
  if (protocol === 'tcp') {
    const heard = await firstBytes(host, port);
    if (heard === null) return mend(`nothing listens on ${place} (TCP)`, why, fix);
    if (heard === '') return good(`${place} takes connections and says nothing, as StatsD does`);
    return mend(`what listens on ${place} is no StatsD: it says ${visibleText(heard, 40)}`, why, fix);
  }
  const refusal = await datagramRefusal(host, port);
  if (refusal !== null) return mend(`${place} (UDP): ${refusal}`, why, fix);
  const admin = port < 65_535 && (await adminSaysUp(host, port + 1));
  const who = admin
    ? `statsd itself says that it is up, on port ${port + 1}`
    : 'nobody refuses datagrams; more UDP does not tell';
  return good(`${place}: ${who}`);
}

/** An empty datagram means nothing to any receiver; where nobody listens on a reachable host, its kernel says so. */
async function datagramRefusal(host: string, port: number): Promise<string | null> {
  const socket = createSocket(isIP(host) === 6 ? 'udp6' : 'udp4');
  try {
    return await new Promise<string | null>((resolve) => {
      const timer = setTimeout(() => resolve(null), WAIT_MS / 2);
      const end = (error: NodeJS.ErrnoException | null) => {
        clearTimeout(timer);
        resolve(error?.code === 'ECONNREFUSED' ? 'nothing listens there' : (error?.message ?? null));
      };
      socket.on('error', end);
      socket.connect(port, host, () => {
        socket.send('', (error) => error && end(error));
      });
    });
  } finally {
    socket.close();
  }
}

/** etsy's statsd has a console beside its port. */
function adminSaysUp(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port });
  return new Promise<boolean>((resolve) => {
    const end = (isUp: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(isUp);
    };
    const timer = setTimeout(() => end(false), WAIT_MS);
    socket.on('error', () => end(false));
    socket.on('close', () => end(false));
    socket.on('data', (bytes: Buffer) => end(bytes.includes('health: up')));
    socket.on('connect', () => socket.write('health\n'));
  });
}

/** Whether PBX_NAME reaches the receiver as it was given. */
export function meterNamesResult({ statsd: { dialect }, pbxName }: ExporterConfig): Result {
  const { good, mend } = resultsOf('meter-names');
  const { tags } = DIALECTS[dialect]({ name: 'exporter.hearing', endpoint: undefined, pbx: pbxName });
  const sent = tags.find(([key]) => key === 'pbx')?.[1];
  if (sent === undefined || sent === pbxName) return good(`the dialect ${dialect} sends names as they are`);
  return mend(
    `PBX_NAME is ${visibleText(String(pbxName), 128)}, and the receiver gets ${sent}`,
    'Two PBXs whose names differ in such letters alone would share their series.',
    { where: 'settings', text: `PBX_NAME=${sent}` },
  );
}

/** LOG_FILE: readable, written to, and of a form that its reader understands. */
export function logResult(config: LogConfig, now: number): Result {
  const { good, mend, note } = resultsOf('log-file');
  const { file, silenceSeconds } = config.log;
  const path = visiblePath(file);
  const tail = tailOf(file);
  if (typeof tail === 'string') {
    const grant = `setfacl -m u:asterisk-auth-stats:r ${path} # or SupplementaryGroups=asterisk in the unit`;
    return mend(`${path} cannot be read: ${tail}`, 'Nothing is counted.', { where: 'here', text: grant });
  }
  const counts = countsOf(config.source, tail.text);
  const silent = Math.round((now - tail.changedAt) / 1000);
  if (silent > silenceSeconds) {
    return mend(
      `nothing was written to ${path} for ${durationWords(silent)}`,
      'It may be the wrong file, or the level is off.',
      levels(config.source),
    );
  }
  const seen = `${path}: ${counts.events} security events, ${counts.malformed} malformed, ${counts.ignored} other lines in its last ${tail.text.length} bytes`;
  if (counts.events > 0) return good(seen);
  if (tail.text.length === 0) return note(seen, 'It is empty: that tells nothing yet.');
  return mend(seen, 'If that stays so, nothing is counted.', levels(config.source));
}

function levels(source: LogConfig['source']) {
  const line = source === 'security-log' ? 'security => security' : 'messages => notice,warning,error';
  const text = [
    "cat >> /etc/asterisk/logger.conf <<'EOF'",
    '',
    '[logfiles](+)',
    line,
    'EOF',
    "asterisk -rx 'logger reload'",
  ];
  return { where: 'pbx', text: text.join('\n') } as const;
}

function countsOf(source: LogConfig['source'], text: Buffer) {
  const counts = { events: 0, malformed: 0, ignored: 0 };
  const output = {
    onEvent: () => {
      counts.events++;
    },
    onMalformed: () => {
      counts.malformed++;
    },
    onIgnored: () => {
      counts.ignored++;
    },
  };
  const reader =
    source === 'security-log'
      ? new SecurityLog({ pbx: '' }, output)
      : new MessagesLog({ pbx: '', clock: Date.now }, output);
  const lines = text.subarray(0, text.lastIndexOf('\n') + 1);
  if (lines.length > 0) reader.read(lines, true);
  reader.settle();
  return counts;
}

/** @returns why it cannot be read, or its end from the beginning of a line on. */
function tailOf(path: string): string | { readonly text: Buffer; readonly changedAt: number } {
  try {
    const { size, mtimeMs } = statSync(path);
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const from = Math.max(0, size - TAIL_BYTES);
      const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
      const read = bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from));
      return { text: from === 0 ? read : read.subarray(read.indexOf('\n') + 1), changedAt: mtimeMs };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'it is no file';
  }
}

/** STATE_DIR: there, a directory, and ours to write in. */
export function stateResult({ stateDir }: ExporterConfig): Result {
  const { good, mend, note } = resultsOf('state-dir');
  const text = 'STATE_DIR=/var/lib/asterisk-auth-stats';
  if (stateDir === null)
    return note('STATE_DIR is not set', 'A restart forgets who lives where.', { where: 'settings', text });
  const path = visiblePath(stateDir);
  try {
    accessSync(stateDir, constants.W_OK | constants.X_OK);
    if (statSync(stateDir).isDirectory()) return good(`${path} can be written to`);
    return mend(`${path} is no directory`, 'The exporter does not start.', { where: 'settings', text });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return mend(`${path} cannot be written to: ${code}`, 'The exporter does not start.', {
      where: 'here',
      text: `install -d -m 700 -o "$(id -un)" '${path.replaceAll("'", "'\\''")}' # as the user that the exporter runs as`,
    });
  }
}

const BLOCKER_START = 'systemctl enable --now asterisk-auth-stats-blocker';

/** The blocker: there, reachable, and banning in earnest. */
export async function blockerResult({ decision: { socket } }: ExporterConfig, controlSocket: string): Promise<Result> {
  const { good, mend, note, unseen } = resultsOf('blocker');
  if (socket === null)
    return note('DECISION_SOCKET is not set', 'Bans are only logged. That is right where nothing is to be banned.');
  const path = visiblePath(socket);
  try {
    accessSync(socket, constants.W_OK);
    if (!statSync(socket).isSocket()) throw Object.assign(new Error(), { code: 'ENOTSOCK' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isDenied = code === 'EACCES';
    return mend(`${path} cannot be used: ${code}`, 'Nobody is banned.', {
      where: 'here',
      text: isDenied ? 'usermod -a -G asterisk-auth-stats "$(id -un)"' : BLOCKER_START,
    });
  }
  try {
    const client = await ControlClient.open({ path: controlSocket, silenceMs: 5_000 });
    const { firewall, fault, desired, enforced } = await client.status().finally(() => client.close());
    if (fault !== null)
      return mend(`the blocker's ${firewall} fails: ${visibleText(fault, 200)}`, 'Bans are not in force.', {
        where: 'here',
        text: 'journalctl -u asterisk-auth-stats-blocker -n 20',
      });
    if (firewall === 'dry-run') {
      return mend('the blocker is attached, but only logs whom it would ban', 'Nobody is kept out.', {
        where: 'settings',
        text: 'FIREWALL=nftables',
      });
    }
    return good(`the blocker bans with ${firewall}: ${enforced} of ${desired} bans are in force`);
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    const seen = `the blocker does not answer: ${error.message}`;
    if (error.failure === 'not-permitted') return unseen(seen, 'Run doctor as root to see its state.');
    return mend(seen, 'Nobody knows whether bans are in force.', { where: 'here', text: BLOCKER_START });
  }
}

/** Whether whoever types this could be banned. @param terminal SSH_CONNECTION or SSH_CLIENT. */
export function terminalResult(config: ExporterConfig, terminal: string | null): Result {
  const { good, mend, note } = resultsOf('allowlist');
  const address = parseAddress((terminal?.split(' ', 1)[0] ?? '').replace(/%.*/, ''));
  if (address === null) return good('this terminal is on this host, or does not say where it comes from');
  const entries = [...config.allowlist, ...peersOf(config), ...ownAddresses()].flatMap(
    (entry) => parsePrefix(entry) ?? [],
  );
  if (new AddressSet([...NEVER_BANNED, ...entries]).has(address))
    return good(`${address}, where you sit, is on the allowlist`);
  const seen = `${address}, where you sit, is not on the allowlist`;
  const why = 'A phone behind it with an old password could lock you out.';
  const fix = { where: 'settings', text: `ALLOWLIST=${[...config.allowlist, address].join(',')}` } as const;
  return config.decision.socket === null ? note(seen, why, fix) : mend(seen, why, fix);
}

/** What the running exporter says of itself. */
export async function exporterResult({ http: { host, port } }: ExporterConfig): Promise<Result> {
  const { good, note, mend } = resultsOf('exporter');
  if (port === null)
    return note('HTTP_PORT is not set', 'A running exporter cannot be asked how it is.', {
      where: 'settings',
      text: 'HTTP_PORT=9465',
    });
  const place = isIP(host) === 6 ? `[${host}]` : host;
  try {
    const response = await fetch(`http://${place}:${port}/readyz`, {
      signal: AbortSignal.timeout(3_000),
      redirect: 'error',
    });
    const said = visibleText(await beginningOf(response), 1_000);
    if (response.ok) return good('the running exporter is ready');
    return mend(`the running exporter is not ready: ${said}`, 'It does not count everything.', {
      where: 'here',
      text: 'systemctl restart asterisk-auth-stats',
    });
  } catch {
    // fetch throws for whatever keeps an answer away.
    return note(`no exporter answers on port ${port}`, 'Right if it was not started yet.', {
      where: 'here',
      text: 'systemctl enable --now asterisk-auth-stats',
    });
  }
}

async function beginningOf(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  await reader?.cancel();
  return Buffer.from(value ?? [])
    .toString('utf8', 0, 2_000)
    .trim();
}
