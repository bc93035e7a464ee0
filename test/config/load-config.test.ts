import { inspect } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { type LoadResult, loadConfig } from '../../src/config/load-config.js';
import { renderEffective } from '../../src/config/render.js';
import { settings } from '../../src/config/schema.js';
import type { ReadFile } from '../../src/config/text-file.js';
import type { Environment } from '../../src/config/unknown-variables.js';
import { detection } from './default-detection.js';

const needed = { AMI_HOST: 'pbx', AMI_USERNAME: 'stats', AMI_SECRET: 'hunter2' };

const files =
  (texts: Readonly<Record<string, string>>): ReadFile =>
  (path) => {
    const text = texts[path];
    if (text === undefined) throw Object.assign(new Error('absent'), { code: 'ENOENT' });
    return Buffer.from(text);
  };

const load = (environment: Environment, texts = {}) => loadConfig(environment, files(texts));

function configOf(environment: Environment, texts = {}) {
  const result = load(environment, texts);
  if (result.kind !== 'config') throw new Error(inspect(result));
  return result.config;
}

function amiOf(environment: Environment, texts = {}) {
  const config = configOf(environment, texts);
  if (config.source !== 'ami') throw new Error(config.source);
  return config.ami;
}

function faultsOf(environment: Environment, texts = {}): readonly string[] {
  const result = load(environment, texts);
  return result.kind === 'faults' ? result.faults : [];
}

const originOf = (result: LoadResult, name: string) =>
  result.kind === 'config' ? result.settings.find((setting) => setting.name === name) : undefined;

await t.test('with what is required and nothing else, the rest has its documented default', async (t) => {
  const { ami: _, ...rest } = configOf(needed);
  const { secret, ...login } = amiOf(needed);
  t.equal(secret.reveal(), 'hunter2');
  t.same(login, {
    host: 'pbx',
    port: 5038,
    username: 'stats',
    secretFile: null,
    tls: false,
    tlsCaFile: null,
    tlsServerName: null,
    tlsVerify: true,
    login: 'auto',
    events: 'security,system',
    probe: false,
    connectSeconds: 10,
    loginSeconds: 10,
    pingSeconds: 15,
    pingDeadlineSeconds: 5,
    reconnectMaxSeconds: 30,
    messageBytesMax: 65536,
  });
  t.same(rest, {
    source: 'ami',
    log: { file: null, patternsFile: null, silenceSeconds: 3600 },
    linePatterns: [],
    statsd: {
      host: '127.0.0.1',
      port: 8125,
      protocol: 'udp',
      prefix: null,
      meterType: 'c',
      dialect: 'graphite',
      packetBytes: 1432,
    },
    flushMs: 1000,
    addresses: { perFlush: 1000, remembered: 10000 },
    detect: true,
    ...detection,
    decision: { socket: null },
    alert: {
      severity: 'warning',
      webhookUrl: null,
      webhookUrlFile: null,
      webhookSecret: null,
      webhookSecretFile: null,
    },
    graphite: { eventsUrl: null },
    http: { host: '127.0.0.1', port: null },
    logLevel: 'info',
    allowlist: [],
    pbxName: null,
    stateDir: null,
    stopSeconds: 10,
    configFile: null,
  });
});

await t.test('the allowlist is canonical, and shown as it is', async (t) => {
  const result = load({ ...needed, ALLOWLIST: '2001:DB8:0::/48 203.0.113.9, Trunk.example.com' });
  t.same(result.kind === 'config' && result.config.allowlist, ['2001:db8::/48', '203.0.113.9/32', 'trunk.example.com']);
  t.match(originOf(result, 'ALLOWLIST'), { value: '2001:db8::/48,203.0.113.9/32,trunk.example.com' });
  t.same(faultsOf({ ...needed, ALLOWLIST: 'pbx;ua' }), [
    "ALLOWLIST is 'pbx;ua'; it must list addresses, prefixes and host names: 'pbx;ua' is none",
  ]);
});

await t.test('nothing can be changed in a configuration, at any depth', async (t) => {
  const environment = { ...needed, AMI_TLS: '1', HTTP_PORT: '9090' };
  const config = configOf(environment);
  const { ami, statsd, addresses, http, allowlist } = config;
  for (const part of [config, ami, ami.secret, statsd, addresses, http, allowlist]) {
    t.ok(Object.isFrozen(part));
  }
});

