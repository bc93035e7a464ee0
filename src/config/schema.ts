import { addressList } from './address-list.js';
import { blockerSettings } from './blocker-settings.js';
import {
  boolean,
  choice,
  eventMask,
  type Format,
  host,
  hostName,
  line,
  meterPrefix,
  path,
  port,
  secret,
  secretUrl,
  socketPath,
  webUrl,
  wholeNumber,
} from './formats.js';

/** One variable, in the form that convict takes. The default is text as a user would write it; null means that there is none. */
export interface Setting<T> {
  readonly env: string;
  readonly doc: string;
  readonly format: Format<T>;
  readonly default: string | null;
  readonly sensitive?: true;
  /** The name is one that other programs use too: alone it does not say that somebody meant this program. */
  readonly ambient?: true;
}

export interface SettingTree {
  readonly [key: string]: Setting<unknown> | SettingTree;
}

/** Everything that can be set. The tree is the form of a configuration file; a path in capitals is its variable: ami.tlsCaFile, AMI_TLS_CA_FILE. */
export const schema = {
  source: {
    env: 'SOURCE',
    format: choice('ami', 'security-log', 'messages-log'),
    default: 'ami',
    doc: 'Where events are read: AMI or one of the logs; a PBX through one of them only',
  },
  log: {
    file: {
      env: 'LOG_FILE',
      format: path,
      default: null,
      doc: 'The log to follow; required with SOURCE=security-log and SOURCE=messages-log',
    },
    silenceSeconds: {
      env: 'LOG_SILENCE_SECONDS',
      format: wholeNumber(1, 604_800),
      default: '3600',
      doc: 'A log that is silent for so long is said to be deaf; 86400 with messages-log',
    },
  },
  ami: {
    host: { env: 'AMI_HOST', format: host, default: null, doc: "Asterisk's host; required with SOURCE=ami" },
    port: { env: 'AMI_PORT', format: port, default: '5038', doc: 'Port of the AMI; 5039 when AMI_TLS=true' },
    username: {
      env: 'AMI_USERNAME',
      format: line(256),
      default: null,
      doc: 'Section of manager.conf to log in as; required with SOURCE=ami',
    },
    secret: {
      env: 'AMI_SECRET',
      format: secret,
      default: null,
      sensitive: true,
      doc: 'Its secret; required with SOURCE=ami, here or in AMI_SECRET_FILE',
    },
    secretFile: {
      env: 'AMI_SECRET_FILE',
      format: path,
      default: null,
      doc: 'File (at most 4 KB) with the secret; a line break at its end is no part of it',
    },
    tls: { env: 'AMI_TLS', format: boolean, default: 'false', doc: 'Speak TLS with Asterisk' },
    tlsCaFile: {
      env: 'AMI_TLS_CA_FILE',
      format: path,
      default: null,
      doc: 'PEM file (at most 1 MB) with the authority to trust instead of the well-known ones',
    },
    tlsServerName: {
      env: 'AMI_TLS_SERVER_NAME',
      format: hostName,
      default: null,
      doc: 'Name that the certificate must carry, where it is not AMI_HOST',
    },
    tlsVerify: {
      env: 'AMI_TLS_VERIFY',
      format: boolean,
      default: 'true',
      doc: 'Refuse a certificate that is not trusted',
    },
    login: {
      env: 'AMI_LOGIN',
      format: choice('auto', 'challenge', 'plain'),
      default: 'auto',
      doc: 'auto: MD5 challenge, plain only where the server offers none',
    },
    events: {
      env: 'AMI_EVENTS',
      format: eventMask,
      default: 'security,system',
      doc: 'What to ask Asterisk for; system says when it boots and stops',
    },
    connectSeconds: {
      env: 'AMI_CONNECT_SECONDS',
      format: wholeNumber(1, 3600),
      default: '10',
      doc: 'A connection that takes longer is given up and tried again',
    },
    loginSeconds: {
      env: 'AMI_LOGIN_SECONDS',
      format: wholeNumber(1, 3600),
      default: '10',
      doc: 'The same for the login',
    },
    pingSeconds: {
      env: 'AMI_PING_SECONDS',
      format: wholeNumber(1, 3600),
      default: '15',
      doc: 'Time between two pings',
    },
    pingDeadlineSeconds: {
      env: 'AMI_PING_DEADLINE_SECONDS',
      format: wholeNumber(1, 3600),
      default: '5',
      doc: 'A connection whose ping has no answer for so long is made anew',
    },
    reconnectMaxSeconds: {
      env: 'AMI_RECONNECT_MAX_SECONDS',
      format: wholeNumber(1, 3600),
      default: '30',
      doc: 'Longest wait before the next try to connect',
    },
    messageBytesMax: {
      env: 'AMI_MESSAGE_BYTES_MAX',
      format: wholeNumber(4096, 16_777_216),
      default: '65536',
      doc: 'Longest AMI message; a longer one is counted as malformed',
    },
  },
  statsd: {
    host: { env: 'STATSD_HOST', format: host, default: '127.0.0.1', doc: 'Host of the StatsD receiver' },
    port: { env: 'STATSD_PORT', format: port, default: '8125', doc: 'Its port' },
    protocol: { env: 'STATSD_PROTOCOL', format: choice('udp', 'tcp'), default: 'udp', doc: 'How it is spoken to' },
    prefix: {
      env: 'STATSD_PREFIX',
      format: meterPrefix,
      default: null,
      doc: 'Comes before every meter name, with a dot after it',
    },
    meterType: {
      env: 'STATSD_METER_TYPE',
      format: choice('c', 'm'),
      default: 'c',
      doc: 'Send meters as c, counters, which every receiver takes, or as m, which few take',
    },
    dialect: {
      env: 'STATSD_DIALECT',
      format: choice('graphite', 'graphite-tags', 'dogstatsd', 'telegraf', 'influx', 'prometheus'),
      default: 'graphite',
      doc: 'How a meter tells its service, address and such: see receivers.md; influx is telegraf',
    },
    packetBytes: {
      env: 'STATSD_PACKET_BYTES',
      format: wholeNumber(512, 65_507),
      default: '1432',
      doc: 'Longest datagram; 1432 fits an Ethernet frame',
    },
  },
  flushMs: { env: 'FLUSH_MS', format: wholeNumber(100, 60_000), default: '1000', doc: 'Time between two sendings' },
  addresses: {
    perFlush: {
      env: 'ADDRESSES_PER_FLUSH',
      format: wholeNumber(2, 100_000),
      default: '1000',
      doc: 'Addresses with a meter of their own in one sending; the rest goes to other',
    },
    remembered: {
      env: 'ADDRESSES_REMEMBERED',
      format: wholeNumber(4, 1_000_000),
      default: '10000',
      doc: 'Addresses remembered over sendings; at least twice ADDRESSES_PER_FLUSH',
    },
  },
  detect: {
    env: 'DETECT',
    format: boolean,
    default: 'true',
    doc: 'Put events together to attempts, look for attacks, and tell of them',
  },
  score: {
    addresses: {
      env: 'SCORE_ADDRESSES',
      format: wholeNumber(100, 10_000_000),
      default: '100000',
      doc: 'Attackers remembered; beyond them the least dangerous is forgotten',
    },
    halfLifeSeconds: {
      env: 'SCORE_HALF_LIFE_SECONDS',
      format: wholeNumber(60, 604_800),
      default: '3600',
      doc: 'Time in which half of the points of an address are forgotten',
    },
  },
  ban: {
    threshold: {
      env: 'BAN_THRESHOLD',
      format: wholeNumber(1, 100_000),
      default: '10',
      doc: 'Points (guesses, mostly) from which on an address is banned',
    },
    seconds: { env: 'BAN_SECONDS', format: wholeNumber(1, 31_536_000), default: '3600', doc: 'Length of a first ban' },
    growth: {
      env: 'BAN_GROWTH',
      format: wholeNumber(1, 100),
      default: '4',
      doc: 'A further ban is so many times as long as the one before',
    },
    secondsMax: {
      env: 'BAN_SECONDS_MAX',
      format: wholeNumber(1, 31_536_000),
      default: '604800',
      doc: 'Length of the longest ban',
    },
    unproven: {
      env: 'BAN_UNPROVEN',
      format: choice('short', 'always', 'never'),
      default: 'short',
      doc: 'Bans where an address may be forged, as over UDP: short, as all others, or none',
    },
    unprovenSeconds: {
      env: 'BAN_UNPROVEN_SECONDS',
      format: wholeNumber(1, 31_536_000),
      default: '600',
      doc: 'Length of a first short ban; further ones grow up to BAN_SECONDS',
    },
    unprovenPerMinute: {
      env: 'BAN_UNPROVEN_PER_MINUTE',
      format: wholeNumber(1, 100_000),
      default: '60',
      doc: 'Bans a minute where the address may be forged',
    },
  },
  decision: {
    socket: {
      env: 'DECISION_SOCKET',
      format: socketPath,
      default: null,
      doc: 'Unix socket on which the blocker is told whom to ban; none: nobody is told',
    },
  },
  ...blockerSettings,
  enumeration: {
    accounts: {
      env: 'ENUMERATION_ACCOUNTS',
      format: wholeNumber(2, 100_000),
      default: '5',
      doc: 'Accounts that do not exist, tried from one address, from which on it is enumeration',
    },
    challenges: {
      env: 'ENUMERATION_CHALLENGES',
      format: wholeNumber(2, 100_000),
      default: '20',
      doc: 'The same for challenges that were not answered',
    },
  },
  spray: {
    accounts: {
      env: 'SPRAY_ACCOUNTS',
      format: wholeNumber(2, 100_000),
      default: '5',
      doc: 'Accounts with wrong passwords from one address from which on it is a password spray',
    },
  },
  distributed: {
    addresses: {
      env: 'DISTRIBUTED_ADDRESSES',
      format: wholeNumber(2, 100_000),
      default: '10',
      doc: 'Addresses guessing at one account from which on the attack is distributed',
    },
  },
  slow: {
    threshold: {
      env: 'SLOW_THRESHOLD',
      format: wholeNumber(1, 100_000),
      default: '20',
      doc: 'Points over days from which on a slow attacker is banned',
    },
    halfLifeHours: {
      env: 'SLOW_HALF_LIFE_HOURS',
      format: wholeNumber(1, 8760),
      default: '72',
      doc: 'Time in which half of these points are forgotten',
    },
  },
  breach: {
    failures: {
      env: 'BREACH_FAILURES',
      format: wholeNumber(1, 100_000),
      default: '2',
      doc: 'Failures before a login from which on it is told',
    },
    warning: {
      env: 'BREACH_WARNING',
      format: wholeNumber(1, 100_000),
      default: '5',
      doc: 'The same for a warning',
    },
    critical: {
      env: 'BREACH_CRITICAL',
      format: wholeNumber(1, 100_000),
      default: '20',
      doc: 'The same for an alarm',
    },
  },
  trust: {
    days: {
      env: 'TRUST_DAYS',
      format: wholeNumber(1, 365),
      default: '14',
      doc: 'How long a login makes its account trusted at its address',
    },
  },
  storm: {
    perMinute: {
      env: 'STORM_PER_MINUTE',
      format: wholeNumber(1, 10_000_000),
      default: '600',
      doc: 'Guesses and logins a minute below which nothing is a storm',
    },
    factor: {
      env: 'STORM_FACTOR',
      format: wholeNumber(1, 10_000),
      default: '10',
      doc: 'How many times the usual rate is a storm',
    },
  },
  http: {
    host: {
      env: 'HTTP_HOST',
      format: host,
      default: '127.0.0.1',
      ambient: true,
      doc: 'Where /healthz, /readyz and /metrics listen',
    },
    port: { env: 'HTTP_PORT', format: port, default: null, ambient: true, doc: 'Their port; none: they are off' },
  },
  alert: {
    severity: {
      env: 'ALERT_SEVERITY',
      format: choice('info', 'warning', 'critical'),
      default: 'warning',
      doc: 'Least severe finding that is sent to the webhook and to Graphite; the log gets all',
    },
    webhookUrl: {
      env: 'ALERT_WEBHOOK_URL',
      format: secretUrl,
      default: null,
      sensitive: true,
      doc: 'Where findings are sent as JSON; none: nowhere',
    },
    webhookUrlFile: {
      env: 'ALERT_WEBHOOK_URL_FILE',
      format: path,
      default: null,
      doc: 'File (at most 4 KB) with that URL',
    },
    webhookSecret: {
      env: 'ALERT_WEBHOOK_SECRET',
      format: secret,
      default: null,
      sensitive: true,
      doc: 'Signs what is sent to the webhook; none: it is not signed',
    },
    webhookSecretFile: {
      env: 'ALERT_WEBHOOK_SECRET_FILE',
      format: path,
      default: null,
      doc: 'File (at most 4 KB) with that secret',
    },
  },
  graphite: {
    eventsUrl: {
      env: 'GRAPHITE_EVENTS_URL',
      format: webUrl,
      default: null,
      doc: "Graphite's events, as http://graphite/events/: findings as annotations; none: off",
    },
  },
  logLevel: {
    env: 'LOG_LEVEL',
    format: choice('debug', 'info', 'warn', 'error', 'silent'),
    default: 'info',
    ambient: true,
    doc: 'Lowest level that is logged',
  },
  allowlist: {
    env: 'ALLOWLIST',
    format: addressList,
    default: null,
    doc: 'Who is never banned, beside this host, AMI_HOST, STATSD_HOST and loopback',
  },
  pbxName: {
    env: 'PBX_NAME',
    format: line(128),
    default: null,
    doc: 'Name of the PBX; none: its systemname, else AMI_HOST; with a log that of this host',
  },
  stateDir: {
    env: 'STATE_DIR',
    format: path,
    default: null,
    ambient: true,
    doc: 'Directory for what must outlive a restart; none: nothing does',
  },
  stopSeconds: { env: 'STOP_SECONDS', format: wholeNumber(1, 3600), default: '10', doc: 'Grace time of a stop' },
  configFile: {
    env: 'CONFIG_FILE',
    format: path,
    default: null,
    doc: 'YAML or JSON file (at most 64 KB) with settings; variables win over it',
  },
} as const satisfies SettingTree;

/** A tree of settings as the tree of their values. `Faulty` stands where a text could not be read. */
export type Values<Node, Faulty = never> = Node extends { format: Format<infer T>; default: infer Default }
  ? T | Faulty | Extract<Default, null>
  : { readonly [Key in keyof Node]: Values<Node[Key], Faulty> };

/** The same tree with what `visit` makes of each setting. */
export function mapSettings(
  node: Setting<unknown> | SettingTree,
  visit: (setting: Setting<unknown>, path: string) => unknown,
  path: readonly string[] = [],
): unknown {
  if (isSetting(node)) return visit(node, path.join('.'));
  return Object.fromEntries(
    Object.entries(node).map(([key, child]) => [key, mapSettings(child, visit, [...path, key])] as const),
  );
}

function isSetting(node: Setting<unknown> | SettingTree): node is Setting<unknown> {
  return typeof node['env'] === 'string';
}

/** Every setting by its path, in the order of the tables. */
export const settings: ReadonlyMap<string, Setting<unknown>> = listSettings();

function listSettings(): Map<string, Setting<unknown>> {
  const list = new Map<string, Setting<unknown>>();
  mapSettings(schema, (setting, path) => list.set(path, setting));
  return list;
}
