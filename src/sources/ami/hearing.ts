import type { SecurityEventName } from '../../domain/security-event.js';
import type { SourceState } from '../../domain/source.js';

/** The one eventfilter that hides nothing that counts, in the syntax that every Asterisk since 1.8 reads. */
export const SAFE_EVENTFILTER = 'eventfilter = Privilege: (security|system),all';

/**
 * What a connection has heard, held against what Asterisk must have reported to it: our own login, and a failed login that we
 * made on purpose. An eventfilter of manager.conf can let one pass and not the other.
 */
export class Hearing {
  readonly #tell: (state: SourceState) => void;
  readonly #canaryMs: number;
  readonly #heard = new Set<SecurityEventName>();
  readonly #due = new Set<SecurityEventName>();
  /** What was told last, as a text to compare; `connected` is told by whoever connected. */
  #told = 'connected';
  #isOpen = false;

  /** @param canaryMs how long what is due may take, for the text. */
  constructor(canaryMs: number, tell: (state: SourceState) => void) {
    this.#canaryMs = canaryMs;
    this.#tell = tell;
  }

  /** Whether everything that was due has come. */
  get isWhole(): boolean {
    return this.#missing().length === 0;
  }

  /** From now on changes are told. */
  open(): void {
    this.#isOpen = true;
    this.#update();
  }

  /** An event of this type has come. */
  hear(name: SecurityEventName): void {
    if (this.#heard.has(name)) return;
    this.#heard.add(name);
    this.#update();
  }

  /** An event of this type should have come by now. */
  expect(name: SecurityEventName): void {
    this.#due.add(name);
    this.#update();
  }

  #missing(): SecurityEventName[] {
    return [...this.#due].filter((name) => !this.#heard.has(name));
  }

  #update(): void {
    const state = this.#state();
    const text = JSON.stringify(state);
    if (!this.#isOpen || state.state === 'connected' || text === this.#told) return;
    this.#told = text;
    this.#tell(state);
  }

  #state(): SourceState {
    const missing = this.#missing();
    if (this.#heard.size === 0) {
      return missing.length === 0 ? { state: 'connected' } : { state: 'deaf', reason: deafness(this.#canaryMs) };
    }
    return missing.length === 0
      ? { state: 'hearing' }
      : { state: 'partly-deaf', missing, reason: partialDeafness(missing) };
  }
}

function deafness(canaryMs: number): string {
  return (
    `logged in, but Asterisk did not report this very login as a security event within ${canaryMs / 1000} s, so no failed login ` +
    'will be reported either. In manager.conf the user needs the class security ("read = security,system") and no ' +
    'eventfilter that hides security events; then "manager reload" in Asterisk. AMI_EVENTS must include security.'
  );
}

const PROOFS: Partial<Record<SecurityEventName, string>> = {
  SuccessfulAuth: 'this very login was not reported, so break-ins and good logins will not be either',
  InvalidAccountID:
    'a failed login that the exporter made itself was not reported, so guesses at account names will not be either',
};

function partialDeafness(missing: readonly SecurityEventName[]): string {
  return (
    `security events arrive, but not ${missing.join(' and ')}: ${missing.map((name) => PROOFS[name]).join('; ')}. ` +
    'An eventfilter lets some types pass only. In manager.conf, remove the eventfilter lines of the user, or those that begin ' +
    `with "!" or have "exclude", and add "${SAFE_EVENTFILTER}"; the types must not be in disabledevents either. Then ` +
    '"manager reload" in Asterisk; the exporter logs in anew every few minutes, and only then does it count.'
  );
}
