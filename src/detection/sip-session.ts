import type { AttemptOutcome, Probe } from '../domain/attempt.js';
import type { Endpoint } from '../domain/remote-address.js';
import { detached } from '../text/detached.js';

/** For how long a SIP request is sent again while nobody answers: 64 times T1, in ms (RFC 3261, timers B, F and H). */
export const RESEND_MS = 32_000;

const GUESSES_MAX = 8;
const NEVER = Number.NEGATIVE_INFINITY;

/** How often a limit was reached, so that a guess may have been counted twice. */
export interface LimitsReached {
  hosts: number;
  sessions: number;
  guesses: number;
}

/** Whether the two are less than RESEND_MS apart. A clock that is set back must not make the past last for hours. */
export function isRecent(since: number | undefined, at: number): boolean {
  return since !== undefined && Math.abs(at - since) < RESEND_MS;
}

/** An address that speaks over one transport, and its Call-IDs. */
export interface SipHost {
  /** Its texts are detached. */
  readonly endpoint: Endpoint;
  readonly sessions: SipSession[];
  /** How many sessions have a probe. */
  probes: number;
}

/** What is remembered of one Call-ID (chan_sip: of one dialog) of one host, so that its guesses are counted once each. */
export class SipSession {
  /** Hash of the service and the session's id. */
  id = 0;
  seenAt = NEVER;
  readonly host: SipHost;
  #probe: Probe | null = null;

  readonly #reached: LimitsReached;
  /** Guesses of the last 32 s and when each was first seen, in a ring: hashes of passwords and of names that were refused. */
  readonly #guesses: number[] = new Array(GUESSES_MAX).fill(0);
  readonly #guessedAt: number[] = new Array(GUESSES_MAX).fill(NEVER);
  #oldest = 0;
  #count = 0;

  /** The name that was refused last: its hash, when, how, and its text once the text may be needed. */
  #nameHash = 0;
  #namedAt = NEVER;
  #outcome: AttemptOutcome = 'unknown_account';
  #name: string | null = null;
  /** Attempts that were told at a refused name and whose password has not come yet. */
  #unanswered = 0;
  #toldAt = NEVER;
  #wasAnswered = false;
  #guessAt = NEVER;

  constructor(host: SipHost, reached: LimitsReached) {
    this.host = host;
    this.#reached = reached;
  }

  /** Forgets all and begins anew for another id: an attacker brings a new one for each guess, and objects cost more than numbers. */
  restart(id: number): void {
    this.id = id;
    if (this.#probe !== null) this.probe = null;
    this.#count = 0;
    this.#oldest = 0;
    this.#namedAt = NEVER;
    this.#name = null;
    this.#unanswered = 0;
    this.#toldAt = NEVER;
    this.#wasAnswered = false;
    this.#guessAt = NEVER;
  }

  /** A challenge to a stranger that waits for its answer. */
  get probe(): Probe | null {
    return this.#probe;
  }

  set probe(probe: Probe | null) {
    this.host.probes += Number(probe !== null) - Number(this.#probe !== null);
    this.#probe = probe;
  }

  /** Whether this guess was not seen in the last 32 s. From now on it was. */
  isNew(guess: number, at: number): boolean {
    this.#guessAt = at;
    const place = this.#guesses.indexOf(guess);
    if (place >= 0 && place < this.#count) {
      const isOld = isRecent(this.#guessedAt[place], at);
      if (!isOld) this.#guessedAt[place] = at;
      return !isOld;
    }
    this.#remember(guess, at);
    return true;
  }

  /** A name was refused: what follows with the account `<unknown>` belongs to it. */
  refuse(name: string, hash: number, outcome: AttemptOutcome, at: number): void {
    if (hash !== this.#nameHash || outcome !== this.#outcome) this.#name = null;
    this.#nameHash = hash;
    this.#outcome = outcome;
    this.#namedAt = at;
    // The first password belongs to the attempt that was told with the name; only from the second on the name is needed.
    if (this.#wasAnswered) this.#name ??= detached(name);
  }

  /** An attempt was told at a refused name; the password that follows is part of it. */
  awaitAnswer(at: number): void {
    if (!isRecent(this.#toldAt, at)) this.#unanswered = 0;
    this.#unanswered++;
    this.#toldAt = at;
  }

  /** Whether a password belongs to an attempt that was told already. */
  takesAnswer(at: number): boolean {
    this.#wasAnswered = true;
    if (this.#unanswered === 0 || !isRecent(this.#toldAt, at)) return false;
    this.#unanswered--;
    return true;
  }

  /** Whether something was guessed here lately: a challenge after that has been answered. */
  isGuessedAt(at: number): boolean {
    return isRecent(this.#guessAt, at);
  }

  /** Whether a name was refused here lately. */
  isRefused(at: number): boolean {
    return isRecent(this.#namedAt, at);
  }

  /** Whether the name that was refused lately has this hash. */
  isRefusedName(hash: number, at: number): boolean {
    return hash === this.#nameHash && this.isRefused(at);
  }

  /** What is known of the one that a password without a name belongs to. */
  refused(at: number): { readonly outcome: AttemptOutcome; readonly account: string | null } {
    return this.isRefused(at)
      ? { outcome: this.#outcome, account: this.#name }
      : { outcome: 'unknown_account', account: null };
  }

  /** Puts a guess in the place of the oldest, if there is no other. */
  #remember(guess: number, at: number): void {
    const isFull = this.#count === GUESSES_MAX;
    const place = isFull ? this.#oldest : this.#count++;
    if (isFull) {
      this.#oldest = (this.#oldest + 1) % GUESSES_MAX;
      if (isRecent(this.#guessedAt[place], at)) this.#reached.guesses++;
    }
    this.#guesses[place] = guess;
    this.#guessedAt[place] = at;
  }
}
