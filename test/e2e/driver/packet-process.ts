// A host of its own network namespace: hears and sends datagrams and connections as its parent says.
import { createSocket, type Socket as Datagrams } from 'node:dgram';
import { connect, createServer, isIPv6, type Socket } from 'node:net';

/** By the address that they came from: datagrams over UDP, bytes over TCP. */
export interface Heard {
  readonly udp: Readonly<Record<string, number>>;
  readonly tcp: Readonly<Record<string, number>>;
}

export type Order =
  | { readonly kind: 'listen'; readonly port: number }
  | { readonly kind: 'heard' }
  | { readonly kind: 'send'; readonly from: string; readonly to: string; readonly port: number; readonly count: number }
  | { readonly kind: 'connect'; readonly from: string; readonly to: string; readonly port: number }
  /** One byte on the connection from there. */
  | { readonly kind: 'write'; readonly from: string };

const heard: { udp: Record<string, number>; tcp: Record<string, number> } = { udp: {}, tcp: {} };
/** By the address that they come from, so that a flow stays one flow. */
const senders = new Map<string, Promise<Datagrams>>();
const connections = new Map<string, Socket>();

function hear(protocol: 'udp' | 'tcp', address: string | undefined, count: number): void {
  const from = (address ?? '').replace(/^::ffff:/, '');
  heard[protocol][from] = (heard[protocol][from] ?? 0) + count;
}

/** Answers each datagram, so that conntrack calls the flow established. */
async function listen(port: number): Promise<void> {
  const datagrams = createSocket('udp6', (message, { address, port: from }) => {
    hear('udp', address, 1);
    datagrams.send(message, from, address);
  });
  const server = createServer((socket) => {
    socket.on('data', (chunk) => hear('tcp', socket.remoteAddress, chunk.length));
    socket.on('error', () => {});
  });
  await Promise.all([
    new Promise<void>((resolve) => datagrams.bind(port, '::', resolve)),
    new Promise<void>((resolve) => server.listen(port, '::', resolve)),
  ]);
}

function sender(from: string): Promise<Datagrams> {
  const known = senders.get(from);
  if (known !== undefined) return known;
  const made = new Promise<Datagrams>((resolve) => {
    const socket = createSocket(isIPv6(from) ? 'udp6' : 'udp4');
    socket.on('message', () => {});
    socket.bind(0, from, () => resolve(socket));
  });
  senders.set(from, made);
  return made;
}

async function send({ from, to, port, count }: Extract<Order, { kind: 'send' }>): Promise<void> {
  const socket = await sender(from);
  for (let sent = 0; sent < count; sent++) {
    await new Promise<void>((resolve, reject) =>
      socket.send('OPTIONS', port, to, (error) => (error === null ? resolve() : reject(error))),
    );
  }
}

function open({ from, to, port }: Extract<Order, { kind: 'connect' }>): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: to, port, localAddress: from, noDelay: true }, resolve);
    socket.on('error', reject);
    connections.set(from, socket);
  });
}

async function obey(order: Order): Promise<Heard | null> {
  switch (order.kind) {
    case 'listen':
      await listen(order.port);
      return null;
    case 'heard':
      return heard;
    case 'send':
      await send(order);
      return null;
    case 'connect':
      await open(order);
      return null;
    case 'write':
      connections.get(order.from)?.write('x');
      return null;
    default:
      throw order satisfies never;
  }
}

process.on('message', (order: Order) => {
  obey(order).then(
    (answer) => process.send?.({ answer }),
    (error) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
