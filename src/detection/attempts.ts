import type { Attempt, AttemptOutcome, Observation, Probe, Proof } from '../domain/attempt.js';
import type { RemoteAddress } from '../domain/remote-address.js';
import type { SecurityEvent } from '../domain/security-event.js';
import { detached } from '../text/detached.js';
import { type HashKey, hashOfText, PROCESS_KEY } from '../text/keyed-hash.js';
import type { LimitsReached, SipHost, SipSession } from './sip-session.js';
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
export const CHAN_SIP = 'SIP';
/** How PJSIP calls somebody whom it cannot identify (`get_account_id` in Asterisk's res/res_pjsip/security_events.c). */
const UNKNOWN = '<unknown>';
/**
 * How PJSIP begins the reasons for which it refuses a registration after authentication (Asterisk's res/res_pjsip_registrar.c):
 * the password was right. Only whoever is let in as ANONYMOUS was never asked for one.
 */
const REGISTRAR = 'registrar_';
const ANONYMOUS = 'anonymous';

/** PJSIP cuts a name at 36 bytes; chan_sip does not. */
const NAME_LETTERS_MAX = 64;

type EventOf<Name extends SecurityEvent['event']> = Extract<SecurityEvent, { event: Name }>;

/**
 * Makes observations of Asterisk's security events: one try is one attempt, however many events it raises.
 *
 * An unknown user who answers PJSIP's challenge raises three failures, and a packet that is sent again raises all of its
 * events again. So what was seen in a Call-ID in the last 32 s is remembered, as numbers: names that were refused and
 * responses to challenges. A guess that is one of these is no new one, and a response without a name belongs to the name that
 * was refused just before. A name that was refused waits a second before it is told: where a password follows, it is a
 * guess; where a login follows, Asterisk only found the endpoint by its second request, and nothing happened at all. The
 * reader knows the time by the events alone.
 */
export class AttemptReader {
  readonly #key: HashKey;
  readonly #onObservation: (observation: Observation) => void;
  readonly #sessions: SipSessions;
  #pbx = '';

  constructor(options: AttemptReaderOptions, onObservation: (observation: Observation) => void) {
    this.#key = options.key ?? PROCESS_KEY;
    this.#onObservation = onObservation;
    this.#sessions = new SipSessions({ hostsMax: options.hostsMax, key: this.#key }, (session, at) =>
      this.#forget(session, at),
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
        this.#denied(event);
        return;
      case 'InvalidPassword':
      case 'ChallengeResponseFailed':
        this.#passwordRefused(event);
        return;
      case 'ChallengeSent':
        this.#challenged(event);
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

  /** Tells what nobody answered in time. It is called now and then: events tell only what waits of their own host. */
  flush(now: number): void {
    for (const host of this.#sessions.hosts()) this.#tellDue(host, now);
  }

  #denied(event: EventOf<'FailedACL'>): void {
    if (!isOfRegistrar(event)) this.#nameRefused(event, 'denied');
    // Nobody was asked for a password, so that none will follow.
    else if (event.account === ANONYMOUS) this.#tell(event, 'denied', { hasPassword: false });
  }

  #nameRefused(event: EventOf<'InvalidAccountID' | 'FailedACL'>, outcome: AttemptOutcome): void {
    // AMI's login brings name and secret at once; an ACL refuses whoever comes, whatever they know.
    if (!hasSession(event)) {
      this.#tell(event, outcome, { hasPassword: outcome === 'unknown_account' });
      return;
    }
    const { at } = event;
    const session = this.#sessionOf(event);
    const hash = this.#hashOf(event.account);
    const isNew = session.isNew(outcome === 'denied' ? ~hash : hash, at);
    if (isChallenge(session.waiting)) session.waiting = null;
    const name = isNew || !session.isRefusedName(hash, at) ? detachedName(event.account) : session.refusedName(at);
    session.refuse(name, hash, at);
    if (!isNew) return;
    this.#tellWaiting(session);
    session.waiting = this.#attemptOf(event, outcome, { account: name, isDetached: true });
  }

