import t from 'tap';
import type { Address } from '../../src/domain/remote-address.js';
import type { SecurityEvent } from '../../src/domain/security-event.js';
import { unprovenLogins } from '../../src/status/unproven-logins.js';
import { recordedLog } from '../metrics/fixtures.js';

function login(service: string, isRegistration: boolean): SecurityEvent {
  const address = '198.51.100.21' as Address;
  return {
    event: 'SuccessfulAuth',
    pbx: 'pbx',
    at: 0,
    service,
    account: '121',
    sessionId: '0x1',
    remote: { family: 'IPV4', transport: 'UDP', address, port: 5060, endpoint: `IPV4/UDP/${address}` },
    local: null,
    usingPassword: true,
    isRegistration,
  };
}

function setUp() {
  const { lines, ...log } = recordedLog();
  const watch = unprovenLogins(log);
  const see = (count: number, event: SecurityEvent) => {
    for (let i = 0; i < count; i++) watch(event);
  };
  return { lines, see };
}

await t.test('twenty logins with chan_sip without a registration are a warning, once', async (t) => {
  const { lines, see } = setUp();
  see(19, login('SIP', false));
  t.strictSame(lines, []);
  see(100, login('SIP', false));
  t.match(lines, [['warn', { logins: 20 }, /earn no trust.*read = security,system/]]);
  t.equal(lines.length, 1);
});

await t.test('after a registration there is nothing to warn of, nor on a PBX without chan_sip', async (t) => {
  const { lines, see } = setUp();
  see(19, login('SIP', false));
  see(100, login('PJSIP', false));
  see(100, { ...login('SIP', false), event: 'ChallengeSent' });
  see(1, login('SIP', true));
  see(100, login('SIP', false));
  t.strictSame(lines, []);
});
