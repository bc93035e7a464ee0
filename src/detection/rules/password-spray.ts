import type { Limits } from '../limits.js';
import { placeVerdict, type Rule } from '../rule.js';
import { deedsOf, isSpray } from '../suspicion.js';

/** A few passwords at each of many accounts, from one place. */
export function passwordSpray(limits: Limits): Rule {
  return {
    name: 'password_spray',
    onAttempt: ({ nature, place, now }) => {
      if (nature !== 'guess') return null;
      const deeds = deedsOf(place, now);
      if (!isSpray(deeds, place, now, limits)) return null;
      return placeVerdict(place, {
        severity: 'warning',
        ban: { target: 'place', term: 'attack' },
        evidence: [
          { name: 'spread', count: deeds.accounts, weight: 1 },
          { name: 'guesses_here', count: Math.round(deeds.guesses), weight: deeds.guesses / (6 * limits.guesses) },
        ],
      });
    },
  };
}
