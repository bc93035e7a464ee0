import { once } from 'node:events';
import type { SecurityEvent } from '../../domain/security-event.js';
import type { Source, SourceHandlers } from '../../domain/source.js';
import { Backoff } from '../../lifecycle/backoff.js';
import { keepTrying } from '../../lifecycle/keep-trying.js';
import { AmiError } from './ami-error.js';
import { Client } from './client.js';
import type { AmiConnection } from './connection.js';
import { Connector, type ConnectorOptions } from './connector.js';
import type { Credentials } from './login.js';
import { type WatchdogOptions, watch } from './watchdog.js';

export interface AmiSourceOptions extends Omit<ConnectorOptions, 'onEvent' | 'onMalformed'>, WatchdogOptions {
  readonly credentials: Credentials;
  readonly reconnectFirstMs: number;
  readonly reconnectMaxMs: number;
  /** How long after a login the event about that very login may take. */
  readonly canaryMs: number;
  /** How long a connection is kept on which that event did not come; a new login takes over a mended manager.conf. */
  readonly deafMs: number;
}

/** Security events of one Asterisk, read through AMI. */
export class AmiSource implements Source {
  readonly #options: AmiSourceOptions;

  constructor(options: AmiSourceOptions) {
    this.#options = options;
  }

  async start(handlers: SourceHandlers, signal: AbortSignal): Promise<void> {
    const backoff = new Backoff(this.#options.reconnectFirstMs, this.#options.reconnectMaxMs);
    const onFailed = (reason: string, retryMs: number) => handlers.onState({ state: 'disconnected', reason, retryMs });
    const attempt = () => this.#session(handlers, signal, () => backoff.reset()).catch(messageOf);
    await keepTrying(attempt, { backoff, onFailed }, signal);
  }

  /** What went by in a connection cannot be read again. */
  mark(): () => void {
    return () => undefined;
  }

  /**
   * Connects once and stays as long as the connection lives.
   * @returns why it ended.
   * @throws AmiError when it does not come about.
   */
  async #session(handlers: SourceHandlers, signal: AbortSignal, onLogin: () => void): Promise<string> {
    const { credentials, canaryMs, deafMs } = this.#options;
    let isHearing = false;
    let onFirstEvent: () => void = () => undefined;
    const onEvent = (event: SecurityEvent) => {
      if (!isHearing) {
        isHearing = true;
        onFirstEvent();
      }
      handlers.onEvent(event);
    };
    const client = new Client(new Connector({ ...this.#options, onEvent, onMalformed: handlers.onMalformed }));
    const stop = () => client.disconnect();
    signal.addEventListener('abort', stop);
    const timers: NodeJS.Timeout[] = [];
    try {
      const connection = (await client.connect(credentials.username, credentials.secret)) as AmiConnection;
      onLogin();
      // Before anything is said: who hears of the connection may end it, and the watch with it.
      watch(connection, () => client.action({ Action: 'Ping', ActionID: crypto.randomUUID() }), this.#options);
      handlers.onState({ state: 'connected' });
      onFirstEvent = () => handlers.onState({ state: 'hearing' });
      if (isHearing) onFirstEvent();
      // Asterisk reports our own login as a security event; where it does not come, no other will.
      timers.push(
        setTimeout(() => isHearing || handlers.onState({ state: 'deaf', reason: deafness(canaryMs) }), canaryMs),
        setTimeout(
          () => isHearing || connection.close('deaf: logging in anew, in case manager.conf was mended'),
          deafMs,
        ),
      );
      while (connection.closeReason === null) await once(connection, 'close');
      return connection.closeReason;
    } finally {
      for (const timer of timers) clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      client.disconnect();
    }
  }
}

/** Why a connection did not come about; anything else that fails is a fault of our own. */
function messageOf(error: unknown): string {
  if (error instanceof AmiError) return error.message;
  throw error;
}

function deafness(canaryMs: number): string {
  return (
    `logged in, but Asterisk did not report this very login as a security event within ${canaryMs / 1000} s, so no failed login ` +
    'will be reported either. In manager.conf the user needs the class security ("read = security,system") and no ' +
    'eventfilter that hides security events; then "manager reload" in Asterisk. AMI_EVENTS must include security.'
  );
}
