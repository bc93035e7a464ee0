import type { SecurityEvent, SecurityEventName } from './security-event.js';

/** Why a block was not counted as an event. A closed list, so that it can be part of a meter's name. */
export const MALFORMED_REASONS = [
  /** Longer than the limit, or without an end. */
  'oversize',
  /** The connection ended in the middle of it. */
  'truncated',
  /** Neither an event nor a response: what is left over when a value forged the end of its event. */
  'no_event',
  /** A security event's name without `Privilege: security,all` right after it. */
  'privilege',
  /** The security privilege on an event that Asterisk does not have. */
  'unknown_event',
  /** A key is missing, unknown, repeated or not where Asterisk writes it. */
  'key_order',
  /** A value that Asterisk itself writes is not of Asterisk's form: EventTV. */
  'event_tv',
  /** As above: Severity, Service or EventVersion. */
  'value',
  /** As above: LocalAddress or RemoteAddress. */
  'address',
  /** Hostile text in it makes it readable in more than one way. */
  'ambiguous',
  /** A security event's words behind a beginning of a line that nobody knows. */
  'prefix',
  /** Right after a line or a block that hostile text broke off: it may be that text's own. */
  'injected',
] as const;

export type MalformedReason = (typeof MALFORMED_REASONS)[number];

/** What changed in a source's life. `reason` is for people. */
export type SourceState =
  | { readonly state: 'connected' }
  /** Events may have been lost from now until the next `connected`. `retryMs` is the wait before the next try. */
  | { readonly state: 'disconnected'; readonly reason: string; readonly retryMs: number }
  /** The source is connected and has seen that security events reach it. */
  | { readonly state: 'hearing' }
  /** As `hearing`, but events of these types did not come although they must have: `reason` says why that can be and how to mend it. */
  | { readonly state: 'partly-deaf'; readonly missing: readonly SecurityEventName[]; readonly reason: string }
  /** The source is connected, but what must have come did not come: `reason` says why that can be and how to mend it. */
  | { readonly state: 'deaf'; readonly reason: string };

export interface SourceHandlers {
  /** Called synchronously, once for each well-formed event, in the order of their arrival. */
  readonly onEvent: (event: SecurityEvent) => void;
  readonly onMalformed: (reason: MalformedReason) => void;
  readonly onState: (state: SourceState) => void;
}

/** Where security events come from. */
export interface Source {
  /** Runs until the signal is aborted, reconnecting by itself for ever; then closes and resolves. Never rejects for what the other side does. */
  start(handlers: SourceHandlers, signal: AbortSignal): Promise<void>;
  /**
   * Marks how far events were handed out. What it returns is called when all of them have been sent: a source that can
   * be read again, as a file can, then need not hand them out after a restart.
   */
  mark(): () => void;
}
