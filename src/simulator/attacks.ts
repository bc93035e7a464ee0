// What a PBX on the open internet hears, for the demo: several attacks at once, and five good phones among them. The bursts
// are those that Asterisk 16 and 22 were seen to raise; all addresses are reserved for documentation (RFC 5737, 3849).

import type { RemoteAddress } from '../domain/remote-address.js';
import { pause } from '../lifecycle/pause.js';
import { type RaisedEvent, remoteAddress } from './frames.js';
import { between, hex, type Random } from './random.js';

/** One event, and how long after the previous one it is raised. Events of one burst wait 0 ms. */
export interface Step {
  readonly waitMs: number;
  readonly event: RaisedEvent;
}

/** The whole demo, without end: some 35 failures a second, and once a minute a guess that succeeds. */
export function scenario(random: Random): Generator<Step> {
  return together([
    enumeration(random),
    guessing(random),
    chanSipGuessing(random),
    distributedGuessing(random),
    ipv6Guessing(random),
    amiBruteForce(random),
    breakIn(random),
    ...[201, 202, 203, 204, 205].map((extension) => goodPhone(random, extension)),
  ]);
}

/** Raises each step when it is due, until there are no more or the signal is aborted. */
export async function play(
  steps: Iterable<Step>,
  raise: (event: RaisedEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  for (const { waitMs, event } of steps) {
    if (waitMs > 0) await pause(waitMs, signal);
    if (signal.aborted) return;
    raise(event);
  }
}

/** Merges several sequences in order of time. */
export function* together(sequences: readonly Iterable<Step>[]): Generator<Step> {
  let now = 0;
  let pending = sequences.flatMap((sequence) => nextOf(sequence[Symbol.iterator](), now));
  while (pending.length > 0) {
    const first = pending.reduce((earliest, other) => (other.due < earliest.due ? other : earliest));
    yield { waitMs: first.due - now, event: first.event };
    now = first.due;
    pending = pending.flatMap((one) => (one === first ? nextOf(one.steps, now) : one));
  }
}

/** Like svwar: one address asks for one extension after another and answers no challenge. */
export function enumeration(random: Random): Generator<Step> {
  return repeat((round) => {
    const request = pjsip(random, 'IPV4/UDP/203.0.113.9');
    return burst(around(random, 80), [
      { ...request, event: 'InvalidAccountID', account: `${100 + (round % 9_900)}` },
      { ...request, event: 'ChallengeSent', account: '<unknown>' },
    ]);
  });
}

/** Like svcrack: one address, one account that exists, many passwords. */
export function guessing(random: Random): Generator<Step> {
  return repeat(() => burst(around(random, 125), wrongPassword(random, 'IPV4/UDP/198.51.100.23', '201')));
}

/** The older chan_sip raises InvalidPassword even for accounts that do not exist. In waves of forty guesses. */
export function chanSipGuessing(random: Random): Generator<Step> {
  return repeat((round) => {
    const nonce = hex(random, 8);
    const account = `${between(random, 1000, 1049)}`;
    const remote = client(random, 'IPV4/UDP/192.0.2.66');
    const request = { service: 'SIP', sessionId: pointer(random), account, remote };
    const wire = { Challenge: nonce, ReceivedChallenge: nonce, ReceivedHash: hex(random, 32) };
    return burst(round % 40 === 0 ? 8_000 : around(random, 150), [
      { ...request, event: 'ChallengeSent', wire: { Challenge: nonce } },
      { ...request, event: 'InvalidPassword', wire },
    ]);
  });
}

/** Forty addresses share the work on one account, each too slow for a limit per address. */
export function distributedGuessing(random: Random): Generator<Step> {
  return repeat(() => {
    const endpoint = `IPV4/TCP/203.0.113.${between(random, 100, 139)}`;
    return burst(around(random, 330), wrongPassword(random, endpoint, '2000'));
  });
}

/** Guesses at accounts that do not exist, over TLS: three failures for each guess. */
export function ipv6Guessing(random: Random): Generator<Step> {
  return repeat(() => {
    const request = pjsip(random, 'IPV6/TLS/2001:db8:bad:cafe::5060');
    const unknown = { ...request, event: 'InvalidAccountID', account: `user${between(random, 1, 999)}` } as const;
    return burst(around(random, 700), [
      unknown,
      { ...request, event: 'ChallengeSent', account: '<unknown>' },
      unknown,
      { ...request, ...failedResponse(random), account: '<unknown>' },
    ]);
  });
}

/** Guesses at AMI itself; of the names tried, only `admin` exists. */
export function amiBruteForce(random: Random): Generator<Step> {
  return repeat(() => {
    const account = random() < 0.4 ? 'admin' : `root${between(random, 1, 99)}`;
    const event = account === 'admin' ? 'InvalidPassword' : 'InvalidAccountID';
    const remote = client(random, 'IPV4/TCP/198.51.100.80');
    return burst(around(random, 500), [{ service: 'AMI', event, account, sessionId: pointer(random), remote }]);
  });
}

/** What should wake somebody: twenty wrong passwords in half a minute, then the right one. Once a minute. */
export function breakIn(random: Random): Generator<Step> {
  const endpoint = 'IPV4/TCP/198.51.100.77';
  return repeat((round) =>
    round % 21 < 20
      ? burst(1_500, wrongPassword(random, endpoint, '207'))
      : burst(30_000, rightPassword(random, endpoint, '207')),
  );
}

/** A phone that registers again every ten seconds or so. It never raises a failure. */
export function goodPhone(random: Random, extension: number): Generator<Step> {
  const endpoint = `IPV4/UDP/192.0.2.${extension}`;
  return repeat(() => burst(around(random, 10_000), rightPassword(random, endpoint, `${extension}`)));
}

/** Burst after burst, for ever. */
function* repeat(burstOf: (round: number) => readonly Step[]): Generator<Step> {
  for (let round = 0; ; round += 1) yield* burstOf(round);
  /* c8 ignore next */ // Nobody comes out of a loop without end.
}

function wrongPassword(random: Random, endpoint: string, account: string): RaisedEvent[] {
  const request = { ...pjsip(random, endpoint), account };
  return [
    { ...request, event: 'ChallengeSent' },
    { ...request, ...failedResponse(random) },
  ];
}

function rightPassword(random: Random, endpoint: string, account: string): RaisedEvent[] {
  const request = { ...pjsip(random, endpoint), account };
  return [
    { ...request, event: 'ChallengeSent' },
    { ...request, event: 'SuccessfulAuth', usingPassword: true },
  ];
}

/** PJSIP's nonce is the time and a hash; PJSIP never says which response it expected. */
function failedResponse(random: Random) {
  const wire = { Challenge: `${between(random, 1_795_000_000, 1_795_999_999)}/${hex(random, 32)}` };
  return { event: 'ChallengeResponseFailed', wire: { ...wire, Response: hex(random, 32) } } as const;
}

function pjsip(random: Random, endpoint: string) {
  return { service: 'PJSIP', sessionId: hex(random, 16), remote: client(random, endpoint) };
}

function client(random: Random, endpoint: string): RemoteAddress {
  return remoteAddress(endpoint, between(random, 32_768, 60_999));
}

/** The SessionID of chan_sip and AMI is the address in Asterisk's memory. */
function pointer(random: Random): string {
  return `0x7f${hex(random, 10)}`;
}

/** Half to one and a half times the mean. */
function around(random: Random, meanMs: number): number {
  return Math.round(meanMs * (0.5 + random()));
}

function burst(waitMs: number, events: readonly RaisedEvent[]): Step[] {
  return events.map((event, index) => ({ waitMs: index === 0 ? waitMs : 0, event }));
}

interface Pending extends Step {
  readonly steps: Iterator<Step>;
  readonly due: number;
}

function nextOf(steps: Iterator<Step>, now: number): Pending[] {
  const next = steps.next();
  return next.done === true ? [] : [{ ...next.value, steps, due: now + next.value.waitMs }];
}
