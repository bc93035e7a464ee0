import AmiClient from 'asterisk-ami-client';
import type { Connector } from './connector.js';

/**
 * asterisk-ami-client on a connector of our own.
 *
 * The package's own connector loses what comes with the login's answer, waits for ever for a silent peer, gives up after
 * one refused login and reads slower than an Asterisk under attack writes; see docs/decisions/0001-ami-client.md. Its
 * reconnecting and keep-alive are not used either: AmiSource does both.
 */
export class Client extends AmiClient {
  readonly #connector: Connector;

  constructor(connector: Connector) {
    // By type, an event named `error` would be thrown; nothing here listens by type or by id.
    super({ reconnect: false, keepAlive: false, emitEventsByTypes: false, emitResponsesById: false });
    this.#connector = connector;
    this._connector = connector;
  }

  /** Ends the connection or the attempt to connect. `disconnect` is emitted once, by the connection's end. */
  override disconnect(): this {
    this._userDisconnect = true;
    this.#connector.abort();
    this.connection?.close();
    return this;
  }
}
