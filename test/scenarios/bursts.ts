import { type RaisedEvent, remoteAddress } from '../../src/simulator/frames.js';
import { between, type Random } from '../../src/simulator/random.js';
import type { ScenarioEvent } from './scenario.js';

// The bursts of events that Asterisk 16 and 22 were seen to raise for one request each, in the order in which they come.

/** Who asks: an endpoint in Asterisk's words, the account that is asked for, and the Call-ID. */
export interface Request {
  readonly from: string;
  readonly account: string;
  /** The source port; 5060 where it is left out. */
  readonly port?: number;
  /** A new one where it is left out. */
  readonly callId?: string;
}

export function goodLogin(random: Random, request: Request): RaisedEvent[] {
  const common = pjsip(random, request);
  return [
    { ...common, event: 'ChallengeSent' },
    { ...common, event: 'SuccessfulAuth', usingPassword: true },
  ];
}

/** A phone that answers the challenge of its last login again, which is still good. */
export function renewedLogin(random: Random, request: Request): RaisedEvent[] {
  return goodLogin(random, request).slice(1);
}

/** PJSIP finds the endpoint by the name in the answer only: the first request of the dialog is a stranger's. */
export function lateNamedLogin(random: Random, request: Request): RaisedEvent[] {
  const common = pjsip(random, request);
  return [
    { ...common, event: 'InvalidAccountID' },
    { ...common, event: 'ChallengeSent', account: UNKNOWN },
    { ...common, event: 'SuccessfulAuth', usingPassword: true },
  ];
}

export function wrongPassword(random: Random, request: Request): RaisedEvent[] {
  const common = pjsip(random, request);
  return [
    { ...common, event: 'ChallengeSent' },
    { ...common, ...failedResponse(random) },
  ];
}

/** A guess at the nonce of an earlier one, and what a single packet with a forged address raises. */
export function reusedNonce(random: Random, request: Request): RaisedEvent[] {
  return [{ ...pjsip(random, request), ...failedResponse(random) }];
}

/** As svwar asks: a user that Asterisk does not have, without an answer to the challenge. OPTIONS looks the same. */
export function unknownUser(random: Random, request: Request): RaisedEvent[] {
  const common = pjsip(random, request);
  return [
    { ...common, event: 'InvalidAccountID' },
    { ...common, event: 'ChallengeSent', account: UNKNOWN },
  ];
}

/** Three failures, one guess. */
export function unknownUserWithPassword(random: Random, request: Request): RaisedEvent[] {
  const common = pjsip(random, request);
  return [
    { ...common, event: 'InvalidAccountID' },
    { ...common, event: 'ChallengeSent', account: UNKNOWN },
    { ...common, event: 'InvalidAccountID' },
    { ...common, ...failedResponse(random), account: UNKNOWN },
  ];
}

/** An account that exists, asked for without an answer to the challenge. */
export function challenged(random: Random, request: Request): RaisedEvent[] {
  return [{ ...pjsip(random, request), event: 'ChallengeSent' }];
}

/** Any user on a PBX with `auth_username` among its identifiers, as FreePBX has it. */
export function strangerChallenged(random: Random, request: Request): RaisedEvent[] {
  return challenged(random, { ...request, account: UNKNOWN });
}

/** An address that an ACL keeps out, with whatever password. */
export function denied(random: Random, request: Request): RaisedEvent[] {
  const common = pjsip(random, request);
  const refused = { ...common, event: 'FailedACL', aclName: 'office' } as const;
  return [refused, { ...common, event: 'ChallengeSent' }, refused, { ...common, ...failedResponse(random) }];
}

export function chanSipLogin(random: Random, request: Request): ScenarioEvent[] {
  const { common, wire } = chanSip(random, request);
  return [
    { ...common, event: 'ChallengeSent', wire },
    { ...common, event: 'SuccessfulAuth', usingPassword: true, registers: true },
  ];
}

/**
 * A REGISTER with `Expires: 0` and no credentials, sent twice: chan_sip says that any account it has is authenticated, and
 * registers nobody.
 */
export function chanSipFreeLogin(random: Random, request: Request): RaisedEvent[] {
  const { common, wire } = chanSip(random, request);
  return [
    { ...common, event: 'ChallengeSent', wire },
    { ...common, event: 'SuccessfulAuth', usingPassword: true },
  ];
}

/** chan_sip says the same for accounts that it does not have. */
export function chanSipWrongPassword(random: Random, request: Request): RaisedEvent[] {
  const { common, wire } = chanSip(random, request);
  const received = { ...wire, ReceivedChallenge: wire.Challenge, ReceivedHash: token(random, 32) };
  return [
    { ...common, event: 'ChallengeSent', wire },
    { ...common, event: 'InvalidPassword', wire: received },
  ];
}

/** chan_sip believes the `maddr` of a Via: the address is the victim's, and the nonce is none of its own. */
export function chanSipForged(random: Random, request: Request): RaisedEvent[] {
  const { common, wire } = chanSip(random, request);
  const received = { ...wire, ReceivedChallenge: token(random, 8), ReceivedHash: token(random, 32) };
  return [{ ...common, event: 'InvalidPassword', wire: received }];
}

/** What chan_sip says of a request without a password, of accounts that it has and of others. */
export function chanSipChallenged(random: Random, request: Request): RaisedEvent[] {
  const { common, wire } = chanSip(random, request);
  return [{ ...common, event: 'ChallengeSent', wire }];
}

export function amiWrongPassword(random: Random, { from, account }: Request): RaisedEvent[] {
  return [{ ...ami(random, from), event: 'InvalidPassword', account }];
}

export function amiUnknownUser(random: Random, { from, account }: Request): RaisedEvent[] {
  return [{ ...ami(random, from), event: 'InvalidAccountID', account }];
}

/** The packets of a burst `times` times, as a phone sends them again when no answer comes. */
export function resent(events: readonly ScenarioEvent[], times: number): ScenarioEvent[] {
  return events.flatMap((event) => Array.from({ length: times }, () => event));
}

const UNKNOWN = '<unknown>';
const SIP_PORT = 5060;

function pjsip(random: Random, { from, account, callId, port }: Request) {
  return {
    service: 'PJSIP',
    account,
    sessionId: callId ?? token(random, 16),
    remote: remoteAddress(from, port ?? SIP_PORT),
  };
}

function chanSip(random: Random, { from, account, port }: Request) {
  const common = { service: 'SIP', account, sessionId: pointer(random), remote: remoteAddress(from, port ?? SIP_PORT) };
  return { common, wire: { Challenge: token(random, 8) } };
}

function ami(random: Random, from: string) {
  return { service: 'AMI', sessionId: pointer(random), remote: remoteAddress(from, between(random, 32_768, 60_999)) };
}

function failedResponse(random: Random) {
  const wire = { Challenge: `${between(random, 1_795_000_000, 1_795_999_999)}/${token(random, 32)}` };
  return { event: 'ChallengeResponseFailed', wire: { ...wire, Response: token(random, 32) } } as const;
}

/** The SessionID of chan_sip and AMI is the address of something in Asterisk's memory. */
function pointer(random: Random): string {
  return `0x7f${token(random, 10)}`;
}

/** As many hexadecimal digits, of which no more than thirteen are by chance: a scenario has a hundred thousand of them. */
function token(random: Random, digits: number): string {
  return Math.floor(random() * 2 ** 52)
    .toString(16)
    .padStart(digits, '0')
    .slice(-digits);
}
