import { attempt, boolean, choice, eventMask, host, hostName, line, path, port, wholeNumber } from '../formats.js';
import type { Checked, GivenSettings, SettingTree } from '../setting.js';

const EXPORTER = ['exporter'] as const;

/** Where the security events come from. */
export const sourceSettings = {
  source: {
    env: 'SOURCE',
    format: choice('ami', 'security-log', 'messages-log'),
    default: 'ami',
    readBy: EXPORTER,
    doc: 'Where events are read: AMI or one of the logs; a PBX through one of them only',
  },
  log: {
    file: {
      env: 'LOG_FILE',
      format: path,
      default: null,
      readBy: EXPORTER,
      doc: 'The log to follow; required with SOURCE=security-log and SOURCE=messages-log',
    },
    patternsFile: {
      env: 'LOG_PATTERNS_FILE',
      format: path,
      default: null,
      readBy: ['exporter', 'replay'],
      doc: 'File (64 KB at most) of lines of your own that tell of an attack; for messages-log',
    },
    silenceSeconds: {
      env: 'LOG_SILENCE_SECONDS',
      format: wholeNumber(1, 604_800),
      unit: 'seconds',
      default: 3600,
      defaultWith: (given) => (given.get('SOURCE')?.text === 'messages-log' ? 86_400 : undefined),
      readBy: EXPORTER,
      doc: 'A log without a new line for so long is reported as deaf; 86400 with messages-log',
    },
  },
  ami: {
    host: {
      env: 'AMI_HOST',
      format: host,
      default: null,
      readBy: ['exporter', 'blocker', 'replay'],
      doc: "Asterisk's host, which is never banned; required with SOURCE=ami",
    },
    port: {
      env: 'AMI_PORT',
      format: port,
      default: 5038,
      defaultWith: (given) => (attempt(boolean, given.get('AMI_TLS')?.text ?? 'false') === true ? 5039 : undefined),
      readBy: EXPORTER,
      doc: 'Port of the AMI; 5039 when AMI_TLS=true',
    },
    username: {
      env: 'AMI_USERNAME',
      format: line(256),
      default: null,
      readBy: EXPORTER,
      doc: 'Section of manager.conf to log in as; required with SOURCE=ami',
    },
    secret: {
      env: 'AMI_SECRET',
      format: line(4096),
      default: null,
      sensitive: true,
      readBy: EXPORTER,
      doc: 'Its secret; required with SOURCE=ami, here or in AMI_SECRET_FILE',
    },
    secretFile: {
      env: 'AMI_SECRET_FILE',
      format: path,
      default: null,
      fileOf: 'AMI_SECRET',
      readBy: EXPORTER,
      doc: 'File (at most 4 KB) with the secret; a line break at its end is not part of it',
    },
    tls: { env: 'AMI_TLS', format: boolean, default: false, readBy: EXPORTER, doc: 'Speak TLS with Asterisk' },
    tlsCaFile: {
      env: 'AMI_TLS_CA_FILE',
      format: path,
      default: null,
      readBy: EXPORTER,
      doc: 'PEM file (at most 1 MB) with the authority to trust instead of the well-known ones',
    },
    tlsServerName: {
      env: 'AMI_TLS_SERVER_NAME',
      format: hostName,
      default: null,
      readBy: EXPORTER,
      doc: 'Name that the certificate must carry, where it is not AMI_HOST',
    },
    tlsVerify: {
      env: 'AMI_TLS_VERIFY',
      format: boolean,
      default: true,
      readBy: EXPORTER,
      doc: 'Refuse a certificate that is not trusted',
    },
    login: {
      env: 'AMI_LOGIN',
      format: choice('auto', 'challenge', 'plain'),
      default: 'auto',
      readBy: EXPORTER,
      doc: 'auto: MD5 challenge, plain only where the server offers none',
    },
    events: {
      env: 'AMI_EVENTS',
      format: eventMask,
      default: 'security,system',
      readBy: EXPORTER,
      doc: 'What to ask Asterisk for; system says when it boots and stops',
    },
    probe: {
      env: 'AMI_PROBE',
      format: boolean,
      default: false,
      readBy: EXPORTER,
      doc: 'Fail to log in once, on purpose, to see whether failed logins are reported',
    },
    connectSeconds: {
      env: 'AMI_CONNECT_SECONDS',
      format: wholeNumber(1, 3600),
      unit: 'seconds',
      default: 10,
      readBy: EXPORTER,
      doc: 'A connection that takes longer is given up and tried again',
    },
    loginSeconds: {
      env: 'AMI_LOGIN_SECONDS',
      format: wholeNumber(1, 3600),
      unit: 'seconds',
      default: 10,
      readBy: EXPORTER,
      doc: 'The same for the login',
    },
    pingSeconds: {
      env: 'AMI_PING_SECONDS',
      format: wholeNumber(1, 3600),
      unit: 'seconds',
      default: 15,
      readBy: EXPORTER,
      doc: 'Time between two pings',
    },
    pingDeadlineSeconds: {
      env: 'AMI_PING_DEADLINE_SECONDS',
      format: wholeNumber(1, 3600),
      unit: 'seconds',
      default: 5,
      readBy: EXPORTER,
      doc: 'A connection whose ping is not answered for so long is closed and opened again',
    },
    reconnectMaxSeconds: {
      env: 'AMI_RECONNECT_MAX_SECONDS',
      format: wholeNumber(1, 3600),
      unit: 'seconds',
      default: 30,
      readBy: EXPORTER,
      doc: 'Longest wait before the next try to connect',
    },
    messageBytesMax: {
      env: 'AMI_MESSAGE_BYTES_MAX',
      format: wholeNumber(4096, 16_777_216),
      unit: 'bytes',
      default: 65_536,
      readBy: ['exporter', 'replay'],
      doc: 'Longest AMI message; a longer one is counted as malformed',
    },
  },
} as const satisfies SettingTree;

