import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import type { Test } from 'tap';
import { type AmiMessage, parseMessage } from '../../../src/sources/ami/message.js';
import { FRAMES, textOf } from './event-frames.js';

export const BANNER = 'Asterisk Call Manager/11.0.0\r\n';

/** What Asterisk says of a login to the client that logged in, among others. */
export const OWN_LOGIN = textOf(FRAMES.find(({ event }) => event.event === 'SuccessfulAuth')?.lines ?? []);

/** What the server does with its `connection`th client, from 1 on. It may wait for ever: it ends with the test. */
export type Script = (peer: Peer, connection: number) => unknown;

export interface ScriptedServer {
  readonly port: number;
  /** All clients that ever came, those that are gone too. */
  readonly peers: readonly Peer[];
}

/** The server's side of one connection. */
export class Peer {
  readonly socket: Socket;
  /** All that the client sent. */
  received = '';
  #read = 0;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (bytes) => {
      this.received += bytes.toString('latin1');
    });
    // A client may hang up as it likes.
    socket.on('error', () => undefined);
  }

  send(text: string): void {
    this.socket.write(text);
  }

  /** The next action; never, once the client is gone. */
  async next(): Promise<AmiMessage> {
    let end = this.received.indexOf('\r\n\r\n', this.#read);
    while (end < 0) {
      await once(this.socket, 'data');
      end = this.received.indexOf('\r\n\r\n', this.#read);
    }
    const action = parseMessage(this.received.slice(this.#read, end));
    this.#read = end + 4;
    return action;
  }

  /** Answers an action; more may go in the same segment. */
  respond(action: AmiMessage, lines: readonly string[], after = ''): void {
    this.send(textOf([...lines, `ActionID: ${action['ActionID']}`]) + after);
  }

  /** Greets, offers a challenge, and lets the client in; `after` goes in the segment of the acceptance. */
  async admit(after = ''): Promise<void> {
    this.send(BANNER);
    this.respond(await this.next(), ['Response: Success', 'Challenge: 157067672']);
    this.respond(await this.next(), ['Response: Success', 'Message: Authentication accepted'], after);
  }

  /** Greets, offers a challenge, refuses the login, and hangs up. */
  async refuse(message = 'Authentication failed'): Promise<void> {
    this.send(BANNER);
    this.respond(await this.next(), ['Response: Success', 'Challenge: 157067672']);
    this.respond(await this.next(), ['Response: Error', `Message: ${message}`]);
    this.socket.end();
  }

  /** Answers pings for ever. */
  async answerPings(): Promise<never> {
    for (;;) {
      const action = await this.next();
      if (action['Action'] === 'Ping') this.respond(action, ['Response: Success', 'Ping: Pong']);
    }
  }
}

/** Listens on a free port of 127.0.0.1 until the test ends. */
export async function serve(t: Test, script: Script, tls: TlsOptions | null = null): Promise<ScriptedServer> {
  const peers: Peer[] = [];
  const sockets: Socket[] = [];
  const accept = (socket: Socket) => {
    const peer = new Peer(socket);
    const connection = peers.push(peer);
    // A script that waits fails with its client's connection, which is no fault.
    Promise.resolve(script(peer, connection)).catch((error) => socket.destroyed || t.fail(error));
  };
  const server: Server = tls === null ? createServer(accept) : createTlsServer(tls, accept);
  // A TLS server hands out what is left of a failed handshake in no other way.
  server.on('connection', (socket: Socket) => sockets.push(socket.on('error', () => undefined)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
    if (server.listening) await once(server, 'close');
  });
  return { port: (server.address() as AddressInfo).port, peers };
}
