import type { Nature } from '../detection/scene.js';
import { AddressSet, parsePrefix } from '../domain/address-set.js';
import type { Observation } from '../domain/attempt.js';
import type { Decision } from '../domain/decision.js';
import type { Evidence, Finding, FindingAction, RuleName, Severity } from '../domain/finding.js';
import type { Address } from '../domain/remote-address.js';
import type { SecurityEvent } from '../domain/security-event.js';
import { detached } from '../text/detached.js';
import type { PlaceNumbers } from './place-numbers.js';

/** What an observation was taken for, and what was remembered of its place afterwards. */
export interface Judged {
  /** Null for all but an attempt. */
  readonly nature: Nature | null;
  /** It is what no device does. */
  readonly isRestless: boolean;
  readonly place: PlaceNumbers;
}

export interface ExplainedFinding {
  readonly rule: RuleName;
  readonly severity: Severity;
  readonly action: FindingAction;
  /** Free of anything hostile. */
  readonly title: string;
  /** What it rests on, the weightiest first. */
  readonly evidence: readonly Evidence[];
}

/** What was made of an event. */
export interface Made {
  /** `silence`: what was found later, because nothing more came. */
  readonly kind: Observation['kind'] | 'silence';
  /** Null for all but an attempt. */
  readonly outcome: string | null;
  /** Whether a login shows that somebody knew the password; false for all else. */
  readonly isProof: boolean;
  /** A ban would have kept it out. */
  isKeptOut: boolean;
  /** Null where no rule was asked. */
  judged: Judged | null;
  readonly findings: ExplainedFinding[];
  readonly decisions: Decision[];
}

/** An event of the address and what was made of it: nothing, where it belongs to a guess that was told already. */
export interface Step {
  readonly at: number;
  /** Null where what was made of earlier events was told later: a challenge that nobody answered, a place that fell silent. */
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
/** So many steps wait for what is made of them: a name that was refused, or a challenge, is judged seconds later. */
const HELD_STEPS = 256;

/** Follows one address through all that the detector does. */
export class Explanation {
  readonly address: Address;
  readonly #lines: Line[] = [];
  /** The last steps that are no turns. */
  readonly #recent: Step[] = [];
  readonly #held: Step[] = [];
  #leftOut = 0;
  #steps = 0;
  #turns = 0;
  /** Of the event that is read now; null where it is of another address. */
  #step: Step | null = null;
  #made: Made | null = null;
  /** Whether what the detector says now is about the last observation, of whatever address, or about a silence. */
  #isObserving = false;

  constructor(address: Address) {
    this.address = address;
  }

  /** To be called before the detector reads the event. */
  begin({ event, at, service, account, remote }: SecurityEvent): void {
    if (remote.address !== this.address) return;
    this.#step = { at, event, service: detached(service), account: keptAccount(account), made: [] };
    this.#hold(this.#step);
  }

  /** To be called when the detector has read it, or has looked at what waited. */
  end(): void {
    this.#step = null;
    this.#turnTo('silence');
  }

  observed(observation: Observation): void {
    this.#turnTo('observation');
    if (observation.remote.address !== this.address) return;
    const { kind } = observation;
    const outcome = kind === 'attempt' ? observation.outcome : null;
    const isProof = kind === 'success' && observation.isProof;
    this.#make(this.#stepOf(observation), { kind, outcome, isProof });
  }

  /** A ban would have kept out what was just observed. */
  keptOut(): void {
    if (this.#made !== null) this.#made.isKeptOut = true;
  }

  /** What follows is not about the last observation. @param judged null where no rule was asked about it. */
  judged(judged: Judged | null): void {
    if (this.#made !== null) this.#made.judged = judged;
    this.#turnTo('silence');
  }

  /** @param title free of anything hostile. */
  found({ rule, severity, action, evidence, at, service, address }: Finding, title: string): void {
    if (!this.#isObserving && this.#made === null && address === this.address) this.#fallSilent(at, service);
    this.#made?.findings.push({ rule, severity, action, title: detached(title), evidence });
  }

  /** Comes before the finding that it follows from. */
  decided(decision: Decision): void {
    if (!this.#isObserving) {
      this.#made = null;
      if (decision.type === 'ban' && covers(decision, this.address))
        this.#fallSilent(decision.at, decision.evidence.service);
    }
    this.#made?.decisions.push(decision);
  }

  /** All that is known so far, in order. */
  get lines(): readonly Line[] {
    this.#release(0);
    return [...this.#lines, ...gap(this.#leftOut), ...this.#recent];
  }

  /** How many events, unanswered challenges and silences there were. */
  get steps(): number {
    this.#release(0);
    return this.#steps;
  }

  #turnTo(what: 'observation' | 'silence'): void {
    this.#made = null;
    this.#isObserving = what === 'observation';
  }

  #fallSilent(at: number, service: string): void {
    const step = { at, event: null, service: detached(service), account: null, made: [] };
    this.#hold(step);
    this.#make(step, { kind: 'silence', outcome: null, isProof: false });
  }

  #make(step: Step, what: Pick<Made, 'kind' | 'outcome' | 'isProof'>): void {
    this.#made = { ...what, isKeptOut: false, judged: null, findings: [], decisions: [] };
    step.made.push(this.#made);
  }

  /** The event that the observation was made of: the one that is read now, or one that waited. */
  #stepOf(observation: Observation): Step {
    const { at, service } = observation;
    if (this.#step !== null && this.#step.at === at) return this.#step;
    const account = observation.kind === 'probe' ? null : keptAccount(observation.account);
    const isIt = (step: Step) =>
      step.at === at && step.made.length === 0 && (account === null || step.account === account);
    const waiting = this.#held.find(isIt);
    if (waiting !== undefined) return waiting;
    const late = { at, event: null, service: detached(service), account, made: [] };
    this.#hold(late);
    return late;
  }

  #hold(step: Step): void {
    this.#held.push(step);
    this.#release(HELD_STEPS);
  }

  #release(heldMax: number): void {
    for (const step of this.#held.splice(0, this.#held.length - heldMax)) this.#keep(step);
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

/** Whether the decision is about the address, alone or with others. */
function covers({ address: prefix }: Decision, address: Address): boolean {
  const parsed = parsePrefix(prefix);
  return parsed !== null && new AddressSet([parsed]).has(address);
}

function gap(leftOut: number): Line[] {
  return leftOut === 0 ? [] : [{ leftOut }];
}

function keptAccount(account: string | null): string | null {
  return account === null ? null : detached(account.slice(0, ACCOUNT_LETTERS_MAX));
}
