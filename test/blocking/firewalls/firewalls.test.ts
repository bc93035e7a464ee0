import t from 'tap';
import { FIREWALLS, openFirewall } from '../../../src/blocking/firewalls/firewalls.js';
import { recordedLog } from '../../allowlist/fixtures.js';

await t.test('each name opens its firewall, and that touches nothing', async (t) => {
  for (const name of FIREWALLS) {
    const log = recordedLog();
    const firewall = openFirewall(name, { ports: null, log, now: () => 0 });
    t.equal(firewall.name, name);
    await firewall.close();
    t.strictSame(log.lines, []);
  }
});

await t.test('the dry run tells the log', async (t) => {
  const log = recordedLog();
  const firewall = openFirewall('dry-run', { ports: null, log, now: () => 0 });
  await firewall.install();
  t.equal(log.lines.length, 1);
  await firewall.close();
});
