import type { Attempt, Probe, Success } from '../../src/domain/attempt.js';
import type { Decision } from '../../src/domain/decision.js';
import type { Finding } from '../../src/domain/finding.js';
import { parseEndpoint, type RemoteAddress } from '../../src/domain/remote-address.js';
import type { SecurityEvent } from '../../src/domain/security-event.js';
import type { PlaceNumbers } from '../../src/replay/place-numbers.js';

/** 2026-03-01T00:00:00Z. */
export const AT = 1_772_323_200_000;

export function remoteOf(address: string): RemoteAddress {
  const endpoint = parseEndpoint(`${address.includes(':') ? 'IPV6' : 'IPV4'}/UDP/${address}`);
  if (endpoint === null) throw new Error(`no address: ${address}`);
  return { ...endpoint, port: 5060 };
}

export function attempt(address: string, account: string | null, at = AT, service = 'PJSIP'): Attempt {
  const remote = remoteOf(address);
  const made = { outcome: 'unknown_account', hasPassword: true, guesses: 1 } as const;
  return { kind: 'attempt', pbx: 'pbx', at, service, remote, proof: 'none', ...made, account };
}

export function probe(address: string, at = AT): Probe {
  return { kind: 'probe', pbx: 'pbx', at, service: 'PJSIP', remote: remoteOf(address), proof: 'none' };
}

export function success(address: string, account: string, at = AT, isProof = true): Success {
  const remote = remoteOf(address);
  return { kind: 'success', pbx: 'pbx', at, service: 'PJSIP', remote, proof: 'none', account, isProof };
}

export function event(address: string, account: string | null, at = AT): SecurityEvent {
  const remote = remoteOf(address);
  return { event: 'InvalidAccountID', pbx: 'pbx', at, service: 'PJSIP', account, sessionId: 'a', remote, local: null };
}

export function ban(address: string, seconds = 600, at = AT): Extract<Decision, { type: 'ban' }> {
  const evidence = { pbx: 'pbx', service: 'PJSIP', attempts: 5, accounts: 5, since: at, isProven: false };
  return { type: 'ban', address, port: null, seconds, reason: 'enumeration', at, evidence };
}

export function unban(address: string, at = AT): Decision {
  return { type: 'unban', address, port: null, reason: 'forgiven', at };
}

export function finding(of: Partial<Finding> = {}): Finding {
  return {
    rule: 'enumeration',
    severity: 'warning',
    subject: { kind: 'address', text: '203.0.113.9' },
    pbx: 'pbx',
    service: 'PJSIP',
    at: AT,
    since: AT,
    attempts: 5,
    accounts: 5,
    addresses: 1,
    address: null,
    account: null,
    proof: 'none',
    action: 'ban',
    banTarget: '203.0.113.9/32',
    banSeconds: 600,
    evidence: [{ name: 'names', count: 5, weight: 1 }],
    ...of,
  };
}

export const PLACE: PlaceNumbers = { guesses: 4.25, restless: 3, accounts: 2, names: 1, probes: 0, residents: 0 };
