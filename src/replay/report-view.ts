import type { AttemptOutcome } from '../domain/attempt.js';
import type { FindingAction, RuleName } from '../domain/finding.js';
import type { MalformedReason } from '../domain/source.js';
import type { ListedFinding } from './finding-list.js';
import type { InputFormat } from './input-format.js';

/** A number of different things; an estimate may be wrong by some per cent. */
export interface Distinct {
  readonly count: number;
  readonly isEstimate: boolean;
}

export interface InputView {
  readonly name: string;
  /** Null: there was nothing in it. */
  readonly format: InputFormat | null;
  /** As they are in the file, compressed ones included. */
  readonly bytes: number;
  /** Why it could not be read to its end; null where it was. */
  readonly fault: string | null;
}

export interface FirstBan {
  /** Milliseconds since the Unix epoch, as all times here. */
  readonly at: number;
  /** Attempts of the address up to then. */
  readonly attempts: number;
  readonly reason: RuleName;
  readonly seconds: number;
  /** The address itself with its length, the prefix that it is in, or one socket of it. */
  readonly target: string;
}

export interface AttackerView {
  readonly address: string;
  readonly attempts: number;
  readonly probes: number;
  readonly accounts: Distinct;
  readonly services: readonly string[];
  readonly firstAt: number;
  readonly lastAt: number;
  readonly firstBan: FirstBan | null;
  /** Why it was not banned when a rule wanted to, the last time; null: no rule wanted to. */
  readonly spared: FindingAction | null;
  readonly bans: number;
  /** Attempts that its bans would have kept out. */
  readonly keptOut: number;
}

export interface AccountView {
  /** Hostile text, at most 128 characters of it. */
  readonly account: string;
  readonly service: string;
  readonly attempts: number;
  readonly addresses: Distinct;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** Logins that bans would have refused, and the addresses with the most of them. */
export interface RefusedKindView {
  readonly logins: number;
  readonly addresses: Ranked<{ readonly address: string; readonly logins: number }>;
}

/** What the bans would have cost. */
export interface RefusedView {
  readonly good: RefusedKindView;
  /** Findings call them break-ins. */
  readonly guessed: RefusedKindView;
  /** Of chan_sip, where nothing shows that a password was known. */
  readonly unproven: RefusedKindView;
}

/** All that a replay found out, as plain values. */
export interface ReportView {
  readonly refused: RefusedView;
  readonly inputs: readonly InputView[];
  /** Somebody stopped it before the end. */
  readonly isInterrupted: boolean;
  readonly totals: {
    readonly events: number;
    readonly failed: number;
    readonly attempts: number;
    readonly outcomes: Readonly<Record<AttemptOutcome, number>>;
    readonly probes: number;
    readonly logins: number;
    /** Lines of a log that say nothing of security. */
    readonly ignored: number;
    readonly malformed: Readonly<Partial<Record<MalformedReason, number>>>;
    /** Events that are more than a minute older than one before them. */
    readonly backwards: number;
    /** Null without an event. */
    readonly firstAt: number | null;
    readonly lastAt: number | null;
  };
  /** The top ones; `total` is how many there are in all that are remembered, `dropped` how many rows had to be forgotten. */
  readonly attackers: Ranked<AttackerView>;
  readonly accounts: Ranked<AccountView>;
  readonly findings: {
    readonly worst: readonly ListedFinding[];
    readonly total: number;
    readonly byRule: Readonly<Partial<Record<RuleName, number>>>;
  };
  readonly decisions: {
    readonly bans: number;
    /** Different addresses, prefixes and sockets. */
    readonly targets: number;
    readonly byReason: Readonly<Partial<Record<RuleName, number>>>;
    /** Bans that had not ended with the last event, and that have not ended now. */
    readonly inForceAtEnd: number;
    readonly inForceNow: number;
    /** Attempts that would not have reached the PBX. */
    readonly keptOut: number;
    readonly forgotten: number;
  };
}

export interface Ranked<Row> {
  readonly top: readonly Row[];
  readonly total: number;
  readonly dropped: number;
}
