import { createSocket, type Socket } from 'node:dgram';
import { Writable } from 'node:stream';
import { pause } from '../lifecycle/pause.js';
import { linesIn } from './lines-in.js';
import { ResolvedHost, type ResolvedHostOptions } from './resolved-host.js';

/** A default receive buffer of Linux (212,992 bytes) holds about 90 datagrams: that is more than 25 ms at this pace. */
const BURST_DATAGRAMS = 16;
const BURST_MS = 5;

export interface DatagramStreamOptions extends ResolvedHostOptions {
  readonly port: number;
  readonly packetBytes: number;
  /** Told of each chunk that is longer than a datagram may be. */
  readonly onOversized: () => void;
  /** Told how many lines were lost with a datagram, and why. */
  readonly onLost: (lines: number, error: string) => void;
}

/**
 * Each chunk, which ends with a newline, is a datagram without it, to whatever address the name has now, and no faster than a receiver
 * takes them. It never fails: what cannot be sent is counted and gone.
 */
export class DatagramStream extends Writable {
  readonly #options: DatagramStreamOptions;
  readonly #resolved: ResolvedHost;
  readonly #stopping = new AbortController();
  #socket: Socket | null = null;
  #burst = 0;

  constructor(options: DatagramStreamOptions) {
    super();
    this.#options = options;
    this.#resolved = new ResolvedHost(options);
    // Starts the lookup of the name, so that it is known by the first flush.
    this.#resolved.address();
  }

  /** Whether there is an address to send to. */
  get ready(): boolean {
    return !this.#stopping.signal.aborted && this.#resolved.address() !== null;
  }

  /** Sends no more: what is written or waits is counted as lost. */
  stop(): void {
    this.#stopping.abort();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    void this.#send(chunk).then(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket?.close();
    done(error);
  }

  async #send(chunk: Buffer): Promise<void> {
    const { packetBytes, onOversized, onError, onLost } = this.#options;
    const datagram = chunk.subarray(0, -1);
    if (datagram.length > packetBytes) return onOversized();
    if (this.#burst === BURST_DATAGRAMS) {
      await pause(BURST_MS, this.#stopping.signal);
      this.#burst = 0;
    }
    this.#burst += 1;
    const error = await this.#hand(datagram);
    if (error === null) return;
    onError();
    onLost(linesIn(chunk), error.message);
  }

  /** Resolves when the kernel has taken or refused the datagram. */
  #hand(datagram: Buffer): Promise<Error | null> {
    const to = this.#resolved.address();
    if (to === null || this.#stopping.signal.aborted) return Promise.resolve(new Error('not connected'));
    this.#socket ??= createSocket(to.family === 6 ? 'udp6' : 'udp4').unref();
    const socket = this.#socket;
    return new Promise((resolve) => {
      // A socket that cannot be bound (no descriptor left) says so in this event alone and forgets the datagram.
      const failed = (error: Error) => {
        this.#socket = null;
        socket.close();
        resolve(error);
      };
      socket.once('error', failed);
      socket.send(datagram, this.#options.port, to.address, (error) => {
        socket.removeListener('error', failed);
        resolve(error);
      });
    });
  }
}
