import type { Observation } from '../domain/attempt.js';
import type { Decision } from '../domain/decision.js';
import type { FindingAction, RuleName, Severity } from '../domain/finding.js';
import type { Address } from '../domain/remote-address.js';
import type { SecurityEvent } from '../domain/security-event.js';
import { detached } from '../text/detached.js';

/** What an observation did to the score of its address. */
export interface Scored {
  /** Null for a login. */
  readonly points: number | null;
  readonly score: number;
  /** The address was banned already, so that no rule was asked. */
  readonly isKeptOut: boolean;
  /** A device with an old password, at its own steady pace. */
  readonly isStale: boolean;
}

export interface ExplainedFinding {
  readonly rule: RuleName;
  readonly severity: Severity;
  readonly action: FindingAction;
  /** Free of anything hostile. */
  readonly title: string;
}

/** What was made of an event. */
export interface Made {
  readonly kind: Observation['kind'];
  /** Null for all but an attempt. */
  readonly outcome: string | null;
  scored: Scored | null;
  readonly findings: ExplainedFinding[];
  readonly decisions: Decision[];
}

/** An event of the address and what was made of it: nothing, where it belongs to a guess that was told already. */
export interface Step {
  readonly at: number;
  /** Null where what was made of earlier events was told later: a challenge that nobody answered. */
  readonly event: string | null;
  readonly service: string;
  /** Hostile text, at most 128 characters of it. */
  readonly account: string | null;
  readonly made: Made[];
}

export type Line = Step | { readonly leftOut: number };

const ACCOUNT_LETTERS_MAX = 128;
/** The beginning of a story, all of its turns, what was just before each, and its end. */
const FIRST_STEPS = 200;
const TURNS_MAX = 2_000;
const RECENT_STEPS = 5;

/** Follows one address through all that the detector does. */
export class Explanation {
  readonly address: Address;
  readonly #lines: Line[] = [];
  /** The last steps that are no turns. */
  readonly #recent: Step[] = [];
  #leftOut = 0;
  #steps = 0;
  #turns = 0;
  /** Of the event that is read now; null where it is of another address. */
  #step: Step | null = null;
  #made: Made | null = null;
  /** Told without an event of its own; the rules are asked about it now. */
  #late: Step | null = null;

  constructor(address: Address) {
    this.address = address;
  }

  /** To be called before the detector reads the event. */
  begin({ event, at, service, account, remote }: SecurityEvent): void {
    if (remote.address !== this.address) return;
    this.#step = { at, event, service: detached(service), account: keptAccount(account), made: [] };
  }

  /** To be called when the detector has read it, or has looked at what waited. */
  end(): void {
    this.#made = null;
    this.#keepLate();
    if (this.#step !== null) this.#keep(this.#step);
    this.#step = null;
  }

  observed(observation: Observation): void {
    this.#made = null;
    this.#keepLate();
    if (observation.remote.address !== this.address) return;
    const { kind, at, service } = observation;
    const outcome = kind === 'attempt' ? observation.outcome : null;
    this.#made = { kind, outcome, scored: null, findings: [], decisions: [] };
    if (this.#step !== null && kind !== 'probe') this.#step.made.push(this.#made);
    else this.#late = { at, event: null, service: detached(service), account: null, made: [this.#made] };
  }

  scored(scored: Scored): void {
    if (this.#made !== null) this.#made.scored = scored;
  }

  found(finding: ExplainedFinding): void {
    this.#made?.findings.push({ ...finding, title: detached(finding.title) });
  }

  decided(decision: Decision): void {
    this.#made?.decisions.push(decision);
  }

  /** All that is known so far, in order. */
  get lines(): readonly Line[] {
    return [...this.#lines, ...gap(this.#leftOut), ...this.#recent];
  }

  /** How many events and unanswered challenges there were. */
  get steps(): number {
    return this.#steps;
  }

  #keepLate(): void {
    if (this.#late !== null) this.#keep(this.#late);
    this.#late = null;
  }

  #keep(step: Step): void {
    this.#steps++;
    this.#recent.push(step);
    if (this.#isWorthALine(step)) {
      this.#lines.push(...gap(this.#leftOut), ...this.#recent.splice(0));
      this.#leftOut = 0;
    } else if (this.#recent.length > RECENT_STEPS) {
      this.#recent.shift();
      this.#leftOut++;
    }
  }

  #isWorthALine({ made }: Step): boolean {
    if (this.#steps <= FIRST_STEPS) return true;
    const isTurn = made.some(({ findings, decisions }) => findings.length + decisions.length > 0);
    if (!isTurn || this.#turns >= TURNS_MAX) return false;
    this.#turns++;
    return true;
  }
}

function gap(leftOut: number): Line[] {
  return leftOut === 0 ? [] : [{ leftOut }];
}

function keptAccount(account: string | null): string | null {
  return account === null ? null : detached(account.slice(0, ACCOUNT_LETTERS_MAX));
}
