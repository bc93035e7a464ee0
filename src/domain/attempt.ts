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

/** How a guess failed. `denied`: by an ACL, whatever the password was. */
export type AttemptOutcome = 'unknown_account' | 'wrong_password' | 'denied';

/** One guess that failed, however many events Asterisk raised for it. */
export interface Attempt extends Observed {
  readonly kind: 'attempt';
  readonly outcome: AttemptOutcome;
  /** Hostile text; null where Asterisk names no account. */
  readonly account: string | null;
}

/** A login that succeeded. */
export interface Success extends Observed {
  readonly kind: 'success';
  readonly account: string;
}

/** A challenge that was sent to a stranger and not answered rightly: all that shows of an enumeration on some PBXs. */
export interface Probe extends Observed {
  readonly kind: 'probe';
}

/** What the detection reasons about. Strings may share memory with what they were read from. */
export type Observation = Attempt | Success | Probe;