await t.test('nothing of ours set is nothing, and so are empty variables and names that others use too', async (t) => {
  for (const environment of [
    {},
    { PATH: '/bin' },
    { AMI_HOST: '', AMI_FOO: '' },
    { LOG_LEVEL: 'x', HTTP_HOST: 'x', HTTP_PORT: 'x' },
  ]) {
    t.same(load(environment), { kind: 'nothing' });
  }
});

await t.test('anything of ours set without the login is a fault that names what is missing', async (t) => {
  const missing = ['AMI_HOST is missing', 'AMI_USERNAME is missing', 'AMI_SECRET is missing'];
  t.match(faultsOf({ STATSD_HOST: 'graphite' }), missing);
  t.match(faultsOf({ STOP_SECONDS: '5' }), missing);
  t.match(faultsOf({ AMI_HOST: 'pbx' }), missing.slice(1));
  t.match(faultsOf({ ...needed, AMI_USERNAME: '' }), ['AMI_USERNAME is missing']);
  t.match(faultsOf({ AMI_PASSWORD: 'x' }), ['AMI_PASSWORD is not known; did you mean AMI_SECRET?', ...missing]);
});

await t.test('who wants no detection has none', async (t) => {
  t.equal(configOf({ ...needed, DETECT: 'no' }).detect, false);
});

await t.test('limits that follow each other are in their order', async (t) => {
  t.match(faultsOf({ ...needed, BAN_SECONDS: '7200', BAN_SECONDS_MAX: '3600' }), [
    'BAN_SECONDS is 7200, more than BAN_SECONDS_MAX, which is 3600: change one of them',
  ]);
  t.equal(configOf({ ...needed, BAN_SECONDS: '3600', BAN_SECONDS_MAX: '3600' }).ban.seconds, 3600);
});

await t.test('a setting that was retired is a fault of its own', async (t) => {
  const remedy = 'no longer exists: the detector weighs evidence instead; remove it';
  t.same(faultsOf({ ...needed, BREACH_FAILURES: '9', SLOW_THRESHOLD: '40' }), [
    `BREACH_FAILURES ${remedy}`,
    `SLOW_THRESHOLD ${remedy}`,
  ]);
});

await t.test('the type m is refused where the receivers of the dialect refuse it, with the way out', async (t) => {
  const dialect = (STATSD_DIALECT: string) => ({ ...needed, STATSD_METER_TYPE: 'm', STATSD_DIALECT });
  for (const word of ['dogstatsd', 'telegraf', 'influx', 'prometheus']) {
    t.same(faultsOf(dialect(word)), [
      `STATSD_METER_TYPE is m, which the receivers of STATSD_DIALECT=${word} refuse: set STATSD_METER_TYPE=c, or STATSD_DIALECT=graphite or graphite-tags`,
    ]);
    t.equal(configOf({ ...needed, STATSD_DIALECT: word }).statsd.dialect, word);
  }
  for (const word of ['graphite', 'graphite-tags']) {
    t.match(configOf(dialect(word)).statsd, { dialect: word, meterType: 'm' });
  }
  t.same(faultsOf(dialect('carbon')).length, 1, 'a dialect that nobody knows is one fault');
});

await t.test('a log is a source of its own, with nothing of AMI', async (t) => {
  const security = { SOURCE: 'security-log', LOG_FILE: '/var/log/asterisk/security' };
  t.match(configOf(security), {
    source: 'security-log',
    log: { file: '/var/log/asterisk/security', silenceSeconds: 3600 },
  });
  const messages = { SOURCE: 'messages-log', LOG_FILE: '/m', STATE_DIR: '/var/lib/x' };
  t.match(configOf(messages), { source: 'messages-log', log: { file: '/m', silenceSeconds: 86400 } });
  t.equal(configOf(messages).stateDir, '/var/lib/x');
  t.equal(configOf({ ...messages, LOG_SILENCE_SECONDS: '60' }).log.silenceSeconds, 60);
});

await t.test('a log without a file is a fault with an example of one', async (t) => {
  t.match(faultsOf({ SOURCE: 'security-log' }), [/^LOG_FILE is missing: .*\/var\/log\/asterisk\/security$/]);
  t.match(faultsOf({ SOURCE: 'messages-log' }), [/^LOG_FILE is missing: .*\/var\/log\/asterisk\/messages$/]);
  t.match(faultsOf({ SOURCE: 'full' }), ["SOURCE is 'full'; it must be ami, security-log or messages-log"]);
});

