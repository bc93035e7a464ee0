import type { Limits } from '../limits.js';
import type { PbxRecord } from '../pbx.js';
import type { Rule, Verdict } from '../rule.js';
import type { AttemptScene, SuccessScene } from '../scene.js';

const MINUTE_MS = 60_000;

/** Far more than this PBX is used to: an attack by very many, or all phones registering at once after an outage. */
export function storm({ stormPerMinute, stormFactor }: Limits): Rule {
  const judge = ({ pbx, observation, now }: AttemptScene | SuccessScene): Verdict | null => {
    const count = pbx.failures + pbx.logins;
    return count >= stormPerMinute && count >= pbx.baseline * stormFactor ? verdict(pbx, observation.pbx, now) : null;
  };
  return { name: 'storm', onAttempt: judge, onSuccess: judge };
}

function verdict(pbx: PbxRecord, name: string, now: number): Verdict {
  return {
    severity: 'warning',
    ban: null,
    subject: { kind: 'pbx', text: name },
    holder: pbx,
    since: now - (now % MINUTE_MS),
    attempts: pbx.failures,
    accounts: 0,
    addresses: 0,
    evidence: [
      { name: 'failures', count: pbx.failures, weight: pbx.failures >= pbx.logins ? 1 : 0 },
      { name: 'logins', count: pbx.logins, weight: pbx.failures >= pbx.logins ? 0 : 1 },
    ],
  };
}
