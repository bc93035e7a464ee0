import type { RemoteAddress } from './remote-address.js';

/**
 * What shows that an address is really the sender's. `handshake`: the transport needs answers to arrive there (TCP, TLS,
 * WS, WSS, AMI). `none`: a single UDP packet can carry any address.
 */
export type Proof = 'handshake' | 'none';

interface Observed {
  readonly pbx: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly service: string;
  readonly remote: RemoteAddress;
  readonly proof: Proof;
}

/**
 * How a try failed. `denied`: by an ACL, whatever the password was. `unanswered`: the account was challenged, and nobody
 * answered, as a scan does that only wants to know who exists, or whether a call goes through without a password.
 */
export type AttemptOutcome = 'unknown_account' | 'wrong_password' | 'denied' | 'unanswered';

/** One try that failed, however many events Asterisk raised for it. */
export interface Attempt extends Observed {
  readonly kind: 'attempt';
  readonly outcome: AttemptOutcome;
  /** Whether a password was tried. A name that nobody answered a challenge for is no guess. */
  readonly hasPassword: boolean;
  /**
   * How many guesses it stands for. One, however often a device answered within its dialog; the try at which a dialog has
   * more responses than any device sends brings those before it with it.
   */
  readonly guesses: number;
  /** Hostile text; null where Asterisk names no account. */
  readonly account: string | null;
}

/** A request that Asterisk let in. */
export interface Success extends Observed {
  readonly kind: 'success';
  readonly account: string;
  /**
   * Whether it shows that somebody knew the password. chan_sip raises SuccessfulAuth also for an unauthenticated REGISTER
   * with `Expires: 0` that is sent twice; there only a registration that changed a peer's state is proof.
   */
  readonly isProof: boolean;
}

/** A challenge that was sent to a stranger and not answered rightly: all that shows of an enumeration on some PBXs. */
export interface Probe extends Observed {
  readonly kind: 'probe';
}

/** What the detection reasons about. Strings may share memory with what they were read from. */
export type Observation = Attempt | Success | Probe;
