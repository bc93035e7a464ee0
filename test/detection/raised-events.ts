import { AttemptReader, type AttemptReaderOptions } from '../../src/detection/attempts.js';
import type { Observation } from '../../src/domain/attempt.js';
import { parseEndpoint, type RemoteAddress } from '../../src/domain/remote-address.js';
import type { SecurityEvent, SecurityEventName } from '../../src/domain/security-event.js';

/** When the tests' events begin: the time of no clock, but one that a PBX could have. */
export const START = Date.UTC(2026, 10, 21, 1, 45);

/** What an event says, as far as it is not `PJSIP`, `call-1`, 203.0.113.9 over UDP, at START. */
export interface Said {
  readonly at?: number;
  readonly service?: string;
  readonly account?: string | null;
  readonly sessionId?: string;
  readonly endpoint?: string;
  readonly port?: number;
  readonly guess?: number | null;
  readonly aclName?: string | null;
  readonly pbx?: string;
  readonly isRegistration?: boolean;
  readonly usingPassword?: boolean;
}

export function raised(event: SecurityEventName, said: Said = {}): SecurityEvent {
  const { at = START, service = 'PJSIP', account = '101', sessionId = 'call-1', pbx = 'pbx' } = said;
  const { endpoint = 'IPV4/UDP/203.0.113.9', port = 5060, guess = null, aclName = null } = said;
  const { isRegistration = false, usingPassword = true } = said;
  const details = { local: null, guess, aclName, requestType: null, usingPassword, isRegistration };
  return { event, pbx, at, service, account, sessionId, remote: remoteOf(endpoint, port), ...details } as SecurityEvent;
}

/** What Asterisk raises for one request after the other; as recorded, see test/fixtures/recordings. */
export const unnamed = { account: '<unknown>' };
export const unknownWithoutDigest = (account: string, said: Said = {}) => [
  raised('InvalidAccountID', { ...said, account }),
  raised('ChallengeSent', { ...said, ...unnamed }),
];
export const unknownDigest = (account: string, guess: number, said: Said = {}) => [
  raised('InvalidAccountID', { ...said, account }),
  raised('ChallengeResponseFailed', { ...said, ...unnamed, guess }),
];
export const unknownWithDigest = (account: string, guess: number, said: Said = {}) => [
  ...unknownWithoutDigest(account, said),
  ...unknownDigest(account, guess, said),
];
export const wrongPassword = (account: string, guess: number, said: Said = {}) => [
  raised('ChallengeSent', { ...said, account }),
  raised('ChallengeResponseFailed', { ...said, account, guess }),
];
export const goodPhone = (account: string, said: Said = {}) => [
  raised('ChallengeSent', { ...said, account }),
  raised('SuccessfulAuth', { ...said, account }),
];
export const deniedByAcl = (account: string, guess: number, said: Said = {}) => [
  raised('FailedACL', { ...said, account, aclName: 'endpoint' }),
  raised('ChallengeSent', { ...said, ...unnamed }),
  raised('FailedACL', { ...said, account, aclName: 'endpoint' }),
  raised('ChallengeResponseFailed', { ...said, ...unnamed, guess }),
];

export function newReader(options: Partial<AttemptReaderOptions> = {}) {
  const observations: Observation[] = [];
  const reader = new AttemptReader({ hostsMax: 100, key: { k0: 7, k1: 8 }, ...options }, (observation) =>
    observations.push(observation),
  );
  /** @returns what is told for these events, short: `unknown_account 9999`, `wrong_password 101 x13`, `success 101`, `probe`. */
  const read = (...events: readonly (SecurityEvent | readonly SecurityEvent[])[]): string[] => {
    observations.length = 0;
    for (const event of events.flat()) reader.read(event);
    return observations.map(short);
  };
  return { reader, observations, read };
}

/** What these events give to a reader that knows nothing, what nobody answers included. */
export function told(...events: readonly (SecurityEvent | readonly SecurityEvent[])[]): string[] {
  const { reader, observations } = newReader();
  const all = events.flat();
  for (const event of all) reader.read(event);
  reader.flush(Math.max(...all.map(({ at }) => at)) + 32_000);
  return observations.map(short);
}

function short(observation: Observation): string {
  switch (observation.kind) {
    case 'attempt':
      return `${observation.outcome} ${observation.account}${observation.guesses === 1 ? '' : ` x${observation.guesses}`}`;
    case 'success':
      return `success ${observation.account}`;
    case 'probe':
      return 'probe';
    default:
      return observation satisfies never;
  }
}

function remoteOf(endpoint: string, port: number): RemoteAddress {
  const parsed = parseEndpoint(endpoint);
  if (parsed === null) throw new Error(`not an endpoint: ${endpoint}`);
  return { ...parsed, port };
}
