import t from 'tap';
import { loadDetectorSettings } from '../../src/config/detector-settings.js';
import { detection } from './default-detection.js';

await t.test('nothing has to be set, and there is nothing but the detection', async (t) => {
  const loaded = loadDetectorSettings({});
  t.same(loaded.kind === 'config' && loaded.config, detection);
  t.ok(loaded.kind === 'config' && Object.isFrozen(loaded.config.ban));
});

await t.test('what is set holds, and what is no business of the detection is not looked at', async (t) => {
  const environment = { BAN_THRESHOLD: '5', HONEYPOT_ACCOUNTS: '9999, admin', AMI_PORT: 'x', CONFIG_FILE: '/absent' };
  t.match(loadDetectorSettings({ ...environment, PATH: '/bin', BAN_GROWTH: undefined }), {
    config: { ban: { threshold: 5, growth: 2 }, honeypot: { accounts: ['9999', 'admin'] } },
  });
});

await t.test('every fault is told at once', async (t) => {
  const environment = {
    BAN_TRESHOLD: '5',
    BAN_GROWTH: '1.5',
    BREACH_FAILURES: '9',
    BAN_SECONDS: '7200',
    BAN_SECONDS_MAX: '3600',
    HONEYPOT_ACCOUNTS: 'a,,b',
  };
  t.same(loadDetectorSettings(environment), {
    kind: 'faults',
    faults: [
      'BAN_TRESHOLD is not known; did you mean BAN_THRESHOLD?',
      'BREACH_FAILURES no longer exists: the detector weighs evidence instead; remove it',
      "BAN_GROWTH is '1.5'; it must be a whole number from 1 to 100",
      "HONEYPOT_ACCOUNTS is 'a,,b'; it must be names of accounts with commas between them, at most 1000",
      'BAN_SECONDS is 7200, more than BAN_SECONDS_MAX, which is 3600: change one of them',
    ],
  });
});
