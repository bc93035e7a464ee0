import t from 'tap';
import { isFailedAuth, SECURITY_EVENT_NAMES, type SecurityEvent } from '../../src/domain/security-event.js';

await t.test('Asterisk has 15 security events, and three of them are failed authentications', async (t) => {
  t.equal(new Set(SECURITY_EVENT_NAMES).size, 15);
  const failed = SECURITY_EVENT_NAMES.filter((event) => isFailedAuth({ event } as SecurityEvent));
  t.strictSame(failed, ['InvalidAccountID', 'ChallengeResponseFailed', 'InvalidPassword']);
});