await t.test('two sources for one PBX are refused with the reason, whichever is chosen', async (t) => {
  const twice = /a PBX is read through one source, or its failures count twice/;
  t.match(faultsOf({ ...needed, LOG_FILE: '/m' }), [/^LOG_FILE is set beside SOURCE=ami/]);
  t.match(faultsOf({ ...needed, LOG_FILE: '/m' }), [twice]);
  t.match(faultsOf({ ...needed, SOURCE: 'messages-log', LOG_FILE: '/m' }), [
    /^AMI_HOST is set beside SOURCE=messages-log/,
  ]);
  t.match(faultsOf({ LOG_FILE: '/m' }), [
    'AMI_HOST is missing',
    'AMI_USERNAME is missing',
    'AMI_SECRET is missing',
    'LOG_FILE is set beside SOURCE=ami',
  ]);
});

await t.test('all faults come at once, each with its variable and the remedy', async (t) => {
  const faults = faultsOf({
    AMI_HOST: '[::1]',
    AMI_PORT: '5038abc',
    AMI_SECRET: 'hunter2\nAction: Originate',
    AMI_TLS_CA_FILE: '/ca',
    AMI_PASWORD: 'hunter2',
    STATSD_PORT: 'tcp://10.0.0.1:8125',
    ADDRESSES_PER_FLUSH: '500',
    ADDRESSES_REMEMBERED: '499',
    LOG_LEVEL: 'verbose',
  });
  t.same(faults, [
    'AMI_PASWORD is not known; did you mean AMI_SECRET?',
    "AMI_HOST is '[::1]'; it must be written ::1, without the brackets",
    "AMI_PORT is '5038abc'; it must be a whole number from 1 to 65535",
    'AMI_SECRET must not contain a line break or another control character',
    "STATSD_PORT is 'tcp://10.0.0.1:8125'; it must be a port alone; Kubernetes and Docker links set this for a service of that name: " +
      'set the port yourself, or switch them off (enableServiceLinks: false in the pod)',
    "LOG_LEVEL is 'verbose'; it must be debug, info, warn, error or silent",
    'AMI_USERNAME is missing: set it to a section of manager.conf',
    'AMI_TLS_CA_FILE is set without TLS: set AMI_TLS=true or remove AMI_TLS_CA_FILE',
    'ADDRESSES_REMEMBERED is 499; it must be at least twice ADDRESSES_PER_FLUSH, which is 500: change one of them',
  ]);
});

await t.test('a value that cannot be read is no reason for a second fault', async (t) => {
  t.equal(faultsOf({ ...needed, AMI_TLS: 'maybe', AMI_TLS_VERIFY: 'true', AMI_TLS_CA_FILE: '/ca' }).length, 1);
  t.equal(faultsOf({ ...needed, ADDRESSES_REMEMBERED: 'x', ADDRESSES_PER_FLUSH: '20000' }).length, 1);
  t.equal(faultsOf({ ...needed, ADDRESSES_REMEMBERED: '4', ADDRESSES_PER_FLUSH: 'x' }).length, 1);
});

await t.test('twice as many addresses remembered as have a meter is enough', async (t) => {
  const { addresses } = configOf({ ...needed, ADDRESSES_PER_FLUSH: '7', ADDRESSES_REMEMBERED: '14' });
  t.same(addresses, { perFlush: 7, remembered: 14 });
});

await t.test('TLS has a port of its own, unless one is set', async (t) => {
  t.equal(amiOf({ ...needed, AMI_TLS: 'yes' }).port, 5039);
  t.equal(amiOf({ ...needed, AMI_TLS: 'yes', AMI_PORT: '5038' }).port, 5038);
  t.equal(amiOf({ ...needed, AMI_TLS: 'no' }).port, 5038);
  t.same(originOf(load({ ...needed, AMI_TLS: 'yes' }), 'AMI_PORT'), {
    name: 'AMI_PORT',
    value: '5039',
    origin: 'default',
  });
});

