import { createServer, type Server, type Socket } from 'node:net';
import type { Log } from '../../domain/log.js';
import { LineConnection, type LineConnectionOptions } from './line-connection.js';
import { SocketFile, type SocketFileOptions } from './socket-file.js';

export interface LineServerOptions
  extends SocketFileOptions,
    Pick<LineConnectionOptions, 'onLine' | 'onOversize'>,
    Partial<Pick<LineConnectionOptions, 'pendingMax' | 'unreadBytesMax' | 'unreadMs'>> {
  /** Connections at one time; one more is closed and counted. */
  readonly connectionsMax?: number;
  /** How long answers may take after the end was asked for. */
  readonly graceMs?: number;
  readonly log: Log;
}

/** `connections` is how many there are now, the rest since the start. */
export interface LineServerCounts {
  readonly connections: number;
  /** Beyond the most that there may be. */
  readonly refused: number;
  /** Closed because they did not read their answers. */
  readonly unread: number;
  /** Closed because we failed, and connections that could not be accepted. */
  readonly failed: number;
}

/** Listens on a Unix socket and speaks lines of text both ways. */
export class LineServer {
  readonly #options: Required<Omit<LineServerOptions, 'lchown'>>;
  readonly #connections = new Set<LineConnection>();
  readonly #counts = { refused: 0, unread: 0, failed: 0 };
  #server: Server | null = null;
  #file: SocketFile | null = null;
  #closing: Promise<void> | null = null;
  #checking: Promise<boolean> | null = null;
  #isLost = false;
  /** Told of each connection that has ended. */
  #onEnd: () => void = () => undefined;

  constructor(options: LineServerOptions) {
    this.#options = {
      connectionsMax: 16,
      pendingMax: 256,
      unreadBytesMax: 1_048_576,
      unreadMs: 10_000,
      graceMs: 1_000,
      ...options,
    };
  }

  get counts(): LineServerCounts {
    return { connections: this.#connections.size, ...this.#counts };
  }

  /** @throws SocketFileError */
  async listen(): Promise<void> {
    // Half open: who says all at once and shuts its side, as `nc -N` does, still gets its answers.
    const server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
    const file = await SocketFile.listen(server, this.#options);
    // From now on a failed accept: the process has no file descriptor left.
    server.on('error', () => {
      this.#counts.failed += 1;
    });
    this.#server = server;
    this.#file = file;
    if (this.#closing !== null) this.#unlisten();
  }

  /**
   * To be called from time to time: if somebody has removed the socket's file, which nothing tells, it is made anew. Connections
   * that there are go on.
   * @returns whether it can be connected to.
   */
  check(): Promise<boolean> {
    this.#checking ??= this.#mend().finally(() => {
      this.#checking = null;
    });
    return this.#checking;
  }

  async #mend(): Promise<boolean> {
    const { path, log } = this.#options;
    if (this.#closing !== null) return false;
    if (this.#file?.isThere() === true) return true;
    this.#server?.close();
    try {
      await this.listen();
    } catch (error) {
      if (!this.#isLost)
        log.error({ path, error: String(error) }, 'the socket is gone and cannot be made anew; trying again');
      this.#isLost = true;
      return false;
    }
    this.#isLost = false;
    log.warn({ path }, 'the socket was gone and is made anew');
    return true;
  }

  /** Listens no more, lets what is at work be answered within `graceMs`, and ends. To be called as often as one likes. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#unlisten();
    for (const connection of this.#connections) connection.stop();
    const timer = setTimeout(() => {
      for (const connection of this.#connections) connection.destroy();
    }, this.#options.graceMs);
    while (this.#connections.size > 0) {
      await new Promise<void>((resolve) => {
        this.#onEnd = resolve;
      });
    }
    clearTimeout(timer);
  }

  #unlisten(): void {
    this.#file?.remove();
    this.#server?.close();
  }

  #accept(socket: Socket): void {
    if (this.#connections.size >= this.#options.connectionsMax || this.#closing !== null) {
      this.#counts.refused += 1;
      socket.destroy();
      return;
    }
    const { log } = this.#options;
    const connection = new LineConnection(socket, {
      ...this.#options,
      onUnread: () => {
        this.#counts.unread += 1;
      },
      onError: (error) => {
        this.#counts.failed += 1;
        log.error({ error: String(error) }, 'a line could not be answered; its connection is closed');
      },
    });
    this.#connections.add(connection);
    socket.once('close', () => {
      this.#connections.delete(connection);
      this.#onEnd();
    });
  }
}
