import t from 'tap';
import { type OperatedEnforcer, operatorOf } from '../../src/blocker/operator.js';
import type { ListedBan } from '../../src/blocking/listed-ban.js';
import { type Prefix, parsePrefix } from '../../src/domain/address-set.js';

const NOW = 1_700_000_000_000;
const PREFIX = parsePrefix('203.0.113.9') as Prefix;

const listed = (address: string, until: number): ListedBan => ({
  address,
  since: NOW,
  until,
  origin: 'manual',
  reason: 'test',
  pbx: null,
  attempts: null,
  remainingSeconds: 1,
  packets: null,
  isEnforced: true,
});

const STATUS: ReturnType<OperatedEnforcer['status']> = {
  firewall: 'nftables',
  desired: 2,
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
    unban: async (prefix, origin) => {
      asked.push([prefix, origin]);
      return { isEnded: true, reason: null };
    },
    flush: async () => ({ ended: 7, reason: null }),
    test: () => ({ refusal: null, bannedBy: [] }),
    status: () => STATUS,
    ...changes,
  };
  return { operator: operatorOf(enforcer, () => NOW), asked };
}

await t.test("an operator's ban is one that no decision shortens or ends", async (t) => {
  const { operator, asked } = operated();
  await operator.add({ prefix: PREFIX, seconds: 60, reason: 'abuse' });
  t.strictSame(asked, [{ prefix: PREFIX, seconds: 60, reason: 'abuse', origin: 'manual', pbx: null, attempts: null }]);
  t.equal(await operator.remove(PREFIX), true);
  t.strictSame(asked[1], [PREFIX, 'manual']);
  t.equal(await operator.flush(), 7);
  t.match(await operator.list(), [{ address: '203.0.113.9/32' }]);
});

await t.test('of several bans that hold the one that ends last is told', async (t) => {
  const bannedBy = [
    listed('203.0.113.9/32', NOW + 1),
    listed('203.0.113.0/24', NOW + 3),
    listed('203.0.0.0/16', NOW + 2),
  ];
  const { operator } = operated({ test: () => ({ refusal: null, bannedBy }) });
  t.match(await operator.test(PREFIX), { refusal: null, ban: { address: '203.0.113.0/24' } });
  t.strictSame(await operated().operator.test(PREFIX), { refusal: null, ban: null });
});

await t.test('what is wrong is in the status, in words', async (t) => {
  t.match(await operated().operator.status(), { fault: null, verifiedAt: NOW - 3000, desired: 2, enforced: 1 });
  const failing = { ...STATUS, isFirewallFailing: true, isStoreFailing: true };
  t.match(await operated({ status: () => failing }).operator.status(), {
    fault: 'the firewall does not take what it is told, and bans cannot be saved: the log of the blocker says why',
  });
});

await t.test('what the firewall has not taken yet is told as that, and not as done', async (t) => {
  const { operator } = operated({
    unban: async () => ({ isEnded: false, reason: 'firewall' }),
    flush: async () => ({ ended: 3, reason: 'firewall' }),
  });
  await t.rejects(operator.remove(PREFIX), { message: /the firewall does not take it now/ });
  await t.rejects(operator.flush(), { message: /the firewall does not take it now/ });
});
