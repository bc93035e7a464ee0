import type { Rule } from '../rule.js';

/** So many accounts refused where they live, within an hour, are no coincidence. */
const ACCOUNTS = 10;

/** The PBX's own mistake: a database that is away, or passwords that were changed for many phones at once. */
export function outage(): Rule {
  return {
    name: 'outage',
    onAttempt: ({ nature, pbx, observation, now }) => {
      if ((nature !== 'own' && nature !== 'missing') || pbx.refused.size < ACCOUNTS) return null;
      return {
        severity: 'warning',
        subject: { kind: 'pbx', text: observation.pbx },
        holder: pbx,
        since: Math.min(pbx.refused.at, now),
        attempts: pbx.refused.size,
        accounts: pbx.refused.size,
        addresses: 0,
        ban: null,
        evidence: [{ name: 'refused_at_home', count: pbx.refused.size, weight: 1 }],
      };
    },
  };
}
