import type { Log } from '../domain/log.js';
import type { SecurityEvent } from '../domain/security-event.js';

/** What PJSIP calls an endpoint that it could not identify. */
const UNKNOWN = '<unknown>';
/** Asterisk raises InvalidAccountID before each of these; a few may come on the heels of a connection that was lost in between. */
const GUESSES_MIN = 20;

/**
 * Warns, once, that guesses at unknown accounts come from PJSIP, and none of the events that should come with them: most likely
 * an eventfilter hides those. It needs no failed login of our own, and it proves less.
 */
export function unreportedAccounts(log: Log): (event: SecurityEvent) => void {
  let guesses = 0;
  let isSettled = false;
  return (event) => {
    if (isSettled || event.service !== 'PJSIP') return;
    if (event.event === 'InvalidAccountID') isSettled = true;
    else if (event.event === 'ChallengeResponseFailed' && event.account === UNKNOWN) guesses++;
    if (guesses < GUESSES_MIN) return;
    isSettled = true;
    log.warn({ guesses, missing: ['InvalidAccountID'] }, HINT);
  };
}

const HINT =
  'guesses at unknown accounts arrive as ChallengeResponseFailed, but no InvalidAccountID has: either an eventfilter in manager.conf ' +
  'hides it (remove the eventfilter lines of this user, then "manager reload" and restart the exporter), or auth_username stands in ' +
  'endpoint_identifier_order of pjsip.conf, and then it comes from the fifth request within five seconds on';
