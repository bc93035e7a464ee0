import { once } from 'node:events';
import type { Address } from '../../domain/remote-address.js';
import type { SecurityEvent } from '../../domain/security-event.js';
import type { Source, SourceHandlers } from '../../domain/source.js';
import { Backoff } from '../../lifecycle/backoff.js';
import { keepTrying } from '../../lifecycle/keep-trying.js';
import { AmiError } from './ami-error.js';
import { Client } from './client.js';
import type { AmiConnection } from './connection.js';
import { Connector, type ConnectorOptions } from './connector.js';
import { Hearing } from './hearing.js';
import type { Credentials } from './login.js';
import { failToLogIn, isProbe, probeName } from './probe.js';
import { type WatchdogOptions, watch } from './watchdog.js';

export interface AmiSourceOptions extends Omit<ConnectorOptions, 'onEvent' | 'onMalformed'>, WatchdogOptions {
  readonly credentials: Credentials;
  readonly reconnectFirstMs: number;
  readonly reconnectMaxMs: number;
  /** How long after a login the event about that very login may take. */
  readonly canaryMs: number;
  /**
   * How long a connection is kept on which an event that was due did not come; a new login takes over a mended manager.conf. Also
   * the shortest time between two probes.
   */
  readonly deafMs: number;
  /** Whether to fail to log in once, on purpose, to see whether failed logins are reported too. */
  readonly probe: boolean;
}

/** Security events of one Asterisk, read through AMI. */
export class AmiSource implements Source {
  readonly #options: AmiSourceOptions;
  /** The name of the last probe; null before it. */
  #probeName: string | null = null;
  #probedAt = Number.NEGATIVE_INFINITY;

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
    const hearing = new Hearing(canaryMs, handlers.onState);
    const onEvent = this.#eventsOf(hearing, handlers);
    const client = new Client(new Connector({ ...this.#options, onEvent, onMalformed: handlers.onMalformed }));
    const ending = new AbortController();
    const stop = () => client.disconnect();
    signal.addEventListener('abort', stop);
    const timers: NodeJS.Timeout[] = [];
    try {
      const connection = (await client.connect(credentials.username, credentials.secret)) as AmiConnection;
      onLogin();
      // Before anything is said: who hears of the connection may end it, and the watch with it.
      watch(connection, () => client.action({ Action: 'Ping', ActionID: crypto.randomUUID() }), this.#options);
      handlers.onState({ state: 'connected' });
      hearing.open();
      timers.push(
        // Asterisk reports our own login as a security event; where it does not come, no other will.
        setTimeout(() => hearing.expect('SuccessfulAuth'), canaryMs),
        setTimeout(
          () => hearing.isWhole || connection.close('deaf: logging in anew, in case manager.conf was mended'),
          deafMs,
        ),
      );
      const onProbed = () => timers.push(setTimeout(() => hearing.expect('InvalidAccountID'), canaryMs));
      const probing = this.#probe(ending.signal, onProbed);
      while (connection.closeReason === null) await once(connection, 'close');
      ending.abort();
      await probing;
      return connection.closeReason;
    } finally {
      for (const timer of timers) clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      client.disconnect();
    }
  }

  /** Hands events on, but for those of probes: they are nobody's guesses. */
  #eventsOf(hearing: Hearing, handlers: SourceHandlers): (event: SecurityEvent) => void {
    const { username } = this.#options.credentials;
    let address: Address | null = null;
    return (event) => {
      if (event.service === 'AMI') {
        if (event.event === 'SuccessfulAuth' && event.account === username) address = event.remote.address;
        if (isProbe(event, { name: this.#probeName, address })) {
          hearing.hear(event.event);
          return;
        }
      }
      hearing.hear(event.event);
      handlers.onEvent(event);
    };
  }

  /** Fails to log in, if that is wanted and was not done a moment ago. @param onProbed called once Asterisk must have reported it. */
  async #probe(signal: AbortSignal, onProbed: () => void): Promise<void> {
    const { probe, deafMs } = this.#options;
    if (!probe || performance.now() - this.#probedAt < deafMs) return;
    this.#probeName = probeName();
    this.#probedAt = performance.now();
    if (await failToLogIn(this.#options, this.#probeName, signal)) onProbed();
  }
}

/** Why a connection did not come about; anything else that fails is a fault of our own. */
function messageOf(error: unknown): string {
  if (error instanceof AmiError) return error.message;
  throw error;
}
