import { isRoaming } from '../accounts.js';
import { ATTACKERS_HALF_LIFE_MS, type Limits, SLOW_MS, SPREAD_HALF_LIFE_MS } from '../limits.js';
import type { Rule, Verdict, Wanted } from '../rule.js';
import type { AttemptScene, SilenceScene } from '../scene.js';
import { pointsAt, reaches } from '../score.js';

/** Networks with so many places that guess at the same accounts belong to one attacker. */
const SHARING = 8;

/** One account, or the accounts of one list, guessed from many places. */
export function distributed(limits: Limits): Rule {
  return {
    name: 'distributed',
    onSilence: (scene) => ofAccount(scene, limits),
    onAttempt: (scene) => (scene.nature === 'guess' ? (ofNetwork(scene) ?? ofAccount(scene, limits)) : null),
  };
}

function ofAccount(scene: AttemptScene | SilenceScene, limits: Limits): Verdict | null {
  const { account, place, now, observation } = scene;
  if (account === null) return null;
  const attackers = pointsAt(account.attackers, now, ATTACKERS_HALF_LIFE_MS);
  if (!reaches(attackers, limits.attackers)) return null;
  // A person who mistypes tries again at once, a device within minutes.
  const isBot = 'isSilence' in scene ? observation.proof === 'handshake' : place.attempts > 1 && scene.gapMs >= SLOW_MS;
  const ban: Wanted | null = isBot && !isRoaming(account, now) ? { target: 'place', term: 'campaign' } : null;
  return {
    severity: 'warning',
    subject: { kind: 'account', text: account.account },
    holder: account,
    since: account.guessedSince,
    attempts: account.attempts,
    accounts: 1,
    addresses: Math.round(attackers),
    ban,
    evidence: [
      { name: 'attackers', count: Math.round(attackers), weight: 1 },
      { name: 'guesses_elsewhere', count: account.attempts, weight: 0 },
    ],
  };
}

/** A network in which many guess at the same accounts: banned whole where nobody lives in it, else place by place. */
function ofNetwork({ place, pair, now, observation }: AttemptScene): Verdict | null {
  const { network } = place;
  const sharing = pointsAt(network.sharing, now, SPREAD_HALF_LIFE_MS);
  if (!reaches(sharing, SHARING) || pair === null || pair.attempts > SHARING) return null;
  return {
    severity: 'warning',
    subject: { kind: 'prefix', text: network.prefix },
    holder: network,
    since: network.firstAt,
    attempts: network.attempts,
    accounts: network.accounts.length,
    addresses: Math.round(pointsAt(network.places, now, SPREAD_HALF_LIFE_MS)),
    ban: { target: 'network', term: observation.proof === 'handshake' ? 'attack' : 'churn' },
    evidence: [{ name: 'shared_accounts', count: Math.round(sharing), weight: 1 }],
  };
}
