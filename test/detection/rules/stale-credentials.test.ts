import t from 'tap';
import { staleCredentials } from '../../../src/detection/rules/stale-credentials.js';
import { addressRecord, attemptScene } from '../records.js';

const rule = staleCredentials();

await t.test('a device with an old password is told with its own count, and never banned', async (t) => {
  const scene = attemptScene(addressRecord({ attempts: 99 }), { isStale: true, failures: 40 });
  t.match(rule.onAttempt?.(scene), { severity: 'info', ban: null, attempts: 40, accounts: 1 });
});

await t.test('a guess is no device', async (t) => {
  t.equal(rule.onAttempt?.(attemptScene(addressRecord())), null);
});
