import type { Limits } from '../limits.js';
import { placeVerdict, type Rule, type Verdict } from '../rule.js';
import type { AttemptScene, SuccessScene } from '../scene.js';

/** Whoever asks for an account that nobody uses has no business here. */
export function honeypot({ honeypots }: Limits): Rule {
  return {
    name: 'honeypot',
    onAttempt: (scene) => (isBait(scene.observation.account) ? judge(scene, scene.pair?.attempts ?? 1) : null),
    onSuccess: (scene) => (isBait(scene.observation.account) ? judge(scene, 1) : null),
  };

  function isBait(account: string | null): boolean {
    return account !== null && honeypots.has(account);
  }
}

/** A single packet over UDP can come in anybody's name; a second one can too, but it costs a forger twice as many. */
function judge({ place, observation }: AttemptScene | SuccessScene, touches: number): Verdict {
  const isSure = observation.proof === 'handshake' || touches > 1 || observation.kind === 'success';
  return placeVerdict(place, {
    severity: 'warning',
    ban: isSure ? { target: 'place', term: 'attack' } : null,
    attempts: touches,
    accounts: 1,
    evidence: [
      { name: 'honeypot', count: touches, weight: 1 },
      ...(observation.kind === 'success' ? [{ name: 'logins', count: 1, weight: 1 } as const] : []),
    ],
  });
}
