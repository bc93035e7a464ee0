import type { Enforcer } from '../blocking/enforcer.js';
import type { ListedBan } from '../domain/ban.js';
import { type BlockerStatus, type Operator, PORTS_TOLD_MAX } from '../wire/operator.js';

/** Told to an operator instead of an answer. */
const NOT_YET = 'the firewall does not take it now; it is told again until it does (see: bans status)';

/** What is used of an enforcer. */
export type OperatedEnforcer = Pick<Enforcer, 'list' | 'ban' | 'unban' | 'flush' | 'test' | 'status'>;

/** @returns what an operator can have the enforcer do. */
export function operatorOf(enforcer: OperatedEnforcer, now: () => number): Operator {
  return {
    list: async () => enforcer.list(),
    add: (ban) => enforcer.ban({ ...ban, origin: 'manual', pbx: null, attempts: null }),
    remove: async (target) => {
      const { isEnded, ports, reason } = await enforcer.unban(target, 'manual');
      if (reason === 'firewall') throw new Error(NOT_YET);
      const told = ports.slice(0, PORTS_TOLD_MAX);
      return { isRemoved: isEnded, sockets: ports.length, ports: told, isSaved: reason !== 'unsaved' };
    },
    flush: async () => {
      const { ended, reason } = await enforcer.flush();
      if (reason === 'firewall') throw new Error(NOT_YET);
      return { count: ended, isSaved: reason !== 'unsaved' };
    },
    test: async (target) => {
      const { refusal, bannedBy, sockets } = enforcer.test(target);
      return { refusal, ban: bannedBy.reduce<ListedBan | null>(later, null), sockets };
    },
    status: async () => statusOf(enforcer, now()),
  };
}

function later(ban: ListedBan | null, other: ListedBan): ListedBan {
  return ban === null || other.until > ban.until ? other : ban;
}

function statusOf(enforcer: OperatedEnforcer, now: number): BlockerStatus {
  const { firewall, desired, sockets, enforced, verifiedSeconds, bansMax, bansPerMinute, ...failing } =
    enforcer.status();
  const faults = [
    ...(failing.isFirewallFailing ? ['the firewall does not take what it is told'] : []),
    ...(failing.isStoreFailing ? ['bans cannot be saved'] : []),
  ];
  return {
    firewall,
    fault: faults.length === 0 ? null : `${faults.join(', and ')}: the log of the blocker says why`,
    desired,
    sockets,
    enforced,
    verifiedAt: Math.round(now - verifiedSeconds * 1000),
    bansMax,
    bansPerMinute,
  };
}
