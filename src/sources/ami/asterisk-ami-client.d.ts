/** The part of asterisk-ami-client 1.1.5 that this program uses; the package has no types of its own. */
declare module 'asterisk-ami-client' {
  import { EventEmitter } from 'node:events';

  type AmiMessage = Record<string, string>;

  /** What AmiClient expects of a connection: the events `event`, `response`, `data`, `error` and `close`, and this. */
  interface AmiClientConnection extends EventEmitter {
    readonly isConnected: boolean;
    readonly lastEvent: AmiMessage | null;
    readonly lastResponse: AmiMessage | null;
    write(message: AmiMessage): void;
    close(): unknown;
  }

  interface AmiClientConnector<Options> {
    connect(user: string, secret: string, options: Options): Promise<AmiClientConnection>;
  }

  interface AmiClientOptions {
    reconnect?: boolean;
    keepAlive?: boolean;
    emitEventsByTypes?: boolean;
    emitResponsesById?: boolean;
  }

  class AmiClient extends EventEmitter {
    constructor(options?: AmiClientOptions);
    /** Not private in the package: replaced to put another way of connecting behind the client. */
    _connector: AmiClientConnector<never>;
    _userDisconnect: boolean;
    readonly connection: AmiClientConnection | null;
    connect(user: string, secret: string, options?: unknown): Promise<AmiClientConnection>;
    disconnect(): this;
    action(message: AmiMessage): this;
    /** Rejects after ten seconds without an answer, and where the connection ends. */
    action(message: AmiMessage, promisable: true): Promise<AmiMessage>;
  }

  export = AmiClient;
}