  #passwordRefused(event: EventOf<'InvalidPassword' | 'ChallengeResponseFailed'>): void {
    if (!hasSession(event)) {
      this.#tell(event, 'wrong_password');
      return;
    }
    const { at } = event;
    const session = this.#sessionOf(event);
    const guess = event.guess ?? this.#guessWithoutPassword(event);
    const isNew = guess === null || session.isNew(guess, at);
    const isUnnamed = event.account === UNKNOWN;
    const hash = this.#hashOf(event.account);
    const isUnknown = isUnnamed || session.isRefusedName(hash, at);
    const outcome = isUnknown
      ? session.waiting?.kind === 'attempt' && session.waiting.outcome === 'denied'
        ? 'denied'
        : 'unknown_account'
      : 'wrong_password';
    session.waiting = null;
    if (!isNew) return;
    const guesses = session.take(isUnnamed ? 0 : hash, event.remote.port, at);
    if (guesses === 0) return;
    this.#tell(event, outcome, { guesses, account: isUnnamed ? session.refusedName(at) : event.account });
  }

  /**
   * Where Asterisk names no response, two guesses cannot be told apart and each counts; but chan_sip says InvalidPassword
   * also where no password came at all, and then the same name is the same packet.
   */
  #guessWithoutPassword(event: EventOf<'InvalidPassword' | 'ChallengeResponseFailed'>): number | null {
    return event.event === 'InvalidPassword' ? this.#hashOf(event.account) : null;
  }

  #challenged(event: EventOf<'ChallengeSent'>): void {
    if (!hasSession(event)) return;
    const { at } = event;
    const session = this.#sessionOf(event);
    if (session.waiting !== null || session.isRefused(at)) return;
    if (event.service === CHAN_SIP && session.isGuessedAt(at)) return;
    session.waiting = isRiddle(event)
      ? this.#probeOf(event, this.#detachedRemote(session, event.remote))
      : this.#attemptOf(event, 'unanswered', { account: detachedName(event.account), isDetached: true });
  }

  #excused(event: EventOf<'SessionLimit' | 'InvalidTransport'>): void {
    const session = hasSession(event) ? this.#sessions.known(event) : null;
    if (session !== null) session.waiting = null;
  }

  #succeeded(event: EventOf<'SuccessfulAuth'>): void {
    const { pbx, at, service, account, remote } = event;
    const session = hasSession(event) ? this.#sessions.known(event) : null;
    if (session !== null) {
      // What waits in this dialog was the way to this login.
      session.waiting = null;
      this.#tellDue(session.host, at);
      this.#sessions.close(session);
    }
    if (account === null) return;
    // A peer of chan_sip without a secret registers without a password.
    const isProof = service !== CHAN_SIP || (event.isRegistration && event.usingPassword);
    this.#onObservation({ kind: 'success', pbx, at, service, account, remote, proof: proofOf(event), isProof });
  }

  #sessionOf(event: SecurityEvent): SipSession {
    const session = this.#sessions.of(event, event.at);
    this.#tellDue(session.host, event.at);
    return session;
  }

  #hashOf(account: string | null): number {
    return hashOfText(account ?? '', this.#key, NAME_LETTERS_MAX);
  }

  #tell(event: SecurityEvent, outcome: AttemptOutcome, details: AttemptDetails = {}): void {
    this.#onObservation(this.#attemptOf(event, outcome, { hasPassword: true, ...details }));
  }

  #attemptOf(event: SecurityEvent, outcome: AttemptOutcome, details: AttemptDetails): Attempt {
    const { account = event.account, hasPassword = false, guesses = 1, isDetached = false } = details;
    const remote = isDetached ? this.#detachedRemote(this.#sessions.known(event), event.remote) : event.remote;
    return {
      kind: 'attempt',
      pbx: isDetached ? this.#detachedPbx(event.pbx) : event.pbx,
      at: event.at,
      service: isDetached ? sipService(event.service) : event.service,
      remote,
      proof: proofOf(event),
      outcome,
      hasPassword,
      guesses,
      account: account === '' ? null : account,
    };
  }

  #probeOf(event: SecurityEvent, remote: RemoteAddress): Probe {
    const { at, service } = event;
    return {
      kind: 'probe',
      pbx: this.#detachedPbx(event.pbx),
      at,
      service: sipService(service),
      remote,
      proof: proofOf(event),
    };
  }

  #detachedRemote(session: SipSession | null, remote: RemoteAddress): RemoteAddress {
    const { family, transport, address, endpoint } = session?.host.endpoint ?? remote;
    return { family, transport, address, port: remote.port, endpoint };
  }

  #tellDue(host: SipHost, now: number): void {
    if (host.waiting === 0) return;
    for (const session of host.sessions) {
      if (session.isDue(now)) this.#tellWaiting(session);
    }
  }

  #tellWaiting(session: SipSession): void {
    const { waiting } = session;
    if (waiting === null) return;
    session.waiting = null;
    this.#onObservation(waiting);
  }

  /** A challenge that was sent a moment ago may well be answered yet. */
  #forget(session: SipSession, at: number): void {
    if (session.isAnswerDue(at) || !isChallenge(session.waiting)) this.#tellWaiting(session);
    else session.waiting = null;
  }

  /** All events of a source are of the same PBX. */
  #detachedPbx(pbx: string): string {
    if (pbx !== this.#pbx) this.#pbx = detached(pbx);
    return this.#pbx;
  }
}

interface AttemptDetails {
  readonly account?: string | null;
  readonly hasPassword?: boolean;
  readonly guesses?: number;
  /** Whether it is kept beyond the callback. */
  readonly isDetached?: boolean;
}

function isChallenge(waiting: Attempt | Probe | null): boolean {
  return waiting !== null && (waiting.kind === 'probe' || waiting.outcome === 'unanswered');
}

function detachedName(account: string | null): string | null {
  return account === null || account === '' ? null : detached(account);
}

/** Of an event that has a session. */
function sipService(service: string): string {
  return service === PJSIP ? PJSIP : CHAN_SIP;
}

function proofOf({ service, remote }: SecurityEvent): Proof {
  const { transport } = remote;
  // What chan_sip says of the transport can be a client's own text: a line end in the user of its To header.
  if (service === CHAN_SIP) return 'none';
  return service === 'AMI' || (transport !== null && transport !== 'UDP') ? 'handshake' : 'none';
}

/** Of AMI each failure is a guess of its own, and so it is where a log does not say what belongs together. */
function hasSession({ service, sessionId }: SecurityEvent): boolean {
  return (service === PJSIP || service === CHAN_SIP) && sessionId !== '';
}

/** Whether the challenge does not say to whom it goes. */
function isRiddle({ account }: EventOf<'ChallengeSent'>): boolean {
  return account === null || account === '' || account === UNKNOWN;
}

/** Whether a registration was refused after the right password: for too many contacts, no AOR and the like. */
function isOfRegistrar({ service, aclName }: EventOf<'FailedACL'>): boolean {
  return service === PJSIP && aclName !== null && aclName.startsWith(REGISTRAR);
}
