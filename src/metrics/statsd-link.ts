import type { SocketOptions } from 'node:dgram';
import { once } from 'node:events';
import { type ClientOptions, StatsD } from 'hot-shots';
import type { Log } from '../domain/log.js';
import { ReconnectingStream, type ReconnectingStreamOptions } from './reconnecting-stream.js';
import { ResolvedHost, type ResolvedHostOptions } from './resolved-host.js';

declare module 'hot-shots/types.js' {
  interface StatsD {
    /** Sends a packet as it is: the typed methods know neither the type `m` nor any but two forms of tags. */
    sendMessage(packet: string, sent: (error: Error | null | undefined) => void): void;
  }
}

export interface StatsdLinkOptions {
  readonly host: string;
  readonly port: number;
  readonly packetBytes: number;
  readonly log: Log;
  /** Told of each fault on the way to the receiver: name, connection, datagram. */
  readonly onError: () => void;
}

/** A way to a StatsD receiver. */
export interface StatsdLink {
  /** Null while the receiver cannot be reached. */
  client(): StatsD | null;
  close(): Promise<void>;
}

/** Datagrams to whatever address the name has now. */
export function udpLink(
  options: StatsdLinkOptions,
  dns: Pick<ResolvedHostOptions, 'resolve' | 'now'> = {},
): StatsdLink {
  const { host, log, onError } = options;
  const resolved = new ResolvedHost({ host, log, onError, ...dns });
  // Asked for each datagram, and for the address that the socket is bound to, which is none of ours.
  const lookup: SocketOptions['lookup'] = (name, _options, answer) => {
    const address = name === host ? resolved.address() : null;
    answer(null, address?.address ?? name, address?.family ?? 4);
  };
  let client: StatsD | null = null;
  return {
    client() {
      const address = resolved.address();
      if (address !== null) {
        const type = address.family === 6 ? 'udp6' : 'udp4';
        client ??= new StatsD({ ...clientOptions(options), protocol: 'udp', udpSocketOptions: { type, lookup } });
      }
      return client;
    },
    async close() {
      const opened = client;
      // An error of closing changes nothing: whatever it is, we are done with the socket.
      if (opened !== null) await new Promise<void>((resolve) => opened.close(() => resolve()));
    },
  };
}

/** Lines over TCP. */
export function tcpLink(
  options: StatsdLinkOptions & Pick<ReconnectingStreamOptions, 'onLost'>,
  limits: Pick<ReconnectingStreamOptions, 'stallMs' | 'retryMinMs'> = {},
): StatsdLink {
  const { host, port, log, onError, onLost } = options;
  const stream = new ReconnectingStream({ host, port, log, onError, onLost, ...limits });
  const client = new StatsD({ ...clientOptions(options), protocol: 'stream', stream });
  return {
    client: () => (stream.ready ? client : null),
    async close() {
      // First the stream: the client would wait for a packet that the receiver does not read.
      const closed = once(stream, 'close');
      stream.destroy();
      await closed;
      client.close();
    },
  };
}

/** Only we flush, and nothing of Datadog's is added, whatever DD_ variables the environment holds. */
function clientOptions({ host, port, packetBytes }: StatsdLinkOptions): ClientOptions {
  return {
    host,
    port,
    maxBufferSize: packetBytes,
    bufferFlushInterval: 2 ** 31 - 1,
    closingFlushInterval: 1,
    datadog: false,
    includeDataDogTags: false,
    includeDatadogTelemetry: false,
  };
}
