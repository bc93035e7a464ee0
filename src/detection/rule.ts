import type { Evidence, RuleName, Severity, Subject } from '../domain/finding.js';
import type { PlaceRecord } from './places.js';
import type { AttemptScene, ProbeScene, SilenceScene, SuccessScene } from './scene.js';
import type { Told } from './told.js';

/** What a rule wants banned, and how sure it is: the law of bans (`ban-policy.ts`) has the terms. */
export interface Wanted {
  readonly target: 'socket' | 'place' | 'network';
  /** `device`: it may be a phone. `churn`: at one account. `attack`: nobody innocent does this. `campaign`: one of many. */
  readonly term: 'device' | 'churn' | 'attack' | 'campaign';
}

/** What a rule says of a scene. */
export interface Verdict {
  readonly severity: Severity;
  readonly subject: Subject;
  /** The record of the subject: it remembers what was told. */
  readonly holder: { told: Told | null };
  readonly since: number;
  /** Guesses and requests that it sums up. */
  readonly attempts: number;
  /** Distinct ones, at least. */
  readonly accounts: number;
  readonly addresses: number;
  /** What is to be banned, if the law allows it; null: the rule only tells. */
  readonly ban: Wanted | null;
  /** What the verdict rests on, the weightiest first. */
  readonly evidence: readonly Evidence[];
}

/** One kind of attack. A rule keeps nothing: all that it knows is in the scene. */
export interface Rule {
  readonly name: RuleName;
  readonly onAttempt?: (scene: AttemptScene) => Verdict | null;
  readonly onProbe?: (scene: ProbeScene) => Verdict | null;
  readonly onSilence?: (scene: SilenceScene) => Verdict | null;
  readonly onSuccess?: (scene: SuccessScene) => Verdict | null;
}

/** A verdict about the scene's place, with what its record says. */
export function placeVerdict(
  place: PlaceRecord,
  details: Pick<Verdict, 'severity' | 'ban' | 'evidence'> & Partial<Pick<Verdict, 'attempts' | 'accounts' | 'since'>>,
): Verdict {
  return {
    subject: subjectOf(place),
    holder: place,
    since: place.firstAt,
    attempts: place.attempts,
    accounts: Math.round(place.accounts.points),
    addresses: 1,
    ...details,
  };
}

/** The address, or the /64 once two of its addresses have failed. */
function subjectOf({ key, host }: PlaceRecord): Subject {
  return host === null ? { kind: 'prefix', text: key } : { kind: 'address', text: host };
}
