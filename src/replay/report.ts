import type { AttemptOutcome, Observation } from '../domain/attempt.js';
import type { Decision } from '../domain/decision.js';
import type { Finding, FindingAction } from '../domain/finding.js';
import { isFailedAuth, type SecurityEvent } from '../domain/security-event.js';
import type { MalformedReason } from '../domain/source.js';
import { AttackTables } from './attack-tables.js';
import { BanLedger } from './ban-ledger.js';
import { FindingList } from './finding-list.js';
import { RefusedLogins } from './refused-logins.js';
import type { InputView, ReportView } from './report-view.js';

export interface ReplayReportOptions {
  /** Attackers that are remembered at a time; accounts and bans as many. */
  readonly rowsMax: number;
  /** How many rows each table of the report has. */
  readonly top: number;
}

export interface ReportEnd {
  readonly inputs: readonly InputView[];
  readonly isInterrupted: boolean;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/** Logs of one PBX are not in a stricter order than that. */
const BACKWARDS_MS = 60_000;

/** What stands against a ban. */
const SPARING: ReadonlySet<FindingAction> = new Set(['allowlisted', 'lived_in', 'unproven', 'unproven_cap']);

/** Collects what a replay tells. */
export class ReplayReport {
  readonly ledger: BanLedger;
  readonly #top: number;
  readonly #tables: AttackTables;
  readonly #findings: FindingList;
  readonly #refused: RefusedLogins;
  readonly #outcomes: Record<AttemptOutcome, number> = {
    unknown_account: 0,
    wrong_password: 0,
    denied: 0,
    unanswered: 0,
  };
  readonly #malformed = new Map<MalformedReason, number>();
  #events = 0;
  #failed = 0;
  #probes = 0;
  #logins = 0;
  #ignored = 0;
  #backwards = 0;
  #keptOut = 0;
  #firstAt = Number.POSITIVE_INFINITY;
  #lastAt = Number.NEGATIVE_INFINITY;

  constructor({ rowsMax, top }: ReplayReportOptions) {
    this.#top = top;
    this.ledger = new BanLedger(rowsMax);
    this.#tables = new AttackTables(rowsMax);
    this.#findings = new FindingList(top);
    this.#refused = new RefusedLogins(rowsMax);
  }

  get events(): number {
    return this.#events;
  }

  read(event: SecurityEvent): void {
    this.#events++;
    if (isFailedAuth(event)) this.#failed++;
    const { at } = event;
    if (at < this.#firstAt) this.#firstAt = at;
    if (at > this.#lastAt) this.#lastAt = at;
    else if (at < this.#lastAt - BACKWARDS_MS) this.#backwards++;
  }

  malformed(reason: MalformedReason): void {
    this.#malformed.set(reason, (this.#malformed.get(reason) ?? 0) + 1);
  }

  ignored(): void {
    this.#ignored++;
  }

  observed(observation: Observation): void {
    this.#tables.observed(observation);
    switch (observation.kind) {
      case 'attempt':
        this.#outcomes[observation.outcome]++;
        return;
      case 'probe':
        this.#probes++;
        return;
      case 'success':
        this.#logins++;
        return;
      /* c8 ignore next 2 */ // Never reached: the compiler asks for a case for each kind.
      default:
        observation satisfies never;
    }
  }

  /** @param title what the finding is, in words that are free of anything hostile. */
  found(finding: Finding, title: string): void {
    this.#findings.add(finding, title);
    this.#refused.found(finding);
    if (SPARING.has(finding.action)) this.#tables.spared(finding.action);
  }

  decided(decision: Decision): void {
    this.ledger.take(decision);
    if (decision.type === 'ban') this.#tables.banned(decision);
  }

  /** With a blocker the last observation would not have reached the PBX. */
  keptOut(observation: Observation): void {
    if (observation.kind === 'success') this.#refused.add(observation);
    if (observation.kind !== 'attempt') return;
    this.#keptOut++;
    this.#tables.keptOut();
  }

  /** What comes from now on is not because of the last observation. */
  judged(): void {
    this.#tables.judged();
  }

  view({ inputs, isInterrupted, now }: ReportEnd): ReportView {
    const { decided, ...sums } = this.ledger.sums;
    return {
      inputs,
      isInterrupted,
      refused: this.#refused.view(this.#top),
      totals: this.#totals(),
      attackers: this.#tables.attackers(this.#top),
      accounts: this.#tables.accounts(this.#top),
      findings: {
        worst: this.#findings.worst(this.#top),
        total: this.#findings.total,
        byRule: this.#findings.byRule,
      },
      decisions: {
        bans: decided,
        ...sums,
        inForceAtEnd: this.ledger.inForceAt(this.#lastAt).length,
        inForceNow: this.ledger.inForceAt(now).length,
        keptOut: this.#keptOut,
      },
    };
  }

  #totals(): ReportView['totals'] {
    const isEmpty = this.#events === 0;
    return {
      events: this.#events,
      failed: this.#failed,
      attempts: Object.values(this.#outcomes).reduce((sum, count) => sum + count, 0),
      outcomes: { ...this.#outcomes },
      probes: this.#probes,
      logins: this.#logins,
      ignored: this.#ignored,
      malformed: Object.fromEntries(this.#malformed),
      backwards: this.#backwards,
      firstAt: isEmpty ? null : this.#firstAt,
      lastAt: isEmpty ? null : this.#lastAt,
    };
  }
}
