import t from 'tap';
import { terminalResult } from '../../../src/doctor/checks/terminal.js';
import { amiConfig } from '../pbx-fixture.js';

const look = (terminal: string | null, environment: Readonly<Record<string, string>> = {}) =>
  terminalResult(amiConfig(5038, environment), terminal);

await t.test('whoever sits where a ban would hit them is warned', async (t) => {
  const from = '203.0.113.9 50000 192.0.2.1 22';
  t.match(look(from), { verdict: 'note', fix: { text: 'ALLOWLIST=203.0.113.9' } });
  t.match(look(from, { DECISION_SOCKET: '/run/d', ALLOWLIST: '198.51.100.0/24' }), {
    verdict: 'mend',
    fix: { where: 'settings', text: 'ALLOWLIST=198.51.100.0/24,203.0.113.9' },
  });
  t.match(look(from, { ALLOWLIST: '203.0.113.0/24' }), { verdict: 'good', seen: /is on the allowlist/ });
  t.match(look('fe80::1%eth0 50000 fe80::2%eth0 22'), { verdict: 'good' });
});

await t.test('a terminal on this host cannot be banned', async (t) => {
  for (const terminal of [null, '', 'UNKNOWN 65535 ::1 22']) t.match(look(terminal), { verdict: 'good' });
});
