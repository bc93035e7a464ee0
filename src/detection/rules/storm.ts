import type { Pace } from '../records.js';
import type { Rule, Verdict } from '../rule.js';
import type { AttemptScene, SuccessScene } from '../scene.js';

export interface StormThresholds {
  /** Guesses and logins a minute below which nothing is a storm. */
  readonly stormPerMinute: number;
  /** How many times the PBX's own usual rate is one. */
  readonly stormFactor: number;
}

const MINUTE_MS = 60_000;

/** Far more than this PBX is used to: an attack by very many, or all phones registering at once after an outage. */
export function storm({ stormPerMinute, stormFactor }: StormThresholds): Rule {
  const judge = ({ pace, observation, now }: AttemptScene | SuccessScene): Verdict | null =>
    pace.count >= stormPerMinute && pace.count >= pace.baseline * stormFactor
      ? verdict(pace, observation.pbx, now)
      : null;
  return { name: 'storm', onAttempt: judge, onSuccess: judge };
}

function verdict(pace: Pace, pbx: string, now: number): Verdict {
  return {
    severity: 'warning',
    ban: null,
    subject: { kind: 'pbx', text: pbx },
    holder: pace,
    since: now - (now % MINUTE_MS),
    attempts: pace.count,
    accounts: 0,
    addresses: 0,
  };
}
