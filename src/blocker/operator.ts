import type { Enforcer } from '../blocking/enforcer.js';
import type { BlockerStatus, ListedBan, Operator } from '../wire/operator.js';

/** Told to an operator instead of an answer. */
const NOT_YET = 'the firewall does not take it now; it is told again until it does (see: bans status)';

/** What is used of an enforcer. */
export type OperatedEnforcer = Pick<Enforcer, 'list' | 'ban' | 'unban' | 'flush' | 'test' | 'status'>;

/** @returns what an operator can have the enforcer do. */
export function operatorOf(enforcer: OperatedEnforcer, now: () => number): Operator {
  return {
    list: async () => enforcer.list(),
    add: (ban) => enforcer.ban({ ...ban, origin: 'manual', pbx: null, attempts: null }),
    remove: async (prefix) => {
      const { isEnded, reason } = await enforcer.unban(prefix, 'manual');
      if (reason === 'firewall') throw new Error(NOT_YET);
      return isEnded;
    },
    flush: async () => {
      const { ended, reason } = await enforcer.flush();
      if (reason === 'firewall') throw new Error(NOT_YET);
      return ended;
    },
    test: async (prefix) => {
      const { refusal, bannedBy } = enforcer.test(prefix);
      return { refusal, ban: bannedBy.reduce<ListedBan | null>(later, null) };
    },
    status: async () => statusOf(enforcer, now()),
  };
}

function later(ban: ListedBan | null, other: ListedBan): ListedBan {
  return ban === null || other.until > ban.until ? other : ban;
}

function statusOf(enforcer: OperatedEnforcer, now: number): BlockerStatus {
  const { firewall, desired, enforced, verifiedSeconds, bansMax, bansPerMinute, ...failing } = enforcer.status();
  const faults = [
    ...(failing.isFirewallFailing ? ['the firewall does not take what it is told'] : []),
    ...(failing.isStoreFailing ? ['bans cannot be saved'] : []),
  ];
  return {
    firewall,
    fault: faults.length === 0 ? null : `${faults.join(', and ')}: the log of the blocker says why`,
    desired,
    enforced,
    verifiedAt: Math.round(now - verifiedSeconds * 1000),
    bansMax,
    bansPerMinute,
  };
}
