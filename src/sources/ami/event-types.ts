import type { SecurityEventName } from '../../domain/security-event.js';
import { Pattern } from './pattern.js';

/** A key at the beginning of a line, with its separator. */
export interface Key {
  readonly name: string;
  readonly pattern: Pattern;
}

/** What is particular to one of Asterisk's security events. */
export interface EventType {
  readonly name: SecurityEventName;
  /** Whether AccountID stands before SessionID. */
  readonly hasAccount: boolean;
  /**
   * Keys that may follow RemoteAddress, in Asterisk's order: what the type requires, then what
   * it may add (Asterisk's main/security_events.c).
   */
  readonly tailKeys: readonly Key[];
  /** The one of them whose value the event carries on; null for none. */
  readonly detailKey: Key | null;
  /** What the event says beyond the common part, from that value; null where the key was absent. */
  readonly detailOf: ((value: string | null) => object) | null;
}

const MODULE = key('Module');
const SESSION_TV = key('SessionTV');
const REQUEST_TYPE = key('RequestType');
const REQUEST_PARAMS = key('RequestParams');
const ACL_NAME = key('ACLName');
const AUTH_METHOD = key('AuthMethod');
const USING_PASSWORD = key('UsingPassword');
const EXPECTED_ADDRESS = key('ExpectedAddress');
const ATTEMPTED_TRANSPORT = key('AttemptedTransport');
const CHALLENGE = key('Challenge');
const RESPONSE = key('Response');
const EXPECTED_RESPONSE = key('ExpectedResponse');
const RECEIVED_CHALLENGE = key('ReceivedChallenge');
const RECEIVED_HASH = key('ReceivedHash');
/** Stands behind RemoteAddress in RequestBadFormat alone. */
export const LATE_ACCOUNT = key('AccountID');

export const EVENT_TYPES: ReadonlyMap<string, EventType> = new Map(
  (
    [
      type('FailedACL', [MODULE, ACL_NAME, SESSION_TV], ACL_NAME, (aclName) => ({ aclName })),
      type('InvalidAccountID', [MODULE, SESSION_TV]),
      type('SessionLimit', [MODULE, SESSION_TV]),
      type('MemoryLimit', [MODULE, SESSION_TV]),
      type('LoadAverageLimit', [MODULE, SESSION_TV]),
      type('RequestNotSupported', [REQUEST_TYPE, MODULE, SESSION_TV], REQUEST_TYPE, requestType),
      type('RequestNotAllowed', [REQUEST_TYPE, MODULE, SESSION_TV, REQUEST_PARAMS], REQUEST_TYPE, requestType),
      type('AuthMethodNotAllowed', [AUTH_METHOD, MODULE, SESSION_TV], AUTH_METHOD, (authMethod) => ({ authMethod })),
      {
        ...type(
          'RequestBadFormat',
          [REQUEST_TYPE, MODULE, SESSION_TV, LATE_ACCOUNT, REQUEST_PARAMS],
          REQUEST_TYPE,
          requestType,
        ),
        hasAccount: false,
      },
      type('SuccessfulAuth', [USING_PASSWORD, MODULE, SESSION_TV], USING_PASSWORD, (value) => ({
        usingPassword: value === '1',
      })),
      type('UnexpectedAddress', [EXPECTED_ADDRESS, MODULE, SESSION_TV], EXPECTED_ADDRESS, (expectedAddress) => ({
        expectedAddress,
      })),
      type('ChallengeResponseFailed', [CHALLENGE, RESPONSE, EXPECTED_RESPONSE, MODULE, SESSION_TV]),
      type('InvalidPassword', [MODULE, SESSION_TV, CHALLENGE, RECEIVED_CHALLENGE, RECEIVED_HASH]),
      type('ChallengeSent', [CHALLENGE, MODULE, SESSION_TV]),
      type(
        'InvalidTransport',
        [ATTEMPTED_TRANSPORT, MODULE, SESSION_TV],
        ATTEMPTED_TRANSPORT,
        (attemptedTransport) => ({
          attemptedTransport,
        }),
      ),
    ] satisfies EventType[]
  ).map((eventType) => [eventType.name, eventType]),
);

function key(name: string): Key {
  return { name, pattern: new Pattern(`${name}: `) };
}

function type(
  name: SecurityEventName,
  tailKeys: readonly Key[],
  detailKey: Key | null = null,
  detailOf: EventType['detailOf'] = null,
): EventType {
  return { name, hasAccount: true, tailKeys, detailKey, detailOf };
}

function requestType(value: string | null): object {
  return { requestType: value };
}
