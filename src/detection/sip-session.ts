import type { Attempt, Probe } from '../domain/attempt.js';
import type { Endpoint } from '../domain/remote-address.js';

/** For how long a SIP request is sent again while nobody answers: 64 times T1, in ms (RFC 3261, timers B, F and H). */
export const RESEND_MS = 32_000;

/** How long a name that was refused waits for a password. A phone answers a challenge within one round trip. */
const ANSWER_MS = 1_000;
/** How long a challenge waits for its answer: either may be lost, and is then sent again after 0.5, 1.5 and 3.5 s. */
const CHALLENGE_MS = 8_000;

/**
 * Responses within one dialog, each less than BURST_MS after the one before, that one try of a device may have: baresip 1.0
 * sends 15 within 0.1 s for one wrong password, an Asterisk 16 `register =>` four. One in BURST_STEP counts, so that who
 * hides guesses in such bursts gains little by it; beyond BURST_MAX all of them do.
 */
const BURST_MAX = 16;
const BURST_STEP = 4;
const BURST_MS = 500;

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
  /** Of each session its id and when it was seen last: side by side, so that one is soon found. */
  readonly ids: number[];
  readonly seenAt: number[];
  /** How many sessions have something that waits. */
  waiting: number;
}

export function newHost(endpoint: Endpoint): SipHost {
  return { endpoint, sessions: [], ids: [], seenAt: [], waiting: 0 };
}

/** What is remembered of one Call-ID (chan_sip: of one dialog) of one host, so that its guesses are counted once each. */
export class SipSession {
  readonly host: SipHost;
  /** Where it stands among the host's. */
  readonly #place: number;
  #waiting: Attempt | Probe | null = null;

  readonly #reached: LimitsReached;
  /** Guesses of the last 32 s and when each was first seen, in a ring: hashes of passwords and of names that were refused. */
  readonly #guesses: number[] = new Array(GUESSES_MAX).fill(0);
  readonly #guessedAt: number[] = new Array(GUESSES_MAX).fill(NEVER);
  #oldest = 0;
  #count = 0;

  /** The name that was refused last: its hash, when, and its text. */
  #nameHash = 0;
  #namedAt = NEVER;
  #name: string | null = null;
  #guessAt = NEVER;

  /** Responses of the burst that goes on: of which account (its hash), from which port, how many, and when the last came. */
  #burstHash = 0;
  #burstPort = 0;
  #burst = 0;
  #burstAt = NEVER;

  /** One more of the host's. */
  constructor(host: SipHost, reached: LimitsReached) {
    this.host = host;
    this.#reached = reached;
    this.#place = host.sessions.length;
    host.sessions.push(this);
    host.ids.push(0);
    host.seenAt.push(NEVER);
  }

  /** Hash of the service and the session's id. */
  get id(): number {
    return this.host.ids[this.#place] ?? 0;
  }

  get seenAt(): number {
    return this.host.seenAt[this.#place] ?? NEVER;
  }

  set seenAt(at: number) {
    this.host.seenAt[this.#place] = at;
  }

  /** Forgets all and begins anew for another id: an attacker brings a new one for each guess, and objects cost more than numbers. */
  restart(id: number): void {
    this.host.ids[this.#place] = id;
    if (this.#waiting !== null) this.waiting = null;
    this.#count = 0;
    this.#oldest = 0;
    this.#namedAt = NEVER;
    this.#name = null;
    this.#guessAt = NEVER;
    this.#burst = 0;
    this.#burstAt = NEVER;
  }

  /** A name that was refused, or a challenge to a stranger: what it is shows once an answer comes or does not. */
  get waiting(): Attempt | Probe | null {
    return this.#waiting;
  }

  set waiting(observation: Attempt | Probe | null) {
    this.host.waiting += Number(observation !== null) - Number(this.#waiting !== null);
    this.#waiting = observation;
  }

  /** Whether what waits has waited long enough. */
  isDue(now: number): boolean {
    const { waiting } = this;
    if (waiting === null) return false;
    const isChallenge = waiting.kind === 'probe' || waiting.outcome === 'unanswered';
    return isChallenge ? Math.abs(now - waiting.at) >= CHALLENGE_MS : this.isAnswerDue(now);
  }

  /** Whether what waits has waited for longer than a phone needs to answer. */
  isAnswerDue(now: number): boolean {
    return this.#waiting !== null && Math.abs(now - this.#waiting.at) >= ANSWER_MS;
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

  /** A name was refused: what follows with the account `<unknown>` belongs to it. @param name must share no memory with a buffer. */
  refuse(name: string | null, hash: number, at: number): void {
    this.#name = name;
    this.#nameHash = hash;
    this.#namedAt = at;
  }

  /**
   * Takes a response at an account that is not one of those before. One device sends from one port.
   * @returns how many guesses are told now: 0 as long as one device may have sent them all.
   */
  take(accountHash: number, port: number, at: number): number {
    const goesOn =
      accountHash === this.#burstHash && port === this.#burstPort && Math.abs(at - this.#burstAt) < BURST_MS;
    this.#burstHash = accountHash;
    this.#burstPort = port;
    this.#burstAt = at;
    this.#burst = goesOn ? this.#burst + 1 : 1;
    if (this.#burst <= BURST_MAX) return Number(this.#burst % BURST_STEP === 1);
    return this.#burst === BURST_MAX + 1 ? BURST_MAX + 1 - BURST_MAX / BURST_STEP : 1;
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

  /** The name that was refused lately; null where there is none, or where it is empty. */
  refusedName(at: number): string | null {
    return this.isRefused(at) ? this.#name : null;
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
