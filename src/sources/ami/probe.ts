import { randomBytes } from 'node:crypto';
import type { Address } from '../../domain/remote-address.js';
import type { SecurityEvent } from '../../domain/security-event.js';
import { AmiError } from './ami-error.js';
import { Connector, type ConnectorOptions } from './connector.js';

const FORM = /^asterisk-auth-stats-probe-[0-9a-f]{16}$/;

/** No account has this name, and nobody can guess the next one. */
export function probeName(): string {
  return `asterisk-auth-stats-probe-${randomBytes(8).toString('hex')}`;
}

/**
 * Whether an event is of a failed login that we made on purpose: our own, or that of another process of ours on this host. It
 * came over TCP, so whoever sends one from elsewhere cannot take our address.
 * @param own the name that we made, and the address at which Asterisk sees us; null where there is none, or it is not known.
 */
export function isProbe(event: SecurityEvent, own: { readonly name: string | null; readonly address: Address | null }) {
  if (event.event !== 'InvalidAccountID' || event.service !== 'AMI') return false;
  const { account, remote } = event;
  if (account === null || !FORM.test(account)) return false;
  return account === own.name || remote.address === own.address;
}

/**
 * Fails to log in, once, on a connection of its own.
 * @returns whether Asterisk has refused it, which it then reports as InvalidAccountID; false where it did not come to that.
 */
export async function failToLogIn(
  options: Omit<ConnectorOptions, 'onEvent' | 'onMalformed' | 'events' | 'method'>,
  name: string,
  signal: AbortSignal,
): Promise<boolean> {
  const nothing = () => undefined;
  const connector = new Connector({
    ...options,
    events: 'security',
    method: 'plain',
    onEvent: nothing,
    onMalformed: nothing,
  });
  const stop = () => connector.abort();
  signal.addEventListener('abort', stop);
  try {
    const connection = await connector.connect(name, 'no secret: this login is meant to fail');
    connection.close();
    return false;
  } catch (error) {
    if (error instanceof AmiError) return error.message.startsWith('login refused');
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
