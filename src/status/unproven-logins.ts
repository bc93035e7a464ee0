import type { Log } from '../domain/log.js';
import type { SecurityEvent } from '../domain/security-event.js';

const CHAN_SIP = 'SIP';
/** A call raises a login without a registration; where no phone registered meanwhile, none will. */
const LOGINS_MIN = 20;

/**
 * Warns, once, that logins with chan_sip come and nothing proves one of them (docs/sources.md): trust that is missing shows
 * nowhere else.
 */
export function unprovenLogins(log: Log): (event: SecurityEvent) => void {
  let logins = 0;
  let isSettled = false;
  return (event) => {
    if (isSettled || event.event !== 'SuccessfulAuth' || event.service !== CHAN_SIP) return;
    if (!event.isRegistration) logins++;
    isSettled = event.isRegistration || logins === LOGINS_MIN;
    if (logins === LOGINS_MIN) log.warn({ logins }, HINT);
  };
}

const HINT =
  'logins with chan_sip earn no trust here: Asterisk does not say of any whether it is a registration. AMI says so in PeerStatus, ' +
  'which needs read = security,system in manager.conf; the security log does not';
