import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** What listens on a port: AMI in the clear, something over TLS, something else, or nothing. */
export type Speech = 'ami' | 'tls' | 'other' | 'nothing';

const GREETING = 'Asterisk Call Manager/';
const WAIT_MS = 1_500;

/** Listens to a port as long as a greeting takes, and tries TLS where there is none. Sends nothing else. */
export async function speechOf(host: string, port: number): Promise<Speech> {
  const heard = await firstBytes(host, port);
  if (heard === null) return 'nothing';
  if (heard.startsWith(GREETING)) return 'ami';
  return (await takesTls(host, port)) ? 'tls' : 'other';
}

/** What a server says first, as far as it goes; null where nobody listens. */
export function firstBytes(host: string, port: number): Promise<string | null> {
  const socket = connectTcp({ host, port });
  let isOpen = false;
  return settled<string | null>(socket, (settle) => {
    socket.once('connect', () => {
      isOpen = true;
    });
    socket.once('data', (bytes: Buffer) => settle(bytes.toString('latin1', 0, 256)));
    socket.once('error', () => settle(isOpen ? '' : null));
    socket.once('close', () => settle(isOpen ? '' : null));
    return () => (isOpen ? '' : null);
  });
}

function takesTls(host: string, port: number): Promise<boolean> {
  // It is only asked whether it speaks TLS; nothing is told to it.
  const socket = connectTls({ host, port, rejectUnauthorized: false });
  return settled<boolean>(socket, (settle) => {
    socket.once('secureConnect', () => settle(true));
    socket.once('error', () => settle(false));
    return () => false;
  });
}

/** @param begin is given what ends the wait, and returns what is true when the time is over. */
async function settled<T>(socket: Socket, begin: (settle: (value: T) => void) => () => T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const value = await new Promise<T>((resolve) => {
    const late = begin(resolve);
    timer = setTimeout(() => resolve(late()), WAIT_MS);
  });
  clearTimeout(timer);
  socket.on('error', () => undefined).destroy();
  return value;
}
