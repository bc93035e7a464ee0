import type { StatsD } from 'hot-shots';
import type { Reading } from '../domain/reading.js';
import { pause } from '../lifecycle/pause.js';
import { type Line, type LineOptions, lineOf, packets } from './packets.js';
import type { DropReason, Sink } from './sink.js';
import { sparseLog } from './sparse-log.js';
import { type StatsdLink, type StatsdLinkOptions, tcpLink, udpLink } from './statsd-link.js';

/** A default receive buffer of Linux (212,992 bytes) holds about 90 datagrams: that is more than 25 ms at this pace. */
const BURST_PACKETS = 16;
const BURST_MS = 5;

export interface StatsdSinkOptions extends StatsdLinkOptions, LineOptions {
  readonly protocol: 'udp' | 'tcp';
  /** Told of all lines that were not sent, unlike the log, which says the same once a minute. */
  readonly onDrop: (reason: DropReason, lines: number) => void;
}

/** Sends readings to a StatsD receiver, in packets of at most `packetBytes` bytes and no faster than its buffer takes. */
export class StatsdSink implements Sink {
  readonly #options: StatsdSinkOptions;
  readonly #link: StatsdLink;
  readonly #closing = new AbortController();
  #sending: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;

  constructor(given: StatsdSinkOptions) {
    const options = { ...given, log: sparseLog(given.log) };
    this.#options = options;
    const onLost = (lines: number) => this.#drop('stream', lines, 'no connection');
    this.#link = options.protocol === 'tcp' ? tcpLink({ ...options, onLost }) : udpLink(options);
    // Starts the lookup of the name, so that it is known by the first flush.
    this.#link.client();
  }

  ready(): boolean {
    return this.#client() !== null;
  }

  send(readings: readonly Reading[]): Promise<void> {
    this.#sending = this.#send(readings);
    return this.#sending;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  #client(): StatsD | null {
    return this.#closing.signal.aborted ? null : this.#link.client();
  }

  async #send(readings: readonly Reading[]): Promise<void> {
    const { packetBytes } = this.#options;
    const lines = readings.map((reading) => lineOf(reading, this.#options));
    const fitting = lines.filter((line) => line.bytes <= packetBytes);
    if (fitting.length < lines.length) {
      this.#drop('packet_bytes', lines.length - fitting.length, `a line is longer than ${packetBytes} bytes`);
    }
    for (const [index, packet] of packets(fitting, packetBytes).entries()) {
      if (index > 0 && index % BURST_PACKETS === 0) await pause(BURST_MS, this.#closing.signal);
      await this.#sendPacket(packet);
    }
  }

  async #sendPacket(packet: readonly Line[]): Promise<void> {
    const client = this.#client();
    const error = client === null ? new Error('not connected') : await handOver(client, packet);
    if (!error) return;
    this.#options.onError();
    this.#drop(this.#options.protocol === 'tcp' ? 'stream' : 'socket', packet.length, error.message);
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    await this.#link.close();
    await this.#sending;
  }

  #drop(reason: DropReason, lines: number, error: string): void {
    this.#options.onDrop(reason, lines);
    this.#options.log.warn({ lines, error }, `lines were not sent to the StatsD receiver: ${reason}`);
  }
}

function handOver(client: StatsD, packet: readonly Line[]): Promise<Error | null | undefined> {
  return new Promise((resolve) => {
    const settle = (error: Error | null | undefined) => {
      client.socket.removeListener('error', settle);
      resolve(error);
    };
    // A socket that cannot be bound (no descriptor left) says so in this event alone and forgets the packet.
    client.socket.on('error', settle);
    client.sendMessage(packet.map(({ text }) => text).join('\n'), settle);
  });
}
