import type { Meaning, Said } from './wording.js';

/** The events that messages stand for, as Asterisk raises them on AMI beside the message. */
export const INVALID_ACCOUNT: Said = { event: 'InvalidAccountID' };
export const INVALID_PASSWORD: Said = { event: 'InvalidPassword', guess: null };
export const RESPONSE_FAILED: Said = { event: 'ChallengeResponseFailed', guess: null };
export const INVALID_TRANSPORT: Said = { event: 'InvalidTransport', attemptedTransport: null };
/** A peer without a secret registers in the same words; hardly any is left open like that. */
export const REGISTERED: Said = { event: 'SuccessfulAuth', usingPassword: true, isRegistration: true };

/** The name of chan_sip's for a call to an extension that does not exist (Asterisk's channels/chan_sip.c). */
export const NO_EXTENSION = failedAcl('no_extension_match');

export function failedAcl(aclName: string | null): Said {
  return { event: 'FailedACL', aclName };
}

export function meaning(said: Said, account: string | null, sessionId: string | null = null): Meaning {
  return { said, account, sessionId };
}
