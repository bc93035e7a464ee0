import { placeVerdict, type Rule } from '../rule.js';

/** A wrong number is dialled once or twice. */
const CALLS = 5;

/** Calls of strangers' numbers and nothing else, from where nobody logs in: a trunk's gateway that the PBX does not know. */
export function unknownTrunk(): Rule {
  return {
    name: 'unknown_trunk',
    onAttempt: ({ nature, place }) => {
      if (nature !== 'call' || place.pairs.length > 0 || place.residents > 0 || place.failures < CALLS) return null;
      return placeVerdict(place, {
        severity: 'info',
        ban: null,
        attempts: place.failures,
        accounts: 0,
        evidence: [{ name: 'calls', count: place.failures, weight: 1 }],
      });
    },
  };
}
