import type { Address, RemoteAddress } from './remote-address.js';

/** Asterisk's 15 security events, in the order of its include/asterisk/security_events_defs.h. */
export const SECURITY_EVENT_NAMES = [
  'FailedACL',
  'InvalidAccountID',
  'SessionLimit',
  'MemoryLimit',
  'LoadAverageLimit',
  'RequestNotSupported',
  'RequestNotAllowed',
  'AuthMethodNotAllowed',
  'RequestBadFormat',
  'SuccessfulAuth',
  'UnexpectedAddress',
  'ChallengeResponseFailed',
  'InvalidPassword',
  'ChallengeSent',
  'InvalidTransport',
] as const;

export type SecurityEventName = (typeof SECURITY_EVENT_NAMES)[number];

/**
 * What every security event says. The strings may share memory with the buffer they were read from:
 * whoever keeps one beyond the callback keeps that buffer too, unless it is detached first.
 */
interface SecurityEventCommon {
  /** Asterisk's `systemname`, or the name that the source was given where Asterisk has none. */
  readonly pbx: string;
  /** When Asterisk raised it, in milliseconds since the Unix epoch. */
  readonly at: number;
  /** Asterisk's own word: `PJSIP`, `SIP` (chan_sip) or `AMI`. */
  readonly service: string;
  /** What the client claimed to be; hostile text. Null where Asterisk names no account. */
  readonly account: string | null;
  /** The SIP Call-ID (hostile text) or a pointer; groups what belongs to one request. */
  readonly sessionId: string;
  readonly remote: RemoteAddress;
  /** The PBX's own address at which it came in; null where Asterisk does not say, as for a socket that listens at all of them. */
  readonly local: Address | null;
}

/** What a type says beyond the common part; types that are absent here add nothing. Null: Asterisk left it out. */
interface SecurityEventDetails {
  FailedACL: { readonly aclName: string | null };
  RequestNotSupported: { readonly requestType: string | null };
  RequestNotAllowed: { readonly requestType: string | null };
  RequestBadFormat: { readonly requestType: string | null };
  AuthMethodNotAllowed: { readonly authMethod: string | null };
  /** False for every AMI login: Asterisk never sets it there. */
  SuccessfulAuth: {
    readonly usingPassword: boolean;
    /**
     * Whether Asterisk said that this peer of chan_sip is now registered at this address: what chan_sip's SuccessfulAuth
     * alone does not prove. False elsewhere.
     */
    readonly isRegistration: boolean;
  };
  UnexpectedAddress: { readonly expectedAddress: string | null };
  ChallengeResponseFailed: Guessed;
  InvalidPassword: Guessed;
  InvalidTransport: { readonly attemptedTransport: string | null };
}

interface Guessed {
  /**
   * Tells two guesses at a password apart: 32 bits of a keyed hash (`keyed-hash.ts`) of the digest's response or hash. Null
   * where Asterisk says none. Equal numbers mean the same packet again, or one chance in 2^32.
   */
  readonly guess: number | null;
}

/** One security event, discriminated by `event`. Challenges, responses and hashes are not part of it, on purpose. */
export type SecurityEvent = {
  [Name in SecurityEventName]: SecurityEventCommon & { readonly event: Name } & (Name extends keyof SecurityEventDetails
      ? SecurityEventDetails[Name]
      : unknown);
}[SecurityEventName];

export type FailedAuthName = 'InvalidAccountID' | 'InvalidPassword' | 'ChallengeResponseFailed';

/** Whether an event is a failed authentication, which is what the `security.failed_auth` meters count. */
export function isFailedAuth(event: SecurityEvent): event is SecurityEvent & { event: FailedAuthName } {
  return isFailedAuthName(event.event);
}

export function isFailedAuthName(name: string): name is FailedAuthName {
  return name === 'ChallengeResponseFailed' || name === 'InvalidAccountID' || name === 'InvalidPassword';
}