/** Made for this test; its key was thrown away. */
const authority = `-----BEGIN CERTIFICATE-----
MIIBezCCASGgAwIBAgIUB3CUsvys4Yw9KF1fAYUFQi2elj8wCgYIKoZIzj0EAwIw
EjEQMA4GA1UEAwwHVGVzdCBDQTAgFw0yNjExMjEwMzQ5NDlaGA8yMTI2MTAyODAz
NDk0OVowEjEQMA4GA1UEAwwHVGVzdCBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABGjFXz3WA2dV4dP3PQY23wCcCwXY3QmA2k75G7qkkVNUHla90Ylkaxzolc8l
5LbZztKN1Rv09c5CCw+R9FitMs6jUzBRMB0GA1UdDgQWBBTFOTwKxFjyW4+6EcJ1
UHdH4TNI6TAfBgNVHSMEGDAWgBTFOTwKxFjyW4+6EcJ1UHdH4TNI6TAPBgNVHRMB
Af8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIQCwdIn91obJ1t/PCYh05lE6u4wt
3gp7w9+ucPeFpvUXCwIgCpnKryWdH4R0cll2h7rEft8OglWJOlJZJHeSf4e75uI=
-----END CERTIFICATE-----
`;

await t.test('the authority is read and must be a certificate', async (t) => {
  const tls = { ...needed, AMI_TLS: 'true', AMI_TLS_CA_FILE: '/ca' };
  t.match(amiOf(tls, { '/ca': authority }), { tls: true, tlsCaFile: authority, tlsServerName: null, tlsVerify: true });
  t.same(faultsOf(tls), ["AMI_TLS_CA_FILE names '/ca', which cannot be read (ENOENT)"]);
  t.same(faultsOf(tls, { '/ca': 'x' }), ["AMI_TLS_CA_FILE names '/ca', which is no certificate in PEM form"]);
  t.match(faultsOf(tls, { '/ca': 'x'.repeat(1_048_577) }), ['longer than 1048576 bytes']);
  const lax = { ...needed, AMI_TLS: 'true', AMI_TLS_VERIFY: 'false', AMI_TLS_SERVER_NAME: 'pbx.example.com' };
  t.match(amiOf(lax), { tls: true, tlsCaFile: null, tlsServerName: 'pbx.example.com', tlsVerify: false });
});

await t.test('the secret can be in a file, whose last line break is no part of it', async (t) => {
  const { AMI_SECRET: _, ...login } = needed;
  const environment = { ...login, AMI_SECRET_FILE: '/s' };
  for (const text of ['hunter2', 'hunter2\n', 'hunter2\r\n']) {
    t.equal(amiOf(environment, { '/s': text }).secret.reveal(), 'hunter2');
  }
  t.match(originOf(load(environment, { '/s': 'hunter2' }), 'AMI_SECRET'), {
    value: '********',
    origin: 'AMI_SECRET_FILE',
  });
});

await t.test('a secret file without a secret is a fault with its path', async (t) => {
  const { AMI_SECRET: _, ...login } = needed;
  const environment = { ...login, AMI_SECRET_FILE: '/s' };
  t.same(faultsOf(environment), ["AMI_SECRET_FILE names '/s', which cannot be read (ENOENT)"]);
  t.same(faultsOf(environment, { '/s': '\n' }), ["AMI_SECRET_FILE names '/s', which is empty"]);
  t.same(faultsOf(environment, { '/s': 'x'.repeat(4097) }), [
    "AMI_SECRET_FILE names '/s', which is longer than 4096 bytes",
  ]);
  t.same(faultsOf(environment, { '/s': 'hunter2\n\n' }), [
    "AMI_SECRET_FILE names '/s', whose text must not contain a line break or another control character",
  ]);
  t.same(faultsOf({ ...environment, AMI_SECRET: 'x' }), [
    'AMI_SECRET and AMI_SECRET_FILE are both set: remove one of them',
  ]);
});

await t.test('alerts go where they are told to, and the URL of the webhook is a secret like its secret', async (t) => {
  const environment = {
    ...needed,
    ALERT_WEBHOOK_URL: 'https://chat.example/hunter3',
    ALERT_WEBHOOK_SECRET: 'hunter4',
    ALERT_SEVERITY: 'critical',
    GRAPHITE_EVENTS_URL: 'http://graphite/events/',
  };
  const { alert, graphite } = configOf(environment);
  t.equal(alert.webhookUrl?.reveal(), 'https://chat.example/hunter3');
  t.equal(alert.webhookSecret?.reveal(), 'hunter4');
  t.equal(alert.severity, 'critical');
  t.equal(graphite.eventsUrl, 'http://graphite/events/');
  const result = load(environment);
  t.notMatch(JSON.stringify(result), /hunter/);
  t.equal(originOf(result, 'ALERT_WEBHOOK_URL')?.value, '********');
  t.equal(configOf({ ...needed, ALERT_WEBHOOK_URL: 'http://chat/' }).alert.webhookSecret, null);
});

