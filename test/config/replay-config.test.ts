import t from 'tap';
import { loadReplayConfig } from '../../src/config/replay-config.js';

const noFile = () => {
  throw new Error('no file is named');
};

await t.test('nothing has to be set', (t) => {
  t.match(loadReplayConfig({}, noFile), {
    kind: 'config',
    config: {
      ban: { threshold: 10 },
      score: { addresses: 100_000 },
      allowlist: [],
      statsd: { host: '127.0.0.1' },
      decision: { socket: null },
      pbxName: null,
      ami: { host: null, messageBytesMax: 65_536 },
    },
  });
  t.end();
});

await t.test('what is set holds, and DETECT does not', (t) => {
  const environment = {
    AMI_HOST: 'pbx',
    BAN_THRESHOLD: '5',
    ALLOWLIST: '203.0.113.0/24',
    DECISION_SOCKET: '/run/blocker',
    PBX_NAME: 'office',
    DETECT: 'false',
  };
  const loaded = loadReplayConfig(environment, noFile);
  t.match(loaded, {
    config: {
      ban: { threshold: 5 },
      allowlist: ['203.0.113.0/24'],
      ami: { host: 'pbx' },
      statsd: { host: '127.0.0.1' },
      decision: { socket: '/run/blocker' },
      pbxName: 'office',
    },
  });
  t.notOk(loaded.kind === 'config' && 'detect' in loaded.config);
  t.ok(loaded.kind === 'config' && Object.isFrozen(loaded.config.ban));
  t.end();
});

await t.test('every fault is told, but not that a source is missing', (t) => {
  t.match(
    loadReplayConfig({ SOURCE: 'security-log', BAN_THRESHOLD: 'x', BAN_SECONDS: '900000', AMI_HOTS: 'x' }, noFile),
    {
      kind: 'faults',
      faults: [/AMI_HOTS/, /^BAN_THRESHOLD is 'x'/, /^BAN_SECONDS is 900000, more than BAN_SECONDS_MAX/],
    },
  );
  t.end();
});
