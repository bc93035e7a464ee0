// Attackers of whom nobody has heard, as many as are wanted: each an address of 198.18.0.0/15 (RFC 2544: 131,072 of them).
import { type RaisedEvent, remoteAddress } from '../../../src/simulator/frames.js';

export const SERVICE = 'PJSIP';

/** The attacker's number, from 0, as Graphite names his address. */
export function nodeOf(attacker: number): string {
  return `IPV4-UDP-${hostOf(attacker).replaceAll('.', '_')}`;
}

/** One guess at an account that does not exist, as PJSIP raises it: one failure. */
export function guessFrom(attacker: number): RaisedEvent[] {
  const remote = remoteAddress(`IPV4/UDP/${hostOf(attacker)}`, 5060);
  const request = { service: SERVICE, sessionId: `call-${attacker}`, remote } as const;
  return [
    { ...request, event: 'InvalidAccountID', account: String(1000 + (attacker % 9000)) },
    { ...request, event: 'ChallengeSent', account: '<unknown>' },
  ];
}

function hostOf(attacker: number): string {
  if (attacker >= 131_072) throw new RangeError('there are 131,072 addresses');
  return `198.${18 + (attacker >> 16)}.${(attacker >> 8) & 255}.${attacker & 255}`;
}