type Values = Checked<typeof sourceSettings>;

/** @param isWhole false where settings may be missing because a file could not be read */
export function sourceFaults({ source, ami }: Values, given: GivenSettings, isWhole: boolean): string[] {
  if (source === undefined) return [];
  const missing = source === 'ami' ? missingForAmi(given) : missingForLog(given, source);
  return [...(isWhole ? missing : []), ...secondSource(given, source), ...tlsWithoutTls(given, ami)];
}

function missingForAmi(given: GivenSettings): string[] {
  const faults: string[] = [];
  if (!given.has('AMI_HOST')) faults.push('AMI_HOST is missing: set it to the address or name of the Asterisk host');
  if (!given.has('AMI_USERNAME')) faults.push('AMI_USERNAME is missing: set it to a section of manager.conf');
  if (!given.has('AMI_SECRET') && !given.has('AMI_SECRET_FILE')) {
    faults.push('AMI_SECRET is missing: set it to the secret of that section, or AMI_SECRET_FILE to a file with it');
  }
  return faults;
}

function missingForLog(given: GivenSettings, source: string): string[] {
  if (given.has('LOG_FILE')) return [];
  const example = source === 'security-log' ? '/var/log/asterisk/security' : '/var/log/asterisk/messages';
  return [`LOG_FILE is missing: SOURCE=${source} needs the path of that log, such as ${example}`];
}

/** Two sources would report the same failures, and each would count twice. */
function secondSource(given: GivenSettings, source: string): string[] {
  const [others, remedy] =
    source === 'ami'
      ? [
          ['LOG_FILE', 'LOG_SILENCE_SECONDS'],
          'remove it, or set SOURCE=security-log or messages-log instead of AMI_HOST',
        ]
      : [['AMI_HOST'], 'remove the AMI_ variables, or set SOURCE=ami and remove LOG_FILE'];
  return others
    .filter((name) => given.has(name))
    .map(
      (name) =>
        `${name} is set beside SOURCE=${source}: a PBX is read through one source, or its failures count twice; ${remedy}`,
    );
}

/** Nobody should believe in a protection that is not there. */
function tlsWithoutTls(given: GivenSettings, { tls }: Values['ami']): string[] {
  if (tls !== false) return [];
  return ['AMI_TLS_CA_FILE', 'AMI_TLS_SERVER_NAME', 'AMI_TLS_VERIFY']
    .filter((name) => given.has(name))
    .map((name) => `${name} is set without TLS: set AMI_TLS=true or remove ${name}`);
}
