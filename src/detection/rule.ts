import type { RuleName, Severity, Subject } from '../domain/finding.js';
import type { AddressRecord, Told } from './records.js';
import type { AttemptScene, ProbeScene, SuccessScene } from './scene.js';

/** What a rule says of a scene. */
export interface Verdict {
  readonly severity: Severity;
  readonly subject: Subject;
  /** The record of the subject: it remembers what was told. */
  readonly holder: { told: Told | null };
  readonly since: number;
  readonly attempts: number;
  /** Distinct ones, at least. */
  readonly accounts: number;
  readonly addresses: number;
  /** What is to be banned, if the policy allows it; null: the rule only tells. */
  readonly ban: 'address' | 'prefix' | null;
}

/** One kind of attack. A rule keeps nothing: all that it knows is in the scene. */
export interface Rule {
  readonly name: RuleName;
  readonly onAttempt?: (scene: AttemptScene) => Verdict | null;
  readonly onProbe?: (scene: ProbeScene) => Verdict | null;
  readonly onSuccess?: (scene: SuccessScene) => Verdict | null;
}

/** How many accounts an address is trusted for. */
export type Trust = (address: AddressRecord, now: number) => number;

/** A verdict about the scene's address, with what its record says. */
export function addressVerdict(
  address: AddressRecord,
  severity: Severity,
  ban: Verdict['ban'],
  accounts: number,
): Verdict {
  return {
    severity,
    ban,
    subject: { kind: 'address', text: address.address },
    holder: address,
    since: address.firstAt,
    attempts: address.attempts,
    accounts: Math.round(accounts),
    addresses: 1,
  };
}
