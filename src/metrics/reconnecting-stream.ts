import { connect, type Socket } from 'node:net';
import { Writable } from 'node:stream';
import type { Log } from '../domain/log.js';
import { Backoff } from '../lifecycle/backoff.js';
import { linesIn } from './lines-in.js';

export interface ReconnectingStreamOptions {
  readonly host: string;
  readonly port: number;
  readonly packetBytes: number;
  readonly log: Log;
  /** Told of each chunk that is longer than a packet may be. */
  readonly onOversized: () => void;
  readonly onError: () => void;
  /** Told how many lines were lost with a connection, or came while there was none. */
  readonly onLost: (lines: number) => void;
  readonly connect?: (to: { readonly host: string; readonly port: number }) => Socket;
  /** How long a connection may take to come about. */
  readonly connectMs?: number;
  /** How long the receiver may leave a chunk unread before the connection is given up. */
  readonly stallMs?: number;
  /** The first and the longest wait of the Backoff between connections. */
  readonly retryMinMs?: number;
  readonly retryMaxMs?: number;
  /** From 0 to below 1. */
  readonly random?: () => number;
}

/**
 * Lines to a TCP receiver, over as many connections as it takes, until it is destroyed. It never fails and never waits for a connection:
 * what cannot be delivered is counted and gone. Chunks are whole lines. Wait for the callback of the last one before you write more:
 * then no more than one window is buffered here, and a receiver that reads slowly slows the writer down.
 *
 * What the kernel accepted before a connection broke is lost without a count: TCP does not tell.
 */
export class ReconnectingStream extends Writable {
  readonly #options: Required<ReconnectingStreamOptions>;
  #socket: Socket;
  #connected = false;
  #stopped = false;
  readonly #backoff: Backoff;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: ReconnectingStreamOptions) {
    super();
    this.#options = {
      connect,
      connectMs: 5_000,
      stallMs: 10_000,
      retryMinMs: 500,
      retryMaxMs: 30_000,
      random: Math.random,
      ...options,
    };
    this.#backoff = new Backoff(this.#options.retryMinMs, this.#options.retryMaxMs, this.#options.random);
    this.#socket = this.#open();
  }

  /** Whether a chunk that is written now goes to the receiver at once. */
  get ready(): boolean {
    return this.#isUp() && this.writableLength === 0;
  }

  /** Connects no more: what is written or waits is counted as lost. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#retry);
    this.#socket.destroy();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    // Its end is not counted.
    if (chunk.length - 1 > this.#options.packetBytes) {
      this.#options.onOversized();
      done();
      return;
    }
    if (!this.#isUp()) {
      this.#options.onLost(linesIn(chunk));
      done();
      return;
    }
    const { stallMs } = this.#options;
    const socket = this.#socket;
    const stop = destroyAfter(socket, stallMs, `the receiver has read nothing for ${stallMs} ms`);
    socket.write(chunk, (error) => {
      stop();
      // A socket that is destroyed in the middle of a write calls back without an error.
      if (socket.destroyed || error) this.#options.onLost(linesIn(chunk));
      else this.#backoff.reset();
      done();
    });
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.stop();
    done(error);
  }

  /** A socket that failed is destroyed before it says that it is closed. */
  #isUp(): boolean {
    return this.#connected && !this.#socket.destroyed;
  }

  #open(): Socket {
    const { host, port, log, onError, connectMs } = this.#options;
    const socket = this.#options.connect({ host, port });
    const stop = destroyAfter(socket, connectMs, `no connection within ${connectMs} ms`);
    let reason = 'closed by the receiver';
    socket.once('connect', () => {
      stop();
      this.#connected = true;
      log.info({ host, port }, 'connected to the StatsD receiver');
    });
    socket.on('error', (error) => {
      reason = error.message;
    });
    socket.once('close', () => {
      stop();
      this.#connected = false;
      if (this.#stopped) return;
      const retryMs = this.#backoff.next();
      this.#retry = setTimeout(() => {
        this.#socket = this.#open();
      }, retryMs);
      onError();
      log.warn({ host, port, reason, retryMs }, 'no connection to the StatsD receiver');
    });
    // A receiver says nothing, but only who reads is told that it has closed.
    socket.resume();
    // So that a receiver that vanished without a word is noticed between flushes too.
    socket.setKeepAlive(true, 30_000);
    return socket;
  }
}

function destroyAfter(socket: Socket, ms: number, reason: string): () => void {
  const timer = setTimeout(() => socket.destroy(new Error(reason)), ms);
  return () => clearTimeout(timer);
}
