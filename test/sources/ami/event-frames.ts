import { parseEndpoint } from '../../../src/domain/remote-address.js';
import type { SecurityEvent } from '../../../src/domain/security-event.js';
import { hashOfBytes } from '../../../src/text/keyed-hash.js';

/** One of Asterisk's events as lines without their ends, and what must be read from it. */
export interface EventFrame {
  readonly lines: readonly string[];
  readonly event: SecurityEvent;
}

const TIME = '2026-11-21T01:45:33.201+0000';
const REMOTE = 'IPV4/UDP/203.0.113.9';

/** Stands in every value that must not leave the reader. */
export const CANARY = 'ba5eba11';

/** What the readers under test hash guesses with. */
export const GUESS_KEY = { k0: 0x5eed, k1: 0xfeed };

/** Every type with every key that it can have, in the order of Asterisk's main/security_events.c. */
export const FRAMES: readonly EventFrame[] = [
  frame('FailedACL', { aclName: 'lan' }, ['Module: res_pjsip', 'ACLName: lan', `SessionTV: ${TIME}`]),
  frame('InvalidAccountID', {}, ['Module: res_pjsip', `SessionTV: ${TIME}`]),
  frame('SessionLimit', {}, ['Module: chan_sip', `SessionTV: ${TIME}`]),
  frame('MemoryLimit', {}, ['Module: chan_sip', `SessionTV: ${TIME}`]),
  frame('LoadAverageLimit', {}, ['Module: chan_sip', `SessionTV: ${TIME}`]),
  frame('RequestNotSupported', { requestType: 'no_aor' }, [
    'RequestType: no_aor',
    'Module: res_pjsip',
    `SessionTV: ${TIME}`,
  ]),
  frame('RequestNotAllowed', { requestType: 'Action: Ping' }, [
    'RequestType: Action: Ping',
    'Module: manager',
    `SessionTV: ${TIME}`,
    'RequestParams: all',
  ]),
  frame('AuthMethodNotAllowed', { authMethod: 'basic' }, ['AuthMethod: basic', 'Module: http', `SessionTV: ${TIME}`]),
  frame('RequestBadFormat', { requestType: 'Action: Nonsense' }, [
    'RequestType: Action: Nonsense',
    'Module: manager',
    `SessionTV: ${TIME}`,
    'AccountID: 101',
    'RequestParams: all',
  ]),
  frame('SuccessfulAuth', { usingPassword: true, isRegistration: false }, [
    'UsingPassword: 1',
    'Module: res_pjsip',
    `SessionTV: ${TIME}`,
  ]),
  frame('UnexpectedAddress', { expectedAddress: 'IPV4/UDP/192.0.2.7/0' }, [
    'ExpectedAddress: IPV4/UDP/192.0.2.7/0',
    'Module: chan_sip',
    `SessionTV: ${TIME}`,
  ]),
  frame('ChallengeResponseFailed', { guess: guessOf(`${CANARY}-response`) }, [
    `Challenge: 1/${CANARY}-challenge`,
    `Response: ${CANARY}-response`,
    `ExpectedResponse: ${CANARY}-expected`,
    'Module: res_pjsip',
    `SessionTV: ${TIME}`,
  ]),
  frame('InvalidPassword', { guess: guessOf(`${CANARY}-hash`) }, [
    'Module: chan_sip',
    `SessionTV: ${TIME}`,
    `Challenge: ${CANARY}-challenge`,
    `ReceivedChallenge: ${CANARY}-received`,
    `ReceivedHash: ${CANARY}-hash`,
  ]),
  frame('ChallengeSent', {}, [`Challenge: ${CANARY}`, 'Module: chan_sip', `SessionTV: ${TIME}`]),
  frame('InvalidTransport', { attemptedTransport: 'UDP' }, [
    'AttemptedTransport: UDP',
    'Module: chan_sip',
    `SessionTV: ${TIME}`,
  ]),
];

/** How many lines stand in front of what a type adds; one fewer without AccountID. */
export const COMMON_LINES = 10;

/** The lines of a failed password, with other values than usual where some are given. */
export function goodLines(values: Readonly<Record<string, string>> = {}): string[] {
  const lines = [...head('InvalidPassword'), `Challenge: ${CANARY}`];
  return lines.map((line) => {
    const key = line.slice(0, line.indexOf(':'));
    return `${key}: ${values[key] ?? line.slice(key.length + 2)}`;
  });
}

export function goodFrame(values: Readonly<Record<string, string>> = {}): string {
  return textOf(goodLines(values));
}

/** Lines as they travel. */
export function textOf(lines: readonly string[]): string {
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** What is left of a guess in an event. */
export function guessOf(text: string): number {
  const bytes = Buffer.from(text);
  return hashOfBytes(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length, GUESS_KEY);
}

function head(name: SecurityEvent['event']): string[] {
  return [
    `Event: ${name}`,
    'Privilege: security,all',
    `EventTV: ${TIME}`,
    `Severity: ${name === 'ChallengeSent' || name === 'SuccessfulAuth' ? 'Informational' : 'Error'}`,
    'Service: PJSIP',
    `EventVersion: ${name === 'InvalidPassword' || name === 'UnexpectedAddress' ? 2 : 1}`,
    'AccountID: 101',
    'SessionID: 8f8f8f-0001',
    'LocalAddress: IPV4/UDP/192.0.2.1/5060',
    `RemoteAddress: ${REMOTE}/40000`,
  ].filter((line) => name !== 'RequestBadFormat' || line !== 'AccountID: 101');
}

function frame(name: SecurityEvent['event'], details: object, tail: readonly string[]): EventFrame {
  const event = {
    event: name,
    pbx: 'test-pbx',
    at: Date.UTC(2026, 10, 21, 1, 45, 33, 201),
    service: 'PJSIP',
    account: '101',
    sessionId: '8f8f8f-0001',
    remote: { ...parseEndpoint(REMOTE), port: 40_000 },
    local: '192.0.2.1',
    ...details,
  };
  return { lines: [...head(name), ...tail], event: event as SecurityEvent };
}
