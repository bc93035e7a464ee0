import type { AttemptOutcome, Observation, Proof } from '../domain/attempt.js';
import type { SecurityEvent } from '../domain/security-event.js';
import { detached } from '../text/detached.js';
import { type HashKey, hashOfText, PROCESS_KEY } from '../text/keyed-hash.js';
import { isRecent, type LimitsReached, type SipHost, type SipSession } from './sip-session.js';
import { SipSessions } from './sip-sessions.js';

export interface AttemptReaderOptions {
  /**
   * How many SIP hosts (an address over one transport) are remembered at a time, with up to 16 Call-IDs each and up to 8
   * guesses of each. Beyond that the oldest is forgotten, and a packet that is sent again may count as one more guess.
   * 10,000 hosts take 9 MB with one guess each, and 82 MB at most.
   */
  readonly hostsMax: number;
  /** Of the hashes that stand for Call-IDs and names; by default this process's own. */
  readonly key?: HashKey;
}

const PJSIP = 'PJSIP';
/** It challenges whoever it has and whoever it has not in the same words: all that shows of an enumeration. */
const CHAN_SIP = 'SIP';
/** How PJSIP calls somebody whom it cannot identify (`get_account_id` in Asterisk's res/res_pjsip/security_events.c). */
const UNKNOWN = '<unknown>';
/** How PJSIP begins the reasons for which it refuses a registration whose password was right (Asterisk's res/res_pjsip_registrar.c). */
const REGISTRAR = 'registrar_';

/** PJSIP cuts a name at 36 bytes; chan_sip does not. */
const NAME_LETTERS_MAX = 64;

type EventOf<Name extends SecurityEvent['event']> = Extract<SecurityEvent, { event: Name }>;

/**
 * Makes observations of Asterisk's security events: one guess is one attempt, however many events it raises.
 *
 * An unknown user who answers PJSIP's challenge raises three failures, and a packet that is sent again raises all of its
 * events again. So what was seen in a Call-ID in the last 32 s is remembered, as numbers: names that were refused and
 * responses to challenges. A guess that is one of these is no new one, and a response without a name belongs to the name that
 * was refused just before. It knows the time by the events alone.
 */
export class AttemptReader {
  readonly #key: HashKey;
  readonly #onObservation: (observation: Observation) => void;
  readonly #sessions: SipSessions;
  #pbx = '';

