import { StatsD } from 'hot-shots';
import type { Log } from '../domain/log.js';
import type { Reading } from '../domain/reading.js';
import { DatagramStream } from './datagram-stream.js';
import { DIALECTS, type DialectName } from './dialects/dialects.js';
import type { Sink } from './flusher.js';
import { ReconnectingStream } from './reconnecting-stream.js';
import type { ResolvedHostOptions } from './resolved-host.js';
import { sparseLog } from './sparse-log.js';

declare module 'hot-shots/types.js' {
  interface StatsD {
    /** What the methods for each type call: none of them knows the type `m`. */
    sendStat(name: string, value: number, type: 'c' | 'm' | 'g', sampleRate: undefined, tags: Tags): void;
  }
}

/**
 * Why lines were not sent.
 * - `packet_bytes`: one line is longer than a packet may be.
 * - `stream`: the TCP connection was lost, or the receiver stopped reading.
 * - `socket`: the kernel refused the datagram, or the sink was closed before its turn.
 */
export type DropReason = 'packet_bytes' | 'stream' | 'socket';

export interface StatsdSinkOptions {
  readonly host: string;
  readonly port: number;
  readonly protocol: 'udp' | 'tcp';
  /** Goes before every name, with a dot between; null: nothing does. */
  readonly prefix: string | null;
  /** As what readings of the kind `meter` are sent. */
  readonly meterType: 'c' | 'm';
  readonly dialect: DialectName;
  /** What a dialect with tags calls the PBX; null: no such tag. */
  readonly pbx: string | null;
  readonly packetBytes: number;
  readonly log: Log;
  /** Told of each fault on the way to the receiver: name, connection, datagram. */
  readonly onError: () => void;
  /** Told of all lines that were not sent, unlike the log, which says the same once a minute. */
  readonly onDrop: (reason: DropReason, lines: number) => void;
  readonly dns?: Pick<ResolvedHostOptions, 'resolve' | 'now'>;
}

/**
 * Sends readings to a StatsD receiver. hot-shots makes lines of them (prefix, tags and their flavour) and fills packets of at most
 * `packetBytes` bytes; our stream takes these to the receiver and counts what is lost (docs/decisions/0002-sums.md).
 */
export class StatsdSink implements Sink {
  readonly #options: StatsdSinkOptions;
  readonly #log: Log;
  readonly #stream: DatagramStream | ReconnectingStream;
  readonly #client: StatsD;
  #oversized = 0;
  #sending: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;

  constructor(options: StatsdSinkOptions) {
    this.#options = options;
    this.#log = sparseLog(options.log);
    this.#stream = this.#open();
    this.#client = statsdClient(options, this.#stream);
  }

  ready(): boolean {
    return this.#stream.ready;
  }

  send(readings: readonly Reading[]): Promise<void> {
    this.#sending = this.#send(readings);
    return this.#sending;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #send(readings: readonly Reading[]): Promise<void> {
    const { meterType, dialect, pbx, packetBytes } = this.#options;
    const types = { meter: meterType, counter: 'c', gauge: 'g' } as const;
    for (const { kind, name, endpoint, value } of readings) {
      const series = DIALECTS[dialect]({ name, endpoint, pbx });
      this.#client.sendStat(series.name, value, types[kind], undefined, Object.fromEntries(series.tags));
    }
    await new Promise<void>((resolve) => this.#client.flush(() => resolve()));
    const oversized = this.#oversized;
    this.#oversized = 0;
    if (oversized > 0) this.#drop('packet_bytes', oversized, `a line is longer than ${packetBytes} bytes`);
  }

  #open(): DatagramStream | ReconnectingStream {
    const { host, port, protocol, packetBytes, onError, dns } = this.#options;
    const way = {
      host,
      port,
      packetBytes,
      log: this.#log,
      onError,
      onOversized: () => {
        this.#oversized += 1;
      },
    };
    if (protocol === 'udp') {
      return new DatagramStream({ ...way, ...dns, onLost: (lines, error) => this.#drop('socket', lines, error) });
    }
    return new ReconnectingStream({ ...way, onLost: (lines) => this.#drop('stream', lines, 'no connection') });
  }

  async #close(): Promise<void> {
    // First the stream: what still waits for its turn is then counted as lost, and nothing waits for the receiver.
    this.#stream.stop();
    await this.#sending;
    // An error of closing changes nothing: whatever it is, we are done with the stream.
    await new Promise<void>((resolve) => this.#client.close(() => resolve()));
  }

  #drop(reason: DropReason, lines: number, error: string): void {
    this.#options.onDrop(reason, lines);
    this.#log.warn({ lines, error }, `lines were not sent to the StatsD receiver: ${reason}`);
  }
}

/** Only we flush, and nothing of Datadog's is added, whatever DD_ variables the environment holds. */
export function statsdClient(
  { prefix, dialect, packetBytes }: Pick<StatsdSinkOptions, 'prefix' | 'dialect' | 'packetBytes'>,
  stream: DatagramStream | ReconnectingStream | NodeJS.WritableStream,
): StatsD {
  return new StatsD({
    protocol: 'stream',
    stream: stream as DatagramStream,
    prefix: prefix ?? '',
    telegraf: DIALECTS[dialect] === DIALECTS.telegraf,
    maxBufferSize: packetBytes,
    bufferFlushInterval: 2 ** 31 - 1,
    closingFlushInterval: 1,
    datadog: false,
    includeDataDogTags: false,
    includeDatadogTelemetry: false,
  });
}
