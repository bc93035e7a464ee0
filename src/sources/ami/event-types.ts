import type { SecurityEventName } from '../../domain/security-event.js';

/** What is particular to one of Asterisk's security events. */
export interface EventType {
  readonly name: SecurityEventName;
  /** Whether AccountID stands before SessionID. */
  readonly hasAccount: boolean;
  /**
   * Keys that may follow RemoteAddress, in Asterisk's order and with their separator: what the type requires, then what
   * it may add (Asterisk's main/security_events.c).
   */
  readonly tailKeys: readonly string[];
  /** The one of them whose value the event carries on; null for none. */
  readonly detailKey: string | null;
  /** What the event says beyond the common part, from that value; null where the key was absent. */
  readonly detailOf: ((value: string | null) => object) | null;
}

export const EVENT_TYPES: ReadonlyMap<string, EventType> = new Map(
  (
    [
      type('FailedACL', ['Module: ', 'ACLName: ', 'SessionTV: '], 'ACLName: ', (aclName) => ({ aclName })),
      type('InvalidAccountID', ['Module: ', 'SessionTV: ']),
      type('SessionLimit', ['Module: ', 'SessionTV: ']),
      type('MemoryLimit', ['Module: ', 'SessionTV: ']),
      type('LoadAverageLimit', ['Module: ', 'SessionTV: ']),
      type('RequestNotSupported', ['RequestType: ', 'Module: ', 'SessionTV: '], 'RequestType: ', requestType),
      type(
        'RequestNotAllowed',
        ['RequestType: ', 'Module: ', 'SessionTV: ', 'RequestParams: '],
        'RequestType: ',
        requestType,
      ),
      type('AuthMethodNotAllowed', ['AuthMethod: ', 'Module: ', 'SessionTV: '], 'AuthMethod: ', (authMethod) => ({
        authMethod,
      })),
      {
        ...type(
          'RequestBadFormat',
          ['RequestType: ', 'Module: ', 'SessionTV: ', 'AccountID: ', 'RequestParams: '],
          'RequestType: ',
          requestType,
        ),
        hasAccount: false,
      },
      type('SuccessfulAuth', ['UsingPassword: ', 'Module: ', 'SessionTV: '], 'UsingPassword: ', (value) => ({
        usingPassword: value === '1',
      })),
      type('UnexpectedAddress', ['ExpectedAddress: ', 'Module: ', 'SessionTV: '], 'ExpectedAddress: ', (value) => ({
        expectedAddress: value,
      })),
      type('ChallengeResponseFailed', ['Challenge: ', 'Response: ', 'ExpectedResponse: ', 'Module: ', 'SessionTV: ']),
      type('InvalidPassword', ['Module: ', 'SessionTV: ', 'Challenge: ', 'ReceivedChallenge: ', 'ReceivedHash: ']),
      type('ChallengeSent', ['Challenge: ', 'Module: ', 'SessionTV: ']),
      type(
        'InvalidTransport',
        ['AttemptedTransport: ', 'Module: ', 'SessionTV: '],
        'AttemptedTransport: ',
        (value) => ({
          attemptedTransport: value,
        }),
      ),
    ] satisfies EventType[]
  ).map((eventType) => [eventType.name, eventType]),
);

// The keys are written out with their separators: a text that is put together at run time is compared ten times slower.
function type(
  name: SecurityEventName,
  tailKeys: readonly string[],
  detailKey: string | null = null,
  detailOf: EventType['detailOf'] = null,
): EventType {
  return { name, hasAccount: true, tailKeys, detailKey, detailOf };
}

function requestType(value: string | null): object {
  return { requestType: value };
}
