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
  'honeypot',
  'unknown_trunk',
  'outage',
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

/** What a finding rests on. A closed list: each has its sentence in alerts, and its weight in an explanation. */
export const EVIDENCE_NAMES = [
  'guesses_here',
  'guesses_elsewhere',
  'guesses_nearby',
  'guesses_at_others',
  'tries_at_home',
  'names',
  'probes',
  'sockets',
  'pace',
  'persistence',
  'spread',
  'attackers',
  'shared_accounts',
  'first_login',
  'new_network',
  'home_in_use',
  'burst',
  'residents',
  'refused_at_home',
  'logins',
  'failures',
  'honeypot',
  'calls',
  'unproven',
] as const;

export type EvidenceName = (typeof EVIDENCE_NAMES)[number];

/** One fact, how many times it was seen, and how much it counts: 1 decides alone, 0 only explains. */
export interface Evidence {
  readonly name: EvidenceName;
  readonly count: number;
  readonly weight: number;
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
  /** People live at the address, and the socket that would have to be banned is theirs too, or changes each time. */
  | 'lived_in'
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
  /** Of the ban that was decided: `203.0.113.9`, `203.0.113.9:5062`, a prefix; null without one. */
  readonly banTarget: string | null;
  readonly banSeconds: number | null;
  /** What it rests on, the weightiest first. */
  readonly evidence: readonly Evidence[];
}
