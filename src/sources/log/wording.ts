import type { SecurityEvent } from '../../domain/security-event.js';
import { type HostPort, parseHostPort } from '../host-port.js';

type Details<Name extends SecurityEvent['event'], Keys extends string = never> = Pick<
  SecurityEvent & { event: Name },
  'event' | (Keys & keyof (SecurityEvent & { event: Name }))
>;

/** Which event a message is, with what that event says beyond the common part. */
export type Said =
  | Details<'InvalidAccountID'>
  | Details<'InvalidPassword', 'guess'>
  | Details<'ChallengeResponseFailed', 'guess'>
  | Details<'FailedACL', 'aclName'>
  | Details<'InvalidTransport', 'attemptedTransport'>
  | Details<'RequestNotSupported', 'requestType'>
  | Details<'SuccessfulAuth', 'usingPassword' | 'isRegistration'>;

/** The parts of a message that was read in the one way in which it can be read. */
interface Parts {
  /** Between the head and the address; hostile text. Empty if the address is part of the head. */
  readonly before: string;
  /** Between the address and the tail; hostile text. */
  readonly after: string;
  /** The group `reason` of the tail; null if it has none. */
  readonly reason: string | null;
}

/** What a message says beside its address and time. */
export interface Meaning {
  readonly said: Said;
  readonly account: string | null;
  /** The SIP Call-ID; null if the message has none. */
  readonly sessionId: string | null;
}

/**
 * One sentence of Asterisk's, cut at what a client can write into it. Nothing of that text is escaped, and so a message
 * counts only if there is one place where Asterisk can have written the address: `head` and `tail` are Asterisk's own
 * words at the two ends of the message, and `place` finds each address with the words that Asterisk writes around it.
 *
 * No expression here may repeat a repetition, and what stands between two literals has a greatest length, so that the
 * time for a message grows with its length only.
 */
export interface Wording {
  readonly service: string;
  /** Anchored at the beginning. With a group `host` where nothing that a client wrote is before the address. */
  readonly head: RegExp;
  /**
   * Global, with a group `host` and perhaps `transport`; null if the head has the group. Where nothing that a client
   * wrote follows the address, it ends in a lookahead for the tail, and so can be in one place only.
   */
  readonly place: RegExp | null;
  /** Anchored at the end. */
  readonly tail: RegExp;
  /** Whether the address always has a port, also without brackets around an IPv6 address. */
  readonly hasPort: boolean;
  /**
   * How many bytes a client can write after a line feed in this message, at most. 0 if none can be in it.
   */
  readonly spillBytesMax: number;
  /** Whether a client's text with a line feed can end as the message does, so that the line looks whole. */
  readonly isOpen: boolean;
  /** Gives `ignored` for what is no event on AMI either, and null for a reason that is not known. */
  readonly meaning: (parts: Parts) => Meaning | 'ignored' | null;
}

export type Reading =
  | { readonly kind: 'event'; readonly wording: Wording; readonly meaning: Meaning; readonly remote: HostPort }
  | { readonly kind: 'ignored' }
  | { readonly kind: 'malformed'; readonly reason: 'value' | 'address' | 'ambiguous' }
  /** The message has no end: it may go on in the next lines, with a client's text. */
  | { readonly kind: 'broken'; readonly wording: Wording; readonly remote: HostPort | null };

/** Reads a message by the first wording that it begins as. @returns null if it begins as none. */
export function readMessage(wordings: readonly Wording[], message: string): Reading | null {
  for (const wording of wordings) {
    const head = wording.head.exec(message);
    if (head !== null) return readWording(wording, head, message);
  }
  return null;
}

interface Place {
  readonly host: string;
  readonly transport: string | undefined;
  readonly from: number;
  readonly to: number;
}

function readWording(wording: Wording, head: RegExpExecArray, message: string): Reading {
  const tail = wording.tail.exec(message);
  const bodyAt = head[0].length;
  const place = addressPlaces(wording, head, message, tail?.index ?? message.length);
  if (place === 'ambiguous') return { kind: 'malformed', reason: 'ambiguous' };
  const remote = place === null ? null : remoteOf(place, wording);
  if (tail === null || tail.index < bodyAt || place === null) return { kind: 'broken', wording, remote };
  const meaning = wording.meaning({
    before: message.slice(bodyAt, Math.max(place.from, bodyAt)),
    after: message.slice(Math.max(place.to, bodyAt), tail.index),
    reason: tail.groups?.['reason'] ?? null,
  });
  if (meaning === 'ignored') return { kind: 'ignored' };
  if (meaning === null) return { kind: 'malformed', reason: 'value' };
  if (remote === null) return { kind: 'malformed', reason: 'address' };
  return { kind: 'event', wording, meaning, remote };
}

/** @returns the first place, if all others name the same host and port; null if there is none. */
function addressPlaces(
  { place }: Wording,
  head: RegExpExecArray,
  message: string,
  end: number,
): Place | 'ambiguous' | null {
  if (place === null) return placeOf(head);
  let found: Place | null = null;
  place.lastIndex = head[0].length;
  for (let match = place.exec(message); match !== null && match.index < end; match = place.exec(message)) {
    const next = placeOf(match);
    if (found !== null && (found.host !== next.host || found.transport !== next.transport)) return 'ambiguous';
    found ??= next;
  }
  return found;
}

function placeOf(match: RegExpExecArray): Place {
  const { host = '', transport } = match.groups ?? {};
  return { host, transport, from: match.index, to: match.index + match[0].length };
}

function remoteOf({ host, transport }: Place, { hasPort }: Wording): HostPort | null {
  return parseHostPort(host, transport ?? null, hasPort);
}
