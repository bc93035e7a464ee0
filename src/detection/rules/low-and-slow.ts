import { type Limits, SEVERAL, SPREAD_HALF_LIFE_MS } from '../limits.js';
import type { Rule, Verdict } from '../rule.js';
import type { AttemptScene, SilenceScene } from '../scene.js';
import { pointsAt, reaches } from '../score.js';
import { deedsOf, isScattered } from '../suspicion.js';

/** From so many places on that guess here and there over days, they belong together. */
const PATIENT_PLACES = 10;

/**
 * A botnet that keeps below every limit: many places, each with a guess now and then. None of them alone would tell anything;
 * that there are so many does. Over UDP each has to be seen for half a day, because an hour of forged packets can look like
 * anybody.
 */
export function lowAndSlow(limits: Limits): Rule {
  return {
    name: 'low_and_slow',
    onAttempt: (scene) => {
      const places = pointsAt(scene.pbx.patient, scene.now, SPREAD_HALF_LIFE_MS);
      return scene.isPatient && reaches(places, PATIENT_PLACES) ? verdict(scene, places) : null;
    },
    onSilence: (scene) => {
      const silent = pointsAt(scene.pbx.silent, scene.now, SPREAD_HALF_LIFE_MS);
      if (reaches(silent, limits.attackers)) return verdict(scene, silent);
      const scattered = pointsAt(scene.pbx.scattered, scene.now, SPREAD_HALF_LIFE_MS);
      return reaches(scattered, SEVERAL) && isScattered(scene.place, scene.now) ? verdict(scene, scattered) : null;
    },
  };
}

function verdict(scene: AttemptScene | SilenceScene, places: number): Verdict {
  const { place, pbx, observation, now } = scene;
  const isSure = !('isSilence' in scene) || observation.proof === 'handshake';
  return {
    severity: 'warning',
    subject: { kind: 'pbx', text: observation.pbx },
    holder: pbx,
    since: place.firstAt,
    attempts: Math.round(places),
    accounts: deedsOf(place, now).accounts,
    addresses: Math.round(places),
    ban: isSure ? { target: 'place', term: 'campaign' } : null,
    evidence: [{ name: 'attackers', count: Math.round(places), weight: 1 }],
  };
}
