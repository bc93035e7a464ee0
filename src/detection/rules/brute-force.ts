import type { Evidence } from '../../domain/finding.js';
import { EARLY, type Limits, SEVERAL } from '../limits.js';
import { placeVerdict, type Rule, type Verdict, type Wanted } from '../rule.js';
import type { AttemptScene } from '../scene.js';
import { reaches } from '../score.js';
import { deedsOf, isFast, isRestless } from '../suspicion.js';

/**
 * Guesses at passwords. A device is known by what it does, not by its rhythm: it keeps its account and, for a while, its
 * socket. Whoever has ever new sockets or accounts is none, nor is whoever is faster than any device retries.
 */
export function bruteForce(limits: Limits): Rule {
  return {
    name: 'brute_force',
    onAttempt: (scene) => (scene.nature === 'guess' ? judge(scene, limits) : null),
  };
}

function judge(scene: AttemptScene, limits: Limits): Verdict | null {
  const { place, now, pair, observation } = scene;
  const deeds = deedsOf(place, now);
  const base: Evidence = {
    name: 'guesses_here',
    count: Math.round(deeds.guesses),
    weight: deeds.guesses / (6 * limits.guesses),
  };
  const verdict = (ban: Wanted | null, evidence: Evidence): Verdict =>
    placeVerdict(place, { severity: 'warning', ban, evidence: [evidence, base] });
  if (
    observation.service === 'AMI'
      ? reaches(deeds.guesses, limits.guesses)
      : scene.isRestless && isRestless(deeds, limits)
  ) {
    const term = deeds.accounts >= SEVERAL || observation.service === 'AMI' ? 'attack' : 'churn';
    return verdict({ target: 'place', term }, { name: 'sockets', count: Math.round(deeds.restless), weight: 1 });
  }
  if (scene.isRestless && deeds.accounts >= SEVERAL && isRestless(deeds, limits, EARLY)) {
    return verdict(null, { name: 'sockets', count: Math.round(deeds.restless), weight: EARLY });
  }
  if (isFast(scene)) {
    const isProven = observation.proof === 'handshake';
    return verdict(
      { target: isProven || scene.isRestless ? 'place' : 'socket', term: isProven ? 'churn' : 'attack' },
      { name: 'pace', count: pair?.pace ?? 0, weight: 1 },
    );
  }
  return null;
}