await t.test('a URL that cannot be one is a fault that does not show it', async (t) => {
  t.same(faultsOf({ ...needed, ALERT_WEBHOOK_URL: 'https://hunter2@chat.example/' }), [
    'ALERT_WEBHOOK_URL must be an http:// or https:// URL without user and password, at most 2048 characters',
  ]);
});

await t.test('what is secret about the webhook can be in files, each with its own', async (t) => {
  const environment = { ...needed, ALERT_WEBHOOK_URL_FILE: '/u', ALERT_WEBHOOK_SECRET_FILE: '/s' };
  const texts = { '/u': 'https://chat.example/hunter3\n', '/s': 'hunter4\n' };
  const { alert } = configOf(environment, texts);
  t.same([alert.webhookUrl?.reveal(), alert.webhookSecret?.reveal()], ['https://chat.example/hunter3', 'hunter4']);
  t.equal(originOf(load(environment, texts), 'ALERT_WEBHOOK_URL')?.origin, 'ALERT_WEBHOOK_URL_FILE');
  t.same(faultsOf({ ...environment, ALERT_WEBHOOK_URL: 'http://x/', ALERT_WEBHOOK_SECRET: 'x' }, texts), [
    'ALERT_WEBHOOK_URL and ALERT_WEBHOOK_URL_FILE are both set: remove one of them',
    'ALERT_WEBHOOK_SECRET and ALERT_WEBHOOK_SECRET_FILE are both set: remove one of them',
  ]);
});

await t.test('a file of settings yields to the environment for each secret apart', async (t) => {
  const file = {
    '/c': 'ami: {secretFile: /other}\nalert: {webhookUrlFile: /u, webhookSecret: hunter5}',
    '/u': 'http://x/',
  };
  const { alert } = configOf({ ...needed, CONFIG_FILE: '/c', ALERT_WEBHOOK_SECRET: 'hunter4' }, file);
  t.same([alert.webhookUrl?.reveal(), alert.webhookSecret?.reveal()], ['http://x/', 'hunter4']);
});

await t.test(
  'a secret without a webhook is refused, once, unless the webhook may be in a file that cannot be read',
  async (t) => {
    const fault = (name: string) => `${name} is set without a webhook: set ALERT_WEBHOOK_URL or remove ${name}`;
    t.same(faultsOf({ ...needed, ALERT_WEBHOOK_SECRET: 'x' }), [fault('ALERT_WEBHOOK_SECRET')]);
    t.same(faultsOf({ ...needed, ALERT_WEBHOOK_SECRET_FILE: '/s' }, { '/s': 'x' }), [
      fault('ALERT_WEBHOOK_SECRET_FILE'),
    ]);
    t.same(faultsOf({ ...needed, ALERT_WEBHOOK_SECRET: 'x', CONFIG_FILE: '/c' }), [
      "CONFIG_FILE names '/c', which cannot be read (ENOENT)",
    ]);
  },
);

await t.test('a configuration file sets what the environment leaves open', async (t) => {
  const file = {
    '/c': 'ami: {host: other, username: stats, secret: hunter2}\nhttp: {port: 9090}\nstatsd: {prefix: office}',
  };
  const environment = { CONFIG_FILE: '/c', AMI_HOST: 'pbx', STATSD_PREFIX: '' };
  const { http, statsd } = configOf(environment, file);
  const ami = amiOf(environment, file);
  t.same([ami.host, ami.username, ami.secret.reveal()], ['pbx', 'stats', 'hunter2']);
  t.same(http, { host: '127.0.0.1', port: 9090 });
  t.equal(statsd.prefix, 'office');
  const result = load(environment, file);
  t.same(originOf(result, 'AMI_HOST'), { name: 'AMI_HOST', value: 'pbx', origin: 'environment' });
  t.same(originOf(result, 'HTTP_PORT'), { name: 'HTTP_PORT', value: '9090', origin: 'file' });
  t.same(originOf(result, 'AMI_SECRET'), { name: 'AMI_SECRET', value: '********', origin: 'file' });
});