  constructor(options: AttemptReaderOptions, onObservation: (observation: Observation) => void) {
    this.#key = options.key ?? PROCESS_KEY;
    this.#onObservation = onObservation;
    this.#sessions = new SipSessions({ hostsMax: options.hostsMax, key: this.#key }, (session) =>
      this.#tellProbe(session),
    );
  }

  /** How often something that was remembered for less than 32 s had to be forgotten. */
  get limitsReached(): Readonly<LimitsReached> {
    return this.#sessions.reached;
  }

  read(event: SecurityEvent): void {
    switch (event.event) {
      case 'InvalidAccountID':
        this.#nameRefused(event, 'unknown_account');
        return;
      case 'FailedACL':
        if (!isOfRegistrar(event)) this.#nameRefused(event, 'denied');
        return;
      case 'InvalidPassword':
      case 'ChallengeResponseFailed':
        this.#passwordRefused(event);
        return;
      case 'ChallengeSent':
        if (isRiddle(event)) this.#challenged(event);
        return;
      case 'SuccessfulAuth':
        this.#succeeded(event);
        return;
      // The challenge was answered; what is wrong is not the password.
      case 'SessionLimit':
      case 'InvalidTransport':
        this.#excused(event);
        return;
      // Limits, and requests that were refused for what they ask: nobody guessed.
      case 'MemoryLimit':
      case 'LoadAverageLimit':
      case 'RequestNotSupported':
      case 'RequestNotAllowed':
      case 'RequestBadFormat':
      case 'AuthMethodNotAllowed':
      case 'UnexpectedAddress':
        return;
      /* c8 ignore next 2 */ // No value gets here: the compiler holds the list against the type.
      default:
        event satisfies never;
    }
  }

  /** Tells the probes that nobody answered within 32 s. It is called now and then: events tell only those of their own host. */
  flush(now: number): void {
    for (const host of this.#sessions.hosts()) this.#tellDue(host, now);
  }

  #nameRefused(event: EventOf<'InvalidAccountID' | 'FailedACL'>, outcome: AttemptOutcome): void {
    if (!hasSession(event)) {
      this.#tell(event, outcome);
      return;
    }
    const { at } = event;
    const name = event.account ?? '';
    const session = this.#answered(event);
    const hash = hashOfText(name, this.#key, NAME_LETTERS_MAX);
    session.refuse(name, hash, outcome, at);
    if (!session.isNew(outcome === 'denied' ? ~hash : hash, at)) return;
    session.awaitAnswer(at);
    this.#tell(event, outcome);
  }

  #passwordRefused(event: EventOf<'InvalidPassword' | 'ChallengeResponseFailed'>): void {
    if (!hasSession(event)) {
      this.#tell(event, 'wrong_password');
      return;
    }
    const { at } = event;
    const session = this.#answered(event);
    const guess = event.guess ?? this.#guessWithoutPassword(event);
    if (guess !== null && !session.isNew(guess, at)) return;
    const isUnnamed = event.account === UNKNOWN;
    if (!isUnnamed && !session.isRefusedName(hashOfText(event.account ?? '', this.#key, NAME_LETTERS_MAX), at)) {
      this.#tell(event, 'wrong_password');
    } else if (!session.takesAnswer(at)) {
      const { outcome, account } = session.refused(at);
      this.#tell(event, outcome, isUnnamed ? account : event.account);
    }
  }

  /**
   * Where Asterisk names no response, two guesses cannot be told apart and each counts; but chan_sip says InvalidPassword
   * also where no password came at all, and then the same name is the same packet.
   */
  #guessWithoutPassword(event: EventOf<'InvalidPassword' | 'ChallengeResponseFailed'>): number | null {
    return event.event === 'InvalidPassword' ? hashOfText(event.account ?? '', this.#key, NAME_LETTERS_MAX) : null;
  }

  #challenged(event: EventOf<'ChallengeSent'>): void {
    if (!hasSession(event)) return;
    const { at } = event;
    const session = this.#sessionOf(event);
    if (session.probe !== null || session.isRefused(at)) return;
    if (event.service === CHAN_SIP && session.isGuessedAt(at)) return;
    const { family, transport, address, endpoint } = session.host.endpoint;
    const remote = { family, transport, address, port: event.remote.port, endpoint };
    const pbx = this.#detachedPbx(event.pbx);
    session.probe = {
      kind: 'probe',
      pbx,
      at,
      service: event.service === PJSIP ? PJSIP : CHAN_SIP,
      remote,
      proof: proofOf(event),
    };
  }

  #excused(event: EventOf<'SessionLimit' | 'InvalidTransport'>): void {
    const session = hasSession(event) ? this.#sessions.known(event) : null;
    if (session !== null) session.probe = null;
  }

  #succeeded(event: EventOf<'SuccessfulAuth'>): void {
    const { pbx, at, service, account, remote } = event;
    const session = hasSession(event) ? this.#sessions.known(event) : null;
    if (session !== null) {
      this.#tellDue(session.host, at);
      this.#sessions.close(session);
    }
    if (account === null) return;
    this.#onObservation({ kind: 'success', pbx, at, service, account, remote, proof: proofOf(event) });
  }

  /** The event's session; a challenge that waits there is answered by the event. */
  #answered(event: SecurityEvent): SipSession {
    const session = this.#sessionOf(event);
    if (session.probe !== null) session.probe = null;
    return session;
  }

  #sessionOf(event: SecurityEvent): SipSession {
    const session = this.#sessions.of(event, event.at);
    this.#tellDue(session.host, event.at);
    return session;
  }

  #tell(event: SecurityEvent, outcome: AttemptOutcome, account = event.account): void {
    const { pbx, at, service, remote } = event;
    const name = account === '' ? null : account;
    this.#onObservation({ kind: 'attempt', pbx, at, service, remote, proof: proofOf(event), outcome, account: name });
  }

  #tellDue(host: SipHost, now: number): void {
    if (host.probes === 0) return;
    for (const session of host.sessions) {
      if (session.probe !== null && !isRecent(session.probe.at, now)) this.#tellProbe(session);
    }
  }

  #tellProbe(session: SipSession): void {
    const { probe } = session;
    if (probe === null) return;
    session.probe = null;
    this.#onObservation(probe);
  }

  /** All events of a source are of the same PBX. */
  #detachedPbx(pbx: string): string {
    if (pbx !== this.#pbx) this.#pbx = detached(pbx);
    return this.#pbx;
  }
}

function proofOf({ service, remote }: SecurityEvent): Proof {
  const { transport } = remote;
  return service === 'AMI' || (transport !== null && transport !== 'UDP') ? 'handshake' : 'none';
}

/** Of AMI each failure is a guess of its own, and so it is where a log does not say what belongs together. */
function hasSession({ service, sessionId }: SecurityEvent): boolean {
  return (service === PJSIP || service === CHAN_SIP) && sessionId !== '';
}

/** Whether the challenge may go to a stranger: chan_sip does not say whom it knows. */
function isRiddle({ service, account }: EventOf<'ChallengeSent'>): boolean {
  return service === CHAN_SIP || (service === PJSIP && account === UNKNOWN);
}

/** Whether a registration was refused after the right password: for too many contacts, no AOR and the like. */
function isOfRegistrar({ service, aclName }: EventOf<'FailedACL'>): boolean {
  return service === PJSIP && aclName !== null && aclName.startsWith(REGISTRAR);
}
