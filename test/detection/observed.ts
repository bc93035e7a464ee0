// Observations and a memory for tests of what is made of them.

import type { Limits } from '../../src/detection/limits.js';
import { Memory, type MemoryOptions } from '../../src/detection/memory.js';
import type { AttemptScene, ProbeScene, SuccessScene } from '../../src/detection/scene.js';
import type { Attempt, Probe, Proof, Success } from '../../src/domain/attempt.js';
import { parseEndpoint } from '../../src/domain/remote-address.js';

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
/** Some moment long after the epoch. */
export const NOW = 1_800_000_000_000;

export const LIMITS: Limits = {
  guesses: 10,
  names: 12,
  probes: 40,
  sprayAccounts: 12,
  attackers: 30,
  homeMs: 30 * DAY_MS,
  stormPerMinute: 600,
  stormFactor: 10,
  honeypots: new Set(['1000']),
};

/** What an observation says, as far as it is not 203.0.113.9:5060 over UDP at PJSIP, about account 101. */
export interface Seen {
  readonly address?: string;
  readonly port?: number;
  readonly transport?: 'UDP' | 'TLS';
  readonly service?: string;
  readonly account?: string;
}

/** A guess at the password of an account that exists. */
export function attempt(seen: Seen & Partial<Pick<Attempt, 'outcome' | 'hasPassword' | 'guesses'>> = {}): Attempt {
  const { account = '101', outcome = 'wrong_password', hasPassword = true, guesses = 1 } = seen;
  return { ...observed(seen), kind: 'attempt', outcome, hasPassword, guesses, account };
}

/** A name that does not exist, without a password. */
export function ask(account: string, seen: Seen = {}): Attempt {
  return attempt({ ...seen, account, outcome: 'unknown_account', hasPassword: false });
}

export function probe(seen: Seen = {}): Probe {
  return { ...observed(seen), kind: 'probe' };
}

export function success(seen: Seen = {}): Success {
  return { ...observed(seen), kind: 'success', account: seen.account ?? '101', isProof: true };
}

function observed({ address = '203.0.113.9', port = 5060, transport = 'UDP', service = 'PJSIP' }: Seen) {
  const endpoint = parseEndpoint(`${address.includes(':') ? 'IPV6' : 'IPV4'}/${transport}/${address}`);
  if (endpoint === null) throw new Error(`not an address: ${address}`);
  const proof: Proof = transport === 'UDP' && service !== 'AMI' ? 'none' : 'handshake';
  return { pbx: 'pbx', at: NOW, service, remote: { ...endpoint, port }, proof };
}

/** A memory with its clock: each observation is taken in at `now`, which is what the test makes it. */
export function memoryOf(own: Partial<MemoryOptions> = {}) {
  const dirty: string[] = [];
  const memory = new Memory({
    limits: LIMITS,
    placesMax: 1_000,
    onDirty: (section, key) => dirty.push(`${section} ${key.replace('\0', ' ')}`),
    ...own,
  });
  return {
    memory,
    dirty,
    fail: (observation: Attempt, now = NOW): AttemptScene => memory.attempt(observation, now),
    /** So many times, a second or `stepMs` each, the last one now. */
    failTimes(times: number, make: (n: number) => Attempt, now = NOW, stepMs = SECOND_MS): AttemptScene {
      for (let n = 1; n < times; n++) memory.attempt(make(n - 1), now - (times - n) * stepMs);
      return memory.attempt(make(times - 1), now);
    },
    probe: (observation: Probe, now = NOW): ProbeScene => memory.probe(observation, now),
    look: (observation: Success, now = NOW): SuccessScene => memory.success(observation, now, false),
    login(observation: Success, now = NOW, doubtMs = 0): SuccessScene {
      const scene = memory.success(observation, now, false);
      memory.welcome(scene, doubtMs);
      return scene;
    },
  };
}
