import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { Log } from '../../src/domain/log.js';

/** A log that keeps its lines. */
export function recordedLog(): Log & { readonly lines: [level: string, fields: object, message: string][] } {
  const lines: [string, object, string][] = [];
  const write = (level: string) => (fields: object, message: string) => {
    lines.push([level, fields, message]);
  };
  return { lines, debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

export interface UdpReceiver extends AsyncDisposable {
  readonly socket: Socket;
  readonly port: number;
  readonly datagrams: Buffer[];
  /** Resolves once so many datagrams are there. */
  received(count: number): Promise<readonly Buffer[]>;
}

export async function udpReceiver(
  host: '127.0.0.1' | '127.0.0.2' | '::1' = '127.0.0.1',
  port = 0,
): Promise<UdpReceiver> {
  const socket = createSocket(host === '::1' ? 'udp6' : 'udp4');
  const datagrams: Buffer[] = [];
  socket.on('message', (datagram) => datagrams.push(datagram));
  socket.bind(port, host);
  await once(socket, 'listening');
  return {
    socket,
    port: socket.address().port,
    datagrams,
    async received(count) {
      while (datagrams.length < count) await once(socket, 'message');
      return datagrams;
    },
    async [Symbol.asyncDispose]() {
      socket.close();
    },
  };
}

export async function tcpServer(options: { readonly pauseOnConnect?: boolean; readonly port?: number } = {}): Promise<{
  readonly server: Server;
  readonly port: number;
}> {
  const server = createServer({ pauseOnConnect: options.pauseOnConnect ?? false });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

/** The first value that is not null, asked for in each turn of the event loop. */
export async function eventually<Value>(ask: () => Value | null): Promise<Value> {
  for (;;) {
    const value = ask();
    if (value !== null) return value;
    await setImmediate();
  }
}
