import { readFileSync } from 'node:fs';
import t from 'tap';
import { SECURITY_EVENT_NAMES } from '../../src/domain/security-event.js';
import {
  encodeEvent,
  encodeResponse,
  encodeSecurityEvent,
  type RaisedEvent,
  remoteAddress,
  unixTime,
} from '../../src/simulator/frames.js';

const recorded = readFileSync(new URL('../fixtures/simulator/frames.ami', import.meta.url), 'latin1');
const frames = recorded.split(/(?<=\r\n\r\n)/);
const stamp = { at: 0, systemName: null, timestamps: false };
const remote = remoteAddress('IPV4/UDP/203.0.113.9', 5060);
const request = { service: 'PJSIP', account: '101', sessionId: 'call', remote };

/** One event of each type. */
const EVENTS: readonly RaisedEvent[] = [
  { ...request, event: 'FailedACL', aclName: 'lan' },
  { ...request, event: 'InvalidAccountID' },
  { ...request, event: 'SessionLimit' },
  { ...request, event: 'MemoryLimit' },
  { ...request, event: 'LoadAverageLimit' },
  { ...request, event: 'RequestNotSupported', requestType: 'aor' },
  { ...request, event: 'RequestNotAllowed', requestType: 'Action: Ping' },
  { ...request, event: 'AuthMethodNotAllowed', authMethod: 'basic' },
  { ...request, event: 'RequestBadFormat', requestType: 'Action: NONE' },
  { ...request, event: 'SuccessfulAuth', usingPassword: true },
  { ...request, event: 'UnexpectedAddress', expectedAddress: 'IPV4/UDP/192.0.2.9/5060' },
  { ...request, event: 'ChallengeResponseFailed' },
  { ...request, event: 'InvalidPassword' },
  { ...request, event: 'ChallengeSent' },
  { ...request, event: 'InvalidTransport', attemptedTransport: 'TCP' },
];

/** Reads a frame without regard to the order of its keys, so that the encoder has to know the order. */
function decode(frame: string): string {
  const fields = new Map(frame.split('\r\n').map((line) => line.split(/: ?(.*)/) as [string, string]));
  const field = (key: string) => fields.get(key) ?? '';
  const [endpoint, port] = field('RemoteAddress').split(/\/(?=\d+$)/);
  const keys = ['LocalAddress', 'SessionTV', 'Challenge', 'Response', 'ExpectedResponse', 'ReceivedChallenge'];
  const wire = [...keys, 'ReceivedHash'].filter((key) => fields.has(key)).map((key) => [key, field(key)]);
  const event = {
    event: field('Event'),
    service: field('Service'),
    account: field('AccountID'),
    sessionId: field('SessionID'),
    remote: remoteAddress(endpoint ?? '', Number(port)),
    aclName: fields.get('ACLName') ?? null,
    requestType: field('RequestType'),
    usingPassword: field('UsingPassword') === '1',
    attemptedTransport: field('AttemptedTransport'),
    wire: Object.fromEntries(wire),
  } as RaisedEvent;
  const timestamps = fields.has('Timestamp');
  const at = timestamps ? Number(field('Timestamp')) * 1000 : Date.parse(field('EventTV'));
  return encodeSecurityEvent(event, { at, systemName: field('SystemName'), timestamps });
}

t.equal(frames.length, 17);
for (const frame of frames) {
  const [, event, service] = /Event: (\w+)[\s\S]*Service: (\w+)/.exec(frame) ?? [];
  await t.test(`${event} of ${service} is byte for byte what Asterisk sent`, async (t) => {
    t.equal(decode(frame), frame);
  });
}

