import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { get as httpGet } from 'node:http';
import { get as httpsGet } from 'node:https';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export type SipTransport = 'udp' | 'tcp' | 'tls' | 'ws' | 'wss';

export interface SipTarget {
  readonly transport: SipTransport;
  /** An IP address. */
  readonly host: string;
  readonly port: number;
  /** The address to come from; null leaves it to the system. */
  readonly from: string | null;
  /** The port to come from, over UDP; else the system chooses one for each connection. */
  readonly fromPort?: number | undefined;
  /** Certificates to trust, for `tls` and `wss`. */
  readonly ca: Buffer;
}

/** A way to one SIP server that carries whole messages. */
export interface SipConnection {
  /** Our end as it stands in a Via: `127.0.0.1:40000`, `[::1]:40000`. */
  readonly local: string;
  send(message: string): void;
  /** Calls back for every message that comes. */
  onMessage(callback: (message: string) => void): void;
  close(): void;
}

/** @throws where the server does not take the connection. */
export async function connectSip(target: SipTarget): Promise<SipConnection> {
  switch (target.transport) {
    case 'udp':
      return overUdp(target);
    case 'tcp':
    case 'tls':
      return overStream(target);
    case 'ws':
    case 'wss':
      return overWebSocket(target);
    default:
      return target.transport satisfies never;
  }
}

export function hostAndPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

async function overUdp({ host, port, from, fromPort = 0 }: SipTarget): Promise<SipConnection> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  socket.bind(fromPort, from ?? undefined);
  await once(socket, 'listening');
  socket.connect(port, host);
  await once(socket, 'connect');
  // A firewall that rejects says so; it shows as an answer that never comes.
  socket.on('error', () => {});
  const local = socket.address();
  return {
    local: hostAndPort(local.address, local.port),
    send: (message) => socket.send(message),
    onMessage: (callback) => socket.on('message', (datagram) => callback(datagram.toString('latin1'))),
    close: () => socket.close(),
  };
}

async function overStream({ transport, host, port, from, ca }: SipTarget): Promise<SipConnection> {
  const tcp = connectTcp({ host, port, ...(from === null ? {} : { localAddress: from }) });
  const socket = transport === 'tls' ? connectTls({ socket: tcp, host, ca }) : tcp;
  await once(socket, transport === 'tls' ? 'secureConnect' : 'connect');
  return overSocket(tcp, socket, {
    encode: (message) => message,
    take: (received) => {
      const end = received.indexOf('\r\n\r\n');
      if (end < 0) return null;
      const body = Number(/^content-length\s*:\s*(\d+)/im.exec(received.slice(0, end).toString('latin1'))?.[1] ?? 0);
      return { payload: [0, end + 4 + body], size: end + 4 + body };
    },
  });
}

/** RFC 7118: one SIP message is one WebSocket message, which Asterisk sends as one frame. */
async function overWebSocket({ transport, host, port, from, ca }: SipTarget): Promise<SipConnection> {
  const get = transport === 'wss' ? httpsGet : httpGet;
  const request = get({
    host,
    port,
    path: '/ws',
    ca,
    ...(from === null ? {} : { localAddress: from }),
    headers: {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Protocol': 'sip',
    },
  });
  const [, socket] = (await once(request, 'upgrade')) as [unknown, Socket];
  return overSocket(socket, socket, { encode: maskedFrame, take: takeFrame });
}

interface Framing {
  encode(message: string): string | Buffer;
  /** Where the first message of the received bytes is, and how much of them it takes with its frame; null until it is whole. */
  take(received: Buffer): { readonly payload: readonly [number, number]; readonly size: number } | null;
}

function overSocket(tcp: Socket, socket: Socket, { encode, take }: Framing): SipConnection {
  let received = Buffer.alloc(0);
  let onMessage: (message: string) => void = () => {};
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    for (let frame = take(received); frame !== null && frame.size <= received.length; frame = take(received)) {
      const message = received.subarray(...frame.payload).toString('latin1');
      received = received.subarray(frame.size);
      onMessage(message);
    }
  });
  // A connection that breaks shows as an answer that never comes.
  socket.on('error', () => {});
  return {
    local: hostAndPort(tcp.localAddress ?? '', tcp.localPort ?? 0),
    send: (message) => void socket.write(encode(message)),
    onMessage: (callback) => {
      onMessage = callback;
    },
    close: () => socket.destroy(),
  };
}

/** A text frame of up to 64 KiB, masked as clients must (RFC 6455, 5.2). */
function maskedFrame(message: string): Buffer {
  const payload = Buffer.from(message, 'latin1');
  const mask = randomBytes(4);
  const header = Buffer.from([0x81, 0x80 | 126, payload.length >> 8, payload.length & 0xff, ...mask]);
  return Buffer.concat([header, payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0))]);
}

/** An unmasked frame of less than 64 KiB, as a server sends it. */
function takeFrame(received: Buffer): ReturnType<Framing['take']> {
  if (received.length < 4) return null;
  const short = received.readUInt8(1) & 0x7f;
  const start = short === 126 ? 4 : 2;
  const size = start + (short === 126 ? received.readUInt16BE(2) : short);
  return { payload: [start, size], size };
}
