import { AmiError } from './ami-error.js';
import { AmiConnection, type ConnectionOptions } from './connection.js';
import { type DialOptions, dial } from './dial.js';
import { type LoginOptions, login } from './login.js';

export interface ConnectorOptions extends DialOptions, LoginOptions, ConnectionOptions {
  /** How long the login may take, from the open connection to Asterisk's answer. */
  readonly loginMs: number;
}

/** Opens connections for AmiClient: dialled, greeted and logged in, each step with a deadline. */
export class Connector {
  readonly #options: ConnectorOptions;
  #abort = new AbortController();

  constructor(options: ConnectorOptions) {
    this.#options = options;
  }

  /** @throws AmiError when it does not come about, also because of `abort()`. */
  async connect(username: string, secret: string): Promise<AmiConnection> {
    const { loginMs } = this.#options;
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const socket = await dial(this.#options, signal);
    const connection = new AmiConnection(socket, this.#options);
    const timer = setTimeout(() => connection.close(`no answer to the login within ${loginMs / 1000} s`), loginMs);
    const stop = () => connection.close('stopped');
    signal.addEventListener('abort', stop);
    try {
      await login(connection, { username, secret }, this.#options);
      if (connection.closeReason !== null) throw new AmiError(connection.closeReason);
    } catch (error) {
      connection.close('the login failed');
      throw error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    }
    // AmiClient attaches its listeners in a promise's continuation, which runs before this.
    setImmediate(() => connection.release());
    return connection;
  }

  /** Ends a connect() that is under way. */
  abort(): void {
    this.#abort.abort();
  }
}