await t.test('every type has its own keys after RemoteAddress, in the order of main/security_events.c', async (t) => {
  t.same(EVENTS.map(({ event }) => event).sort(), [...SECURITY_EVENT_NAMES].sort());
  const all = { Module: 'm', SessionTV: 's', RequestParams: 'p', Challenge: 'c', Response: 'r', ExpectedResponse: 'e' };
  const wire = { ...all, ReceivedChallenge: 'rc', ReceivedHash: 'rh' };
  const keysOf = (event: RaisedEvent) =>
    [...encodeSecurityEvent({ ...event, wire }, stamp).matchAll(/^(\w+): /gm)].map(([, key]) => key);
  t.same(Object.fromEntries(EVENTS.map((event) => [event.event, keysOf(event).slice(10).join(' ')])), {
    FailedACL: 'Module ACLName SessionTV',
    InvalidAccountID: 'Module SessionTV',
    SessionLimit: 'Module SessionTV',
    MemoryLimit: 'Module SessionTV',
    LoadAverageLimit: 'Module SessionTV',
    RequestNotSupported: 'RequestType Module SessionTV',
    RequestNotAllowed: 'RequestType Module SessionTV RequestParams',
    AuthMethodNotAllowed: 'AuthMethod Module SessionTV',
    // This one has no AccountID among the first ten keys.
    RequestBadFormat: 'Module SessionTV AccountID RequestParams',
    SuccessfulAuth: 'UsingPassword Module SessionTV',
    UnexpectedAddress: 'ExpectedAddress Module SessionTV',
    ChallengeResponseFailed: 'Challenge Response ExpectedResponse Module SessionTV',
    InvalidPassword: 'Module SessionTV Challenge ReceivedChallenge ReceivedHash',
    ChallengeSent: 'Challenge Module SessionTV',
    InvalidTransport: 'AttemptedTransport Module SessionTV',
  });
});

await t.test('what an event leaves out is what a plain PBX would write', async (t) => {
  const ami = { service: 'AMI', account: null, sessionId: '0x1' };
  const tcp6 = remoteAddress('IPV6/TCP/2001:db8::9', 1);
  const missing = (event: RaisedEvent) => encodeSecurityEvent(event, stamp).split('\r\n').slice(6);
  t.same(missing({ ...ami, event: 'RequestBadFormat', requestType: 'x', remote: tcp6 }), [
    'SessionID: 0x1',
    'LocalAddress: IPV6/TCP/2001:db8::1/5038',
    'RemoteAddress: IPV6/TCP/2001:db8::9/1',
    'RequestType: x',
    'SessionTV: 1970-01-01T00:00:00.000+0000',
    'AccountID: ',
    '',
    '',
  ]);
  const tls = remoteAddress('IPV4/TLS/203.0.113.9', 1);
  t.same(missing({ ...request, remote: tls, account: null, event: 'ChallengeResponseFailed' }), [
    'AccountID: ',
    'SessionID: call',
    'LocalAddress: IPV4/TLS/192.0.2.1/5061',
    'RemoteAddress: IPV4/TLS/203.0.113.9/1',
    'Challenge: ',
    'Response: ',
    'ExpectedResponse: ',
    '',
    '',
  ]);
  t.match(missing({ ...request, event: 'ChallengeSent' }), ['AccountID: 101', /./, /5060$/, /./, 'Challenge: ']);
  const login: RaisedEvent = { ...ami, remote: tcp6, event: 'SuccessfulAuth', usingPassword: false };
  t.match(encodeSecurityEvent(login, { ...stamp, at: 1000 }), /SessionTV: 1970-01-01T00:00:01/, 'a login starts now');
});

await t.test('an answer says the ActionID second, and not at all where there was none', async (t) => {
  t.equal(encodeResponse('Success', '7', { Ping: 'Pong' }), 'Response: Success\r\nActionID: 7\r\nPing: Pong\r\n\r\n');
  t.equal(encodeResponse('Error', null, { Message: 'no' }), 'Response: Error\r\nMessage: no\r\n\r\n');
  t.equal(
    encodeEvent('Reload', 'system', { Status: '0' }),
    'Event: Reload\r\nPrivilege: system,all\r\nStatus: 0\r\n\r\n',
  );
  t.equal(unixTime(1_795_225_347_354), '1795225347.354000');
});

await t.test('an address that is none throws', async (t) => {
  t.throws(() => remoteAddress('IPV4/UDP/203.0.113.999', 1), {
    message: 'not a remote address: IPV4/UDP/203.0.113.999',
  });
});
