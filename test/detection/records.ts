// Records for tests of what works on them.

import { addPair } from '../../src/detection/chain.js';
import {
  type AddressRecord,
  newAccountRecord,
  newAddressRecord,
  newPace,
  newPrefixRecord,
} from '../../src/detection/records.js';
import type { AttemptScene, ProbeScene, SuccessScene } from '../../src/detection/scene.js';
import type { AttemptOutcome, Proof } from '../../src/domain/attempt.js';
import type { Address } from '../../src/domain/remote-address.js';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
/** Some moment long after the epoch. */
export const NOW = 1_800_000_000_000;

/** An address' record; what `own` says is put into its scores as points of now, and the rest as it is. */
export function addressRecord(
  own: Partial<Record<'score' | 'proven' | 'slow' | 'probes' | 'unknownAccounts' | 'knownAccounts', number>> &
    Partial<Pick<AddressRecord, 'attempts' | 'guesses' | 'firstAt' | 'bannedUntil' | 'bans' | 'banAt'>> & {
      address?: string;
    } = {},
): AddressRecord {
  const { address = '203.0.113.9', score, proven, slow, probes, unknownAccounts, knownAccounts, ...rest } = own;
  const isIpv6 = address.includes(':');
  const prefix = newPrefixRecord(isIpv6 ? '2001:db8::/64' : '203.0.113.0/24', NOW);
  const record = newAddressRecord(address as Address, isIpv6 ? 'IPV6' : 'IPV4', prefix, NOW);
  Object.assign(record, rest);
  const points = { score, proven, slow, probes, unknownAccounts, knownAccounts };
  for (const name of Object.keys(points) as (keyof typeof points)[]) record[name].points = points[name] ?? 0;
  return record;
}

function remembered(address: AddressRecord) {
  return { now: NOW, address, pace: newPace() };
}

function observed(address: AddressRecord, proof: Proof = 'none') {
  const { family } = address;
  const endpoint = `${family}/UDP/${address.address}`;
  const remote = { family, transport: 'UDP', address: address.address, port: 5060, endpoint } as const;
  return { pbx: 'pbx', service: 'PJSIP', at: NOW, remote, proof };
}

/** A guess of this address at account 101, which exists unless `outcome` says otherwise; the pair has `failures`. */
export function attemptScene(
  address: AddressRecord,
  { failures = 1, outcome = 'wrong_password', isStale = false }: Partial<SceneOptions> = {},
): AttemptScene {
  const pair = addPair(address, '101', NOW);
  const account = outcome === 'unknown_account' ? null : newAccountRecord('101', 'PJSIP', NOW);
  Object.assign(pair, { failures, target: account });
  const observation = { ...observed(address), kind: 'attempt', outcome, account: '101' } as const;
  return { ...remembered(address), observation, pair, account, points: 1, isStale };
}

interface SceneOptions {
  readonly failures: number;
  readonly outcome: AttemptOutcome;
  readonly isStale: boolean;
}

export function probeScene(address: AddressRecord): ProbeScene {
  return { ...remembered(address), observation: { ...observed(address), kind: 'probe' }, points: 0.25 };
}

/** A login of account 101 at this address after `failures` of this pair; `successAt` is that of an earlier login. */
export function successScene(address: AddressRecord, { failures = 0, successAt = 0 } = {}): SuccessScene {
  const pair = addPair(address, '101', NOW);
  Object.assign(pair, { failures, successAt });
  const account = newAccountRecord('101', 'PJSIP', NOW);
  return {
    ...remembered(address),
    observation: { ...observed(address), kind: 'success', account: '101' },
    pair,
    account,
  };
}
