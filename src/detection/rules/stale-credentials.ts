import { GUESS_HALF_LIFE_MS, type Limits, ONE_ACCOUNT } from '../limits.js';
import { placeVerdict, type Rule, type Verdict } from '../rule.js';
import type { AttemptScene } from '../scene.js';
import { pointsAt, reaches } from '../score.js';
import { isPersistent, isTireless } from '../suspicion.js';

/**
 * One account that fails again and again from sockets that it keeps: a device with an old password, or somebody who guesses as
 * patiently as one. Where it lives it is left alone. A stranger falls silent for some minutes after as many tries as a
 * customer needs to mend a device, and only the socket does.
 */
export function staleCredentials(limits: Limits): Rule {
  return {
    name: 'stale_credentials',
    onAttempt: (scene) => (scene.nature === 'guess' || scene.nature === 'own' ? judge(scene, limits) : null),
  };
}

/** For so long a device has to go on to be told of. */
const SUSTAINED_MS = 120_000;

function judge(scene: AttemptScene, limits: Limits): Verdict | null {
  const { nature, pair, place, now } = scene;
  const tries = pair === null ? 0 : pointsAt(pair.guesses, now, GUESS_HALF_LIFE_MS);
  // Faster than that nobody keeps a password: it is a burst, and the next rule's.
  if (pair === null || now - pair.firstAt < SUSTAINED_MS || !reaches(tries, ONE_ACCOUNT * limits.guesses)) return null;
  const isStranger = nature === 'guess';
  return placeVerdict(place, {
    severity: isStranger && place.residents === 0 ? 'warning' : 'info',
    ban:
      isStranger && (isPersistent(scene, limits) || isTireless(scene, limits))
        ? { target: 'socket', term: 'device' }
        : null,
    since: pair.firstAt,
    attempts: pair.attempts,
    accounts: 1,
    evidence: [
      { name: isStranger ? 'persistence' : 'tries_at_home', count: pair.attempts, weight: 1 },
      ...(place.residents > 0 ? [{ name: 'residents', count: place.residents, weight: 0 } as const] : []),
    ],
  });
}
