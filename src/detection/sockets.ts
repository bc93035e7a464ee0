import type { Attempt } from '../domain/attempt.js';
import type { Address, RemoteAddress } from '../domain/remote-address.js';
import { detached } from '../text/detached.js';
import { DAY_MS, FRIENDLY_PORTS_KEPT, GATEWAY_LINES, PORTS_KEPT, SOCKETS_KEPT } from './limits.js';
import { newSocket, type Pair, type PlaceRecord, type SocketRecord, socketKey } from './places.js';

/** The socket that a request came from, from now on one that failed; null where the source does not say its port. */
export function socketOf(place: PlaceRecord, { address, port }: RemoteAddress, now: number): SocketRecord | null {
  if (port === 0) return null;
  place.sockets ??= new Map();
  const key = socketKey(place, address, port);
  let socket = place.sockets.get(key);
  if (socket === undefined) {
    if (place.sockets.size >= SOCKETS_KEPT) dropOldest(place.sockets, now);
    socket = newSocket(address === place.host ? place.host : (detached(address) as Address), port, now);
    place.sockets.set(key, socket);
  }
  socket.lastAt = now;
  return socket;
}

/** @returns null for a socket that never failed. */
export function findSocket(place: PlaceRecord, { address, port }: RemoteAddress): SocketRecord | null {
  return place.sockets?.get(socketKey(place, address, port)) ?? null;
}

/** @returns whether this is what no device does: an account from one more new socket, or a socket with one more account. */
export function takePorts(
  pair: Pair,
  socket: SocketRecord | null,
  { remote, account, service, hasPassword }: Attempt,
  isGateway: boolean,
): boolean {
  if (service === 'AMI') return hasPassword;
  if (socket === null) return false;
  // Of many devices that ask in one name each keeps its own.
  const isKnown = pair.ports.includes(remote.port) || socket.accounts.includes(pair.account);
  const isNewPort = pair.ports.length > 0 && !isKnown;
  if (!pair.ports.includes(remote.port)) {
    // Most have one; a list that grows takes room for 17.
    if (pair.ports.length === 0) pair.ports = [remote.port];
    else pair.ports.push(remote.port);
    if (pair.ports.length > PORTS_KEPT) pair.ports.shift();
  }
  // A failure without a name is no account of its own.
  if (account !== null && socket.accounts.length <= GATEWAY_LINES && !socket.accounts.includes(account)) {
    if (socket.accounts.length === 0) socket.accounts = [pair.account];
    else socket.accounts.push(pair.account);
  }
  // A socket that has had many accounts is a gateway's or an attacker's, whichever account it has now.
  if (isNewPort) return true;
  // A gateway has many accounts and one socket, a phone one account and a few: only guessers have many of both.
  const isMixed = socket.accounts.length > 1 && pair.ports.length > 1;
  return !isGateway && (isMixed || socket.accounts.length > GATEWAY_LINES);
}

/** Whether accounts log in through the socket: a gateway's, then, or a session border controller's. */
export function isFriendly(place: PlaceRecord, socket: SocketRecord | null, now: number): boolean {
  const login = socket === null ? undefined : place.friendlyPorts?.get(socket.port);
  return login !== undefined && now - login < DAY_MS;
}

/** A resident logged in from this port. */
export function rememberPort(place: PlaceRecord, port: number, now: number): void {
  place.friendlyPorts ??= new Map();
  place.friendlyPorts.delete(port);
  place.friendlyPorts.set(port, now);
  if (place.friendlyPorts.size <= FRIENDLY_PORTS_KEPT) return;
  for (const oldest of place.friendlyPorts.keys()) {
    place.friendlyPorts.delete(oldest);
    return;
  }
}

/** Those that are banned stay as long as they are. */
function dropOldest(sockets: Map<number, SocketRecord>, now: number): void {
  let first: number | null = null;
  for (const [key, { ban }] of sockets) {
    first ??= key;
    if (ban.until <= now) {
      sockets.delete(key);
      return;
    }
  }
  if (first !== null) sockets.delete(first);
}
