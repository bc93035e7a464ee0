import t from 'tap';
import { type OperatedEnforcer, operatorOf } from '../../src/blocker/operator.js';
import type { ListedBan } from '../../src/domain/ban.js';
import { type BanTarget, parseTarget } from '../../src/domain/ban-target.js';

const NOW = 1_700_000_000_000;
const TARGET = parseTarget('203.0.113.9') as BanTarget;

const listed = (address: string, until: number): ListedBan => ({
  address,
  port: null,
  since: NOW,
  until,
  origin: 'manual',
  reason: 'test',
  pbx: null,
  attempts: null,
  packets: null,
  isEnforced: true,
});

const STATUS: ReturnType<OperatedEnforcer['status']> = {
  firewall: 'nftables',
  desired: 2,
  sockets: 1,
  enforced: 1,
  verifiedSeconds: 3,
  isFirewallFailing: false,
  isStoreFailing: false,
  bansMax: 10,
  bansPerMinute: 5,
};

function operated(changes: Partial<OperatedEnforcer> = {}) {
  const asked: unknown[] = [];
  const enforcer: OperatedEnforcer = {
    list: () => [listed('203.0.113.9/32', NOW + 1000)],
    ban: async (request) => {
      asked.push(request);
      return { result: 'banned', reason: null };
    },
    unban: async (target, origin) => {
      asked.push([target, origin]);
      return { isEnded: true, ports: [5062], reason: null };
    },
    flush: async () => ({ ended: 7, reason: null }),
    test: () => ({ refusal: null, bannedBy: [], sockets: 3 }),
    status: () => STATUS,
    ...changes,
  };
  return { operator: operatorOf(enforcer, () => NOW), asked };
}

await t.test("an operator's ban is one that no decision shortens or ends", async (t) => {
  const { operator, asked } = operated();
  await operator.add({ target: TARGET, seconds: 60, reason: 'abuse' });
  t.strictSame(asked, [{ target: TARGET, seconds: 60, reason: 'abuse', origin: 'manual', pbx: null, attempts: null }]);
  t.strictSame(await operator.remove(TARGET), { isRemoved: true, sockets: 1, ports: [5062], isSaved: true });
  t.strictSame(asked[1], [TARGET, 'manual']);
  t.strictSame(await operator.flush(), { count: 7, isSaved: true });
  t.match(await operator.list(), [{ address: '203.0.113.9/32' }]);
});

await t.test('of several bans that hold the one that ends last is told', async (t) => {
  const bannedBy = [
    listed('203.0.113.9/32', NOW + 1),
    listed('203.0.113.0/24', NOW + 3),
    listed('203.0.0.0/16', NOW + 2),
  ];
  const { operator } = operated({ test: () => ({ refusal: null, bannedBy, sockets: 0 }) });
  t.match(await operator.test(TARGET), { refusal: null, ban: { address: '203.0.113.0/24' } });
  t.strictSame(await operated().operator.test(TARGET), { refusal: null, ban: null, sockets: 3 });
});

await t.test('what is wrong is in the status, in words', async (t) => {
  t.match(await operated().operator.status(), {
    fault: null,
    verifiedAt: NOW - 3000,
    desired: 2,
    sockets: 1,
    enforced: 1,
  });
  const failing = { ...STATUS, isFirewallFailing: true, isStoreFailing: true };
  t.match(await operated({ status: () => failing }).operator.status(), {
    fault: 'the firewall does not take what it is told, and bans cannot be saved: the log of the blocker says why',
  });
});

await t.test('what the firewall has not taken yet is told as that, and not as done', async (t) => {
  const { operator } = operated({
    unban: async () => ({ isEnded: false, ports: [], reason: 'firewall' }),
    flush: async () => ({ ended: 3, reason: 'firewall' }),
  });
  await t.rejects(operator.remove(TARGET), { message: /the firewall does not take it now/ });
  await t.rejects(operator.flush(), { message: /the firewall does not take it now/ });
});

await t.test('an end that is not on the disk is told as that', async (t) => {
  const ports = Array.from({ length: 100 }, (_, at) => at + 1);
  const { operator } = operated({
    unban: async () => ({ isEnded: true, ports, reason: 'unsaved' }),
    flush: async () => ({ ended: 3, reason: 'unsaved' }),
  });
  const told = ports.slice(0, 64);
  t.strictSame(await operator.remove(TARGET), { isRemoved: true, sockets: 100, ports: told, isSaved: false });
  t.strictSame(await operator.flush(), { count: 3, isSaved: false });
});
