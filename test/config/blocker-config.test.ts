import t from 'tap';
import { loadBlockerConfig } from '../../src/config/blocker-config.js';
import { PortRange } from '../../src/domain/port-range.js';

const noFile = () => {
  throw new Error('no file is named');
};

await t.test('nothing has to be set, and nobody is banned then', async (t) => {
  t.match(loadBlockerConfig({}, noFile), {
    kind: 'config',
    config: {
      firewall: 'dry-run',
      blocker: {
        ports: null,
        bansMax: 100_000,
        bansPerMinute: 1_000,
        verifySeconds: 5,
        flushOnStop: false,
        httpPort: null,
        socketGroup: null,
      },
      decision: { socket: '/run/asterisk-auth-stats/decisions.sock' },
      control: { socket: '/run/asterisk-auth-stats/control.sock' },
      statsd: { host: '127.0.0.1', prefix: null },
      allowlist: [],
      ami: { host: null },
      stateDir: null,
    },
  });
});

await t.test('what is set holds, and what is the exporter alone is left', async (t) => {
  const environment = {
    FIREWALL: 'nftables',
    BLOCKER_PORTS: '5060-5061',
    BLOCKER_HTTP_PORT: '9501',
    HTTP_PORT: '9500',
    HTTP_HOST: '::1',
    DECISION_SOCKET: '/run/decisions',
    CONTROL_SOCKET: '/run/control',
    BLOCKER_SOCKET_GROUP: 'asterisk',
    ALLOWLIST: '203.0.113.0/24',
    AMI_HOST: 'pbx',
    STATSD_PREFIX: 'office',
    STATE_DIR: '/var/lib/aas',
  };
  const loaded = loadBlockerConfig(environment, noFile);
  t.match(loaded, {
    config: {
      firewall: 'nftables',
      blocker: { ports: [new PortRange(5060, 5061)], httpPort: 9501, socketGroup: 'asterisk' },
      http: { host: '::1' },
      decision: { socket: '/run/decisions' },
      control: { socket: '/run/control' },
      allowlist: ['203.0.113.0/24'],
      ami: { host: 'pbx' },
      statsd: { host: '127.0.0.1', prefix: 'office' },
      stateDir: '/var/lib/aas',
    },
  });
  t.ok(loaded.kind === 'config' && Object.isFrozen(loaded.config.statsd));
  t.same(loaded.kind === 'config' && [loaded.config.http, loaded.config.ami], [{ host: '::1' }, { host: 'pbx' }]);
  const shown = loaded.kind === 'config' ? loaded.settings.find(({ name }) => name === 'BLOCKER_PORTS') : undefined;
  t.equal(shown?.value, '5060-5061');
});

await t.test('every fault is told, but not that a source is missing', async (t) => {
  t.match(loadBlockerConfig({ FIREWALL: 'pf', BLOCKER_BANS_MAX: '0', BLOCKER_BAN_MAX: '1', AMI_HOST: 'pbx' }, noFile), {
    kind: 'faults',
    faults: [
      /^BLOCKER_BAN_MAX is not known; did you mean BLOCKER_BANS_MAX/,
      /^FIREWALL is 'pf'; it must be dry-run, nftables or iptables/,
      /^BLOCKER_BANS_MAX is '0'; it must be a whole number from 1/,
    ],
  });
});

await t.test("files with the exporter's secrets are none of the blocker's business", async (t) => {
  const environment = { AMI_SECRET_FILE: '/run/secrets/ami', ALERT_WEBHOOK_URL_FILE: '/run/secrets/url' };
  t.match(loadBlockerConfig(environment, noFile), { kind: 'config' });
});

await t.test("a fault in what the exporter alone reads is none of the blocker's business either", async (t) => {
  t.match(loadBlockerConfig({ AMI_PORT: 'x', BAN_THRESHOLD: 'x', AMI_TLS_VERIFY: 'no' }, noFile), { kind: 'config' });
});
