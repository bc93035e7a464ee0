import { createHash } from 'node:crypto';
import { AmiError } from './ami-error.js';
import type { AmiConnection } from './connection.js';
import type { AmiMessage } from './message.js';

export interface Credentials {
  readonly username: string;
  readonly secret: string;
}

/**
 * - `auto`: MD5 challenge; plain only where the server offers no challenge.
 * - `challenge`: MD5 challenge or nothing, so that the secret never travels.
 * - `plain`: the secret itself.
 */
export type LoginMethod = 'auto' | 'challenge' | 'plain';

export interface LoginOptions {
  readonly method: LoginMethod;
  /** Which classes of events to send: the `Events` header of Login. */
  readonly events: string;
}

/**
 * Logs in. It waits as long as the connection lives: the caller sets the deadline and closes it.
 * @throws AmiError when Asterisk refuses, and when the connection is closed meanwhile.
 */
export async function login(connection: AmiConnection, credentials: Credentials, options: LoginOptions): Promise<void> {
  const { username, secret } = credentials;
  const base = { Action: 'Login', Username: username, Events: options.events };
  const challenge = options.method === 'plain' ? null : await requestChallenge(connection);
  if (challenge === null && options.method === 'challenge') {
    throw new AmiError('the server offers no MD5 challenge, and AMI_LOGIN=challenge forbids to send the secret itself');
  }
  const response = await connection.request(
    challenge === null
      ? { ...base, Secret: secret }
      : { ...base, AuthType: 'MD5', Key: createHash('md5').update(challenge).update(secret).digest('hex') },
  );
  if (response['Response'] !== 'Success') throw new AmiError(`login refused: ${said(response)}`);
}

/** @returns null if the server offers none. */
async function requestChallenge(connection: AmiConnection): Promise<string | null> {
  const response = await connection.request({ Action: 'Challenge', AuthType: 'MD5' });
  const challenge = response['Challenge'];
  return response['Response'] === 'Success' && challenge !== undefined && challenge !== '' ? challenge : null;
}

/** What Asterisk's answers mean. It says the same for a wrong name, a wrong secret and an address that it does not permit. */
const REMEDIES: ReadonlyMap<string, string> = new Map([
  ['Authentication failed', ' (compare AMI_USERNAME, AMI_SECRET, and its deny and permit, with manager.conf)'],
  ['Login Already In Use', ' (allowmultiplelogin=no in manager.conf: give the exporter a user of its own)'],
]);

/** What Asterisk said, fit for a log line, and what to do about it. */
function said(response: AmiMessage): string {
  const message = response['Message'] ?? 'no reason given';
  return message.replace(/[^\x20-\x7e]/g, '?').slice(0, 120) + (REMEDIES.get(message) ?? '');
}
