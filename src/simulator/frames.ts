import { parseEndpoint, type RemoteAddress } from '../domain/remote-address.js';
import type { SecurityEvent, SecurityEventName } from '../domain/security-event.js';

/** What Asterisk writes into a frame but a SecurityEvent leaves out, under Asterisk's own keys. */
type Wire = Partial<
  Record<
    | 'LocalAddress'
    | 'Module'
    | 'SessionTV'
    | 'RequestParams'
    | 'Challenge'
    | 'Response'
    | 'ExpectedResponse'
    | 'ReceivedChallenge'
    | 'ReceivedHash',
    string
  >
>;

type Raised<Event> = Event extends SecurityEvent
  ? Omit<Event, 'pbx' | 'at' | 'guess' | 'local' | 'isRegistration'> & { readonly wire?: Wire }
  : never;
/** A security event as something inside the PBX raises it: the PBX adds its own name and the time. */
export type RaisedEvent = Raised<SecurityEvent>;

/** What the PBX adds to every event. */
export interface Stamp {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  /** `systemname` of asterisk.conf; null if it is not set, and then there is no such line. */
  readonly systemName: string | null;
  /** `timestampevents` of manager.conf. */
  readonly timestamps: boolean;
}

/** Keys in the order in which they are written; null and undefined values are left out. */
export type Fields = Readonly<Record<string, string | null | undefined>>;

/**
 * The frame of a security event, byte for byte as Asterisk 22 writes it. The keys and their order are those of
 * `sec_events` in Asterisk's main/security_events.c: first what the type requires, then what is optional.
 * Nothing is escaped, since Asterisk escapes nothing.
 */
export function encodeSecurityEvent(event: RaisedEvent, stamp: Stamp): string {
  const eventTv = isoTime(stamp.at);
  return encodeEvent(event.event, 'security', {
    Timestamp: stamp.timestamps ? unixTime(stamp.at) : null,
    SystemName: stamp.systemName,
    EventTV: eventTv,
    Severity: INFORMATIONAL.has(event.event) ? 'Informational' : 'Error',
    Service: event.service,
    EventVersion: VERSION_2.has(event.event) ? '2' : '1',
    ...(event.event === 'RequestBadFormat' ? {} : { AccountID: event.account ?? '' }),
    SessionID: event.sessionId,
    LocalAddress: event.wire?.LocalAddress ?? localAddressFor(event),
    RemoteAddress: `${event.remote.endpoint}/${event.remote.port}`,
    ...details(event, eventTv),
  });
}

/** An event of the PBX itself, such as FullyBooted or Shutdown. */
export function encodeEvent(name: string, eventClass: string, fields: Fields): string {
  return encode({ Event: name, Privilege: `${eventClass},all`, ...fields });
}

/** The answer to an action; `actionId` is null if the client gave none. */
export function encodeResponse(
  result: 'Success' | 'Error' | 'Goodbye',
  actionId: string | null,
  fields: Fields,
): string {
  return encode({ Response: result, ActionID: actionId, ...fields });
}

/** Milliseconds since the Unix epoch as EventTV; Asterisk writes the server's zone, and this server is in UTC. */
export function isoTime(at: number): string {
  return new Date(at).toISOString().replace('Z', '+0000');
}

/** Seconds since the Unix epoch with six decimals, as in the answer to a Ping. */
export function unixTime(at: number): string {
  return (at / 1000).toFixed(6);
}

/**
 * A remote address from Asterisk's own text, such as `IPV4/UDP/203.0.113.9`, and a port.
 * @throws TypeError if the text is no such address.
 */
export function remoteAddress(endpoint: string, port: number): RemoteAddress {
  const parsed = parseEndpoint(endpoint);
  if (parsed === null) throw new TypeError(`not a remote address: ${endpoint}`);
  return { ...parsed, port };
}

const INFORMATIONAL: ReadonlySet<SecurityEventName> = new Set(['SuccessfulAuth', 'ChallengeSent']);
/** The two types whose fields changed once, by Asterisk's include/asterisk/security_events_defs.h. */
const VERSION_2: ReadonlySet<SecurityEventName> = new Set(['InvalidPassword', 'UnexpectedAddress']);

/** What a type writes after RemoteAddress, in this order. Only AMI has a SessionTV. */
function details(event: RaisedEvent, eventTv: string): Fields {
  const wire = event.wire ?? {};
  // Before the login the session's time is zero.
  const sessionStart = event.event === 'SuccessfulAuth' ? eventTv : isoTime(0);
  const SessionTV = wire.SessionTV ?? (event.service === 'AMI' ? sessionStart : null);
  const common = { Module: wire.Module, SessionTV };
  switch (event.event) {
    case 'InvalidAccountID':
    case 'SessionLimit':
    case 'MemoryLimit':
    case 'LoadAverageLimit':
      return common;
    case 'FailedACL':
      return { Module: wire.Module, ACLName: event.aclName, SessionTV };
    case 'RequestNotSupported':
      return { RequestType: event.requestType, ...common };
    case 'RequestNotAllowed':
      return { RequestType: event.requestType, ...common, RequestParams: wire.RequestParams };
    case 'RequestBadFormat':
      return {
        RequestType: event.requestType,
        ...common,
        AccountID: event.account ?? '',
        RequestParams: wire.RequestParams,
      };
    case 'AuthMethodNotAllowed':
      return { AuthMethod: event.authMethod, ...common };
    case 'SuccessfulAuth':
      return { UsingPassword: event.usingPassword ? '1' : '0', ...common };
    case 'UnexpectedAddress':
      return { ExpectedAddress: event.expectedAddress, ...common };
    case 'ChallengeResponseFailed':
      return {
        Challenge: wire.Challenge ?? '',
        Response: wire.Response ?? '',
        ExpectedResponse: wire.ExpectedResponse ?? '',
        ...common,
      };
    case 'InvalidPassword':
      return {
        ...common,
        Challenge: wire.Challenge,
        ReceivedChallenge: wire.ReceivedChallenge,
        ReceivedHash: wire.ReceivedHash,
      };
    case 'ChallengeSent':
      return { Challenge: wire.Challenge ?? '', ...common };
    case 'InvalidTransport':
      return { AttemptedTransport: event.attemptedTransport, ...common };
    /* c8 ignore next 2 */ // No value gets here: the compiler holds the list against the type.
    default:
      return event satisfies never;
  }
}

/** The local address of a PBX at a documentation address, with the usual port for the service and transport. */
function localAddressFor({ remote, service }: RaisedEvent): string {
  const host = remote.family === 'IPV4' ? '192.0.2.1' : '2001:db8::1';
  const sipPort = remote.transport === 'TLS' ? 5061 : 5060;
  return remote.endpoint.replace(remote.address, () => `${host}/${service === 'AMI' ? 5038 : sipPort}`);
}

function encode(fields: Fields): string {
  const lines = Object.entries(fields).flatMap(([key, value]) =>
    (value ?? null) === null ? [] : `${key}: ${value}\r\n`,
  );
  return `${lines.join('')}\r\n`;
}