await t.test('a secret in the environment wins over both ways to give it in the file', async (t) => {
  const inFile = { '/c': 'ami: {secret: other}', '/d': 'ami: {secretFile: /other}', '/s': 'hunter2' };
  const { AMI_SECRET: _, ...login } = needed;
  t.equal(amiOf({ ...needed, CONFIG_FILE: '/d' }, inFile).secret.reveal(), 'hunter2');
  t.equal(amiOf({ ...login, AMI_SECRET_FILE: '/s', CONFIG_FILE: '/c' }, inFile).secret.reveal(), 'hunter2');
  t.match(faultsOf({ ...login, CONFIG_FILE: '/c' }, { '/c': 'ami: {secret: a, secretFile: /b}' }), ['both set']);
});

await t.test('a fault in a configuration file names the variable and the file', async (t) => {
  t.same(faultsOf({ ...needed, CONFIG_FILE: '/c' }, { '/c': 'ami: {port: 0, prot: 1}\nstatsd: {protocol: sctp}' }), [
    "CONFIG_FILE '/c': 'ami.prot' is not known; did you mean ami.port?",
    "AMI_PORT in '/c' is '0'; it must be a whole number from 1 to 65535",
    "STATSD_PROTOCOL in '/c' is 'sctp'; it must be udp or tcp",
  ]);
});

await t.test('what is missing is not asked for while it may be in a file that cannot be read', async (t) => {
  t.same(faultsOf({ CONFIG_FILE: '/c' }), ["CONFIG_FILE names '/c', which cannot be read (ENOENT)"]);
});

await t.test('any text in any variable gives a configuration or faults that name a variable', async (t) => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.integer().map(String),
    fc.ipV6(),
    fc.domain(),
    fc.constantFrom('true', 'all', 'c', '\0'),
  );
  const environment = fc.dictionary(
    fc.oneof(fc.constantFrom(...[...settings.values()].map(({ env }) => env)), fc.string()),
    text,
  );
  const words = [...settings.values()].map(({ env }) => (env.includes('_') ? /^[A-Z]+_/.exec(env)?.[0] : `${env}\\b`));
  const names = new RegExp(`^[^ ]*(${words.join('|')})`);
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(environment, fc.string(), fc.boolean(), (given, file, isComplete) => {
        const result = loadConfig(isComplete ? { ...given, ...needed } : given, () => Buffer.from(file));
        return (
          result.kind !== 'faults' || (result.faults.length > 0 && result.faults.every((fault) => names.test(fault)))
        );
      }),
      { numRuns: 300 },
    ),
  );
});

await t.test(
  "a secret's text is in nothing that can be shown, wherever it came from and whatever is wrong",
  async (t) => {
    // Letters that are in no message, so that a find is a leak.
    const secret = fc.tuple(
      fc.constantFrom('', ' ', '\n', '\0', '\r\nAction: x', 'Ω'),
      fc.constantFrom('ЖЩЮ', 'ЖЩЮ'.repeat(2000)),
    );
    const place = fc.constantFrom('environment', 'secret file', 'file', 'misspelt');
    t.doesNotThrow(() =>
      fc.assert(
        fc.property(
          secret,
          place,
          fc.constantFrom('5038', 'x'),
          fc.boolean(),
          ([oddity, core], where, AMI_PORT, isFirst) => {
            const text = isFirst ? oddity + core : core + oddity;
            const { AMI_SECRET: _, ...login } = needed;
            const environment = {
              environment: { AMI_SECRET: text },
              'secret file': { AMI_SECRET_FILE: '/s' },
              file: { CONFIG_FILE: '/c' },
              misspelt: { AMI_PASSWORD: text },
            }[where];
            const result = load({ ...login, AMI_PORT, ...environment }, { '/s': text, '/c': `ami: {secret: ${text}}` });
            const shown = result.kind === 'config' ? renderEffective(result.settings) : '';
            return ![shown, JSON.stringify(result), inspect(result, { depth: 9, showHidden: true })].some((out) =>
              out.includes('ЖЩЮ'),
            );
          },
        ),
        { numRuns: 300 },
      ),
    );
  },
);
