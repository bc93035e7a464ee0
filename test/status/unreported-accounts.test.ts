import t from 'tap';
import type { Log } from '../../src/domain/log.js';
import { parseEndpoint } from '../../src/domain/remote-address.js';
import type { SecurityEvent, SecurityEventName } from '../../src/domain/security-event.js';
import { unreportedAccounts } from '../../src/status/unreported-accounts.js';

function setUp() {
  const said: unknown[][] = [];
  const log = { warn: (...words: unknown[]) => said.push(words) } as unknown as Log;
  const watch = unreportedAccounts(log);
  const tell = (name: SecurityEventName, account: string | null, times = 1, service = 'PJSIP') => {
    const endpoint = parseEndpoint('IPV4/UDP/203.0.113.9');
    const event = { event: name, service, account, at: 0, pbx: 'p', sessionId: 's', remote: endpoint };
    for (let time = 0; time < times; time++) watch(event as unknown as SecurityEvent);
  };
  return { said, tell };
}

await t.test('twenty guesses at unknown accounts without InvalidAccountID are a warning, once', async (t) => {
  const { said, tell } = setUp();
  tell('ChallengeResponseFailed', '<unknown>', 19);
  t.strictSame(said, []);
  tell('ChallengeResponseFailed', '<unknown>', 100);
  t.equal(said.length, 1);
  t.match(said, [[{ guesses: 20, missing: ['InvalidAccountID'] }, /eventfilter.*endpoint_identifier_order/]]);
});

await t.test('one InvalidAccountID settles it, and known accounts or other services say nothing of it', async (t) => {
  const { said, tell } = setUp();
  tell('ChallengeResponseFailed', '101', 50);
  tell('ChallengeResponseFailed', '<unknown>', 50, 'AMI');
  tell('InvalidAccountID', '9999');
  tell('ChallengeResponseFailed', '<unknown>', 50);
  t.strictSame(said, []);
});
