import t from 'tap';
import type { FirewallChange } from '../../../src/blocking/firewall.js';
import { DryRunFirewall } from '../../../src/blocking/firewalls/dry-run.js';
import { recordedLog } from '../../allowlist/fixtures.js';
import { targetOf } from './targets.js';

const host = targetOf('203.0.113.9');
const network = targetOf('203.0.113.0/24');
const add = (target: typeof host, seconds: number): FirewallChange => ({ kind: 'add', target, seconds });

function newFirewall() {
  const log = recordedLog();
  const clock = { now: 1_000 };
  const firewall = new DryRunFirewall({ log, now: () => clock.now });
  const seconds = async () => [...(await firewall.read()).bans].map(([address, ban]) => [address, ban.seconds]);
  return { log, clock, firewall, seconds };
}

await t.test('it says what it would do', async (t) => {
  const { firewall, log } = newFirewall();
  await firewall.install();
  await firewall.install();
  await firewall.apply([
    add(host, 3600),
    add(network, 60),
    add(targetOf('[2001:db8::1]:5062'), 7),
    { kind: 'remove', target: host },
  ]);
  await firewall.uninstall();
  await firewall.close();
  t.strictSame(log.lines, [
    ['info', {}, 'dry run: the log tells what would be banned, and nothing is'],
    ['info', { target: '203.0.113.9/32', seconds: 3600 }, 'would ban 203.0.113.9/32 for 3600 s'],
    ['info', { target: '203.0.113.0/24', seconds: 60 }, 'would ban 203.0.113.0/24 for 60 s'],
    ['info', { target: '[2001:db8::1]:5062', seconds: 7 }, 'would ban [2001:db8::1]:5062 for 7 s'],
    ['info', { target: '203.0.113.9/32' }, 'would unban 203.0.113.9/32'],
    ['info', {}, 'dry run: would end all bans'],
  ]);
});

await t.test('what it was told it answers until the time is over', async (t) => {
  const { firewall, clock, seconds } = newFirewall();
  await firewall.apply([add(host, 60), add(network, 10)]);
  t.strictSame(await firewall.read(), {
    isInstalled: false,
    bans: new Map([
      ['203.0.113.9/32', { target: host, seconds: 60, packets: null }],
      ['203.0.113.0/24', { target: network, seconds: 10, packets: null }],
    ]),
    dropped: { packets: 0, bytes: 0 },
  });
  clock.now += 9_001;
  t.strictSame(await seconds(), [
    ['203.0.113.9/32', 50],
    ['203.0.113.0/24', 0],
  ]);
  clock.now += 999;
  t.strictSame(await seconds(), [['203.0.113.9/32', 50]]);
  clock.now -= 5_000;
  t.equal((await seconds()).length, 1, 'what is over is forgotten');
});

await t.test('the time of a known ban begins anew', async (t) => {
  const { firewall, clock, seconds } = newFirewall();
  await firewall.apply([add(host, 60)]);
  clock.now += 30_000;
  await firewall.apply([add(host, 40)]);
  t.strictSame(await seconds(), [['203.0.113.9/32', 40]]);
});

await t.test('who was not banned is not unbanned', async (t) => {
  const { firewall, log } = newFirewall();
  await firewall.apply([{ kind: 'remove', target: host }]);
  t.strictSame(log.lines, []);
});

await t.test('it is installed from install to uninstall, and then knows nobody', async (t) => {
  const { firewall } = newFirewall();
  await firewall.install();
  await firewall.apply([add(host, 60)]);
  t.match(await firewall.read(), { isInstalled: true });
  await firewall.uninstall();
  t.match(await firewall.read(), { isInstalled: false });
  t.equal((await firewall.read()).bans.size, 0);
});
