import { inspect } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { type LoadResult, loadConfig } from '../../src/config/load-config.js';
import { renderEffective } from '../../src/config/render.js';
import { settings } from '../../src/config/schema.js';
import type { ReadFile } from '../../src/config/text-file.js';
import type { Environment } from '../../src/config/unknown-variables.js';

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

function faultsOf(environment: Environment, texts = {}): readonly string[] {
  const result = load(environment, texts);
  return result.kind === 'faults' ? result.faults : [];
}

const originOf = (result: LoadResult, name: string) =>
  result.kind === 'config' ? result.settings.find((setting) => setting.name === name) : undefined;

await t.test('with what is required and nothing else, the rest has its documented default', async (t) => {
  const { ami, ...rest } = configOf(needed);
  const { secret, ...login } = ami;
  t.equal(secret.reveal(), 'hunter2');
  t.same(login, {
    host: 'pbx',
    port: 5038,
    username: 'stats',
    tls: null,
    login: 'auto',
    events: 'security,system',
    connectSeconds: 10,
    loginSeconds: 10,
    pingSeconds: 15,
    pingDeadlineSeconds: 5,
    reconnectMaxSeconds: 30,
    messageBytesMax: 65536,
  });
  t.same(rest, {
    statsd: { host: '127.0.0.1', port: 8125, protocol: 'udp', prefix: '', meterType: 'c', packetBytes: 1432 },
    flushMs: 1000,
    addresses: { perFlush: 1000, remembered: 10000 },
    http: null,
    logLevel: 'info',
    pbxName: null,
    stopSeconds: 10,
  });
});

await t.test('nothing can be changed in a configuration, at any depth', async (t) => {
  const config = configOf({ ...needed, AMI_TLS: '1', HTTP_PORT: '9090' });
  for (const part of [
    config,
    config.ami,
    config.ami.tls,
    config.ami.secret,
    config.statsd,
    config.addresses,
    config.http,
  ]) {
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
  t.equal(configOf({ ...needed, AMI_TLS: 'yes' }).ami.port, 5039);
  t.equal(configOf({ ...needed, AMI_TLS: 'yes', AMI_PORT: '5038' }).ami.port, 5038);
  t.equal(configOf({ ...needed, AMI_TLS: 'no' }).ami.port, 5038);
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
  t.same(configOf(tls, { '/ca': authority }).ami.tls, { ca: authority, serverName: null, verify: true });
  t.same(faultsOf(tls), ["AMI_TLS_CA_FILE names '/ca', which cannot be read (ENOENT)"]);
  t.same(faultsOf(tls, { '/ca': 'x' }), ["AMI_TLS_CA_FILE names '/ca', which is no certificate in PEM form"]);
  t.match(faultsOf(tls, { '/ca': 'x'.repeat(1_048_577) }), ['longer than 1048576 bytes']);
  const lax = { ...needed, AMI_TLS: 'true', AMI_TLS_VERIFY: 'false', AMI_TLS_SERVER_NAME: 'pbx.example.com' };
  t.same(configOf(lax).ami.tls, { ca: null, serverName: 'pbx.example.com', verify: false });
});

await t.test('the secret can be in a file, whose last line break is no part of it', async (t) => {
  const { AMI_SECRET: _, ...login } = needed;
  const environment = { ...login, AMI_SECRET_FILE: '/s' };
  for (const text of ['hunter2', 'hunter2\n', 'hunter2\r\n']) {
    t.equal(configOf(environment, { '/s': text }).ami.secret.reveal(), 'hunter2');
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

await t.test('a configuration file sets what the environment leaves open', async (t) => {
  const file = {
    '/c': 'ami: {host: other, username: stats, secret: hunter2}\nhttp: {port: 9090}\nstatsd: {prefix: office}',
  };
  const environment = { CONFIG_FILE: '/c', AMI_HOST: 'pbx', STATSD_PREFIX: '' };
  const { ami, http, statsd } = configOf(environment, file);
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
  t.equal(configOf({ ...needed, CONFIG_FILE: '/d' }, inFile).ami.secret.reveal(), 'hunter2');
  t.equal(configOf({ ...login, AMI_SECRET_FILE: '/s', CONFIG_FILE: '/c' }, inFile).ami.secret.reveal(), 'hunter2');
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
  const names = /^[^ ]*(AMI|STATSD|FLUSH|ADDRESSES|HTTP|LOG|PBX|STOP|CONFIG)_/;
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
