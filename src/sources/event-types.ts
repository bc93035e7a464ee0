import type { SecurityEventName } from '../domain/security-event.js';

/** What is particular to one of Asterisk's security events. */
export interface EventType {
  readonly name: SecurityEventName;
  /** Whether AccountID stands before SessionID. */
  readonly hasAccount: boolean;
  /**
   * Keys that may follow RemoteAddress, in Asterisk's order: what the type requires, then what
   * it may add (Asterisk's main/security_events.c).
   */
  readonly tailKeys: readonly string[];
  /** The one of them whose value the event carries on; null for none. */
  readonly detailKey: string | null;
  /** What the event says beyond the common part, from that value; null if the key was absent. */
  readonly detailOf: ((value: string | null) => object) | null;
  /** The one whose value is what somebody guessed: the event carries a keyed hash of it and nothing else; null for none. */
  readonly guessKey: string | null;
}

/** AccountID after RemoteAddress, which RequestBadFormat alone has. */
export const LATE_ACCOUNT = 'AccountID';

export const EVENT_TYPES: ReadonlyMap<string, EventType> = new Map(
  (
    [
      type('FailedACL', ['Module', 'ACLName', 'SessionTV'], 'ACLName', (aclName) => ({ aclName })),
      type('InvalidAccountID', ['Module', 'SessionTV']),
      type('SessionLimit', ['Module', 'SessionTV']),
      type('MemoryLimit', ['Module', 'SessionTV']),
      type('LoadAverageLimit', ['Module', 'SessionTV']),
      type('RequestNotSupported', ['RequestType', 'Module', 'SessionTV'], 'RequestType', requestType),
      type('RequestNotAllowed', ['RequestType', 'Module', 'SessionTV', 'RequestParams'], 'RequestType', requestType),
      type('AuthMethodNotAllowed', ['AuthMethod', 'Module', 'SessionTV'], 'AuthMethod', (authMethod) => ({
        authMethod,
      })),
      {
        ...type(
          'RequestBadFormat',
          ['RequestType', 'Module', 'SessionTV', LATE_ACCOUNT, 'RequestParams'],
          'RequestType',
          requestType,
        ),
        hasAccount: false,
      },
      type('SuccessfulAuth', ['UsingPassword', 'Module', 'SessionTV'], 'UsingPassword', (value) => ({
        usingPassword: value === '1',
        isRegistration: false,
      })),
      type('UnexpectedAddress', ['ExpectedAddress', 'Module', 'SessionTV'], 'ExpectedAddress', (expectedAddress) => ({
        expectedAddress,
      })),
      {
        ...type('ChallengeResponseFailed', ['Challenge', 'Response', 'ExpectedResponse', 'Module', 'SessionTV']),
        guessKey: 'Response',
      },
      {
        ...type('InvalidPassword', ['Module', 'SessionTV', 'Challenge', 'ReceivedChallenge', 'ReceivedHash']),
        guessKey: 'ReceivedHash',
      },
      type('ChallengeSent', ['Challenge', 'Module', 'SessionTV']),
      type(
        'InvalidTransport',
        ['AttemptedTransport', 'Module', 'SessionTV'],
        'AttemptedTransport',
        (attemptedTransport) => ({
          attemptedTransport,
        }),
      ),
    ] satisfies EventType[]
  ).map((eventType) => [eventType.name, eventType]),
);

function type(
  name: SecurityEventName,
  tailKeys: readonly string[],
  detailKey: string | null = null,
  detailOf: EventType['detailOf'] = null,
): EventType {
  return { name, hasAccount: true, tailKeys, detailKey, detailOf, guessKey: null };
}

function requestType(value: string | null): object {
  return { requestType: value };
}
