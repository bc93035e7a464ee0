import type { Proof } from './attempt.js';
import type { Address } from './remote-address.js';

/** The rules, in the order in which they are told. A closed list: each is part of a meter's name. */
export const RULE_NAMES = [
  'breach',
  'brute_force',
  'enumeration',
  'password_spray',
  'distributed',
  'low_and_slow',
  'trusted_at_risk',
  'stale_credentials',
  'storm',
  'unproven_flood',
] as const;

export type RuleName = (typeof RULE_NAMES)[number];

/** From "good to know" to "get up". */
export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** From 0, the least severe; to compare with. */
export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

/** What a finding is about. `text` is an address, `203.0.113.0/24`, an account (hostile text) or the PBX's name. */
export interface Subject {
  readonly kind: 'address' | 'prefix' | 'account' | 'pbx';
  readonly text: string;
}

/** What was done about it. */
export type FindingAction =
  /** A ban was decided. */
  | 'ban'
  /** The address has one already. */
  | 'already_banned'
  /** The rule never bans. */
  | 'none'
  /** The address is on the allowlist. */
  | 'allowlisted'
  /** The address has authenticated lately, and what it did is not enough to forget that. */
  | 'trusted'
  /** BAN_UNPROVEN=never, and nothing proves that the address is the sender's. */
  | 'unproven'
  /** The limit of bans per minute on unproven evidence is reached. */
  | 'unproven_cap';

/** Something that an operator should know. */
export interface Finding {
  readonly rule: RuleName;
  readonly severity: Severity;
  readonly subject: Subject;
  readonly pbx: string;
  readonly service: string;
  /** When it was found, and when what it sums up began; milliseconds since the Unix epoch. */
  readonly at: number;
  readonly since: number;
  /** Guesses that it sums up. */
  readonly attempts: number;
  /** Distinct accounts that were guessed, at least. */
  readonly accounts: number;
  /** Distinct addresses that guessed, at least. */
  readonly addresses: number;
  /** The address of the last observation; null for a finding about the PBX. */
  readonly address: Address | null;
  /** The account of the last observation; hostile text. */
  readonly account: string | null;
  readonly proof: Proof | null;
  readonly action: FindingAction;
  /** Of the ban that was decided; null without one. */
  readonly banSeconds: number | null;
}
