import type { Severity } from '../../domain/finding.js';
import type { AccountRecord, AddressRecord, Pair } from '../records.js';
import { isSteady } from '../rhythm.js';
import type { Rule, Trust } from '../rule.js';
import type { SuccessScene } from '../scene.js';
import { COUNT_HALF_LIFE_MS, pointsAt } from '../score.js';
import { isTrusted } from '../trust.js';

export interface BreachThresholds {
  /** Failures before a login from which on it is told; a customer who types his password. */
  readonly breachFailures: number;
  /** From so many on it is no typing any more; from so many on it wakes somebody up. */
  readonly breachWarning: number;
  readonly breachCritical: number;
  readonly distributedAddresses: number;
  readonly trustMs: number;
}

/**
 * A login after failures, however long ago they were. What counts is what was guessed at this account from this address;
 * for an account that was never seen to log in from here, also what this address guessed at other accounts, and what
 * other addresses guessed at this account.
 */
export function breach(thresholds: BreachThresholds, trust: Trust): Rule {
  return {
    name: 'breach',
    onSuccess: (scene) => {
      const { address, pair, account, now } = scene;
      const isNewcomer = pair.successAt === 0;
      const failures = pair.failures + (isNewcomer ? guessedElsewhere(address, pair) : 0);
      const besiegers = isNewcomer && account !== null ? besiegersOf(account, now, thresholds) : 0;
      if (failures < thresholds.breachFailures && besiegers === 0) return null;
      const isBreakIn = failures >= thresholds.breachCritical && !isInnocent(scene, failures, thresholds);
      return {
        severity: isBreakIn || (besiegers > 0 && failures > 0) ? 'critical' : milder(failures, besiegers, thresholds),
        // Whoever came in this way calls next.
        ban: isBreakIn && trust(address, now) === 0 ? 'address' : null,
        subject: { kind: 'account', text: pair.account },
        holder: pair,
        since: failures === pair.failures ? pair.firstAt : address.firstAt,
        attempts: besiegers > 0 && account !== null ? Math.max(failures, account.attempts) : failures,
        accounts: failures === pair.failures ? 1 : address.strangers,
        addresses: Math.max(1, besiegers),
      };
    },
  };
}

/** Guesses of this address at other accounts, without those of its friends and of devices with an old password. */
function guessedElsewhere(address: AddressRecord, own: Pair): number {
  let others = address.guesses - own.failures;
  for (let pair = address.pairs; pair !== null; pair = pair.next) {
    if (pair !== own && (pair.successAt > 0 || isSteadyPair(pair))) others -= pair.failures;
  }
  return Math.max(0, others);
}

function isSteadyPair(pair: Pair): boolean {
  return isSteady(pair, pair.target === null ? 'unknown_account' : 'wrong_password');
}

/** How many addresses guess at the account, if they are enough for a distributed attack; otherwise 0. */
function besiegersOf(account: AccountRecord, now: number, { distributedAddresses }: BreachThresholds): number {
  const attackers = pointsAt(account.attackers, now, COUNT_HALF_LIFE_MS);
  return attackers >= distributedAddresses ? Math.round(attackers) : 0;
}

/** Its owner gave a device the new password at last; or a known customer had forgotten his for long. */
function isInnocent({ pair, now }: SuccessScene, failures: number, { trustMs }: BreachThresholds): boolean {
  return failures === pair.failures && (isSteadyPair(pair) || isTrusted(pair, now, trustMs));
}

function milder(failures: number, besiegers: number, { breachWarning }: BreachThresholds): Severity {
  return failures >= breachWarning || besiegers > 0 ? 'warning' : 'info';
}
