import type { Address, Endpoint, RemoteAddress } from '../domain/remote-address.js';
import { detached } from '../text/detached.js';
import { type HashKey, hashOfText } from '../text/keyed-hash.js';
import { isRecent, type LimitsReached, newHost, type SipHost, SipSession } from './sip-session.js';

const SESSIONS_MAX = 16;
/**
 * Of a Call-ID: a UUID's that are far enough apart. An attacker who makes two Call-IDs alike gains no more than one who sends
 * the same twice.
 */
const LETTERS_MAX = 64;

/** Where an event belongs. */
export interface SessionKey {
  readonly service: string;
  readonly sessionId: string;
  readonly remote: RemoteAddress;
}

export interface SipSessionsOptions {
  /** How many hosts are remembered, with up to 16 sessions each. */
  readonly hostsMax: number;
  /** Of the hash that stands for a session's id. */
  readonly key: HashKey;
}

/**
 * The sessions that hosts guess in, the latest ones of the latest hosts. Beyond a limit the oldest is forgotten; what was
 * remembered for less than 32 s is then counted in `reached`, and a packet that is sent again counts as one more guess.
 */
export class SipSessions {
  readonly reached: LimitsReached = { hosts: 0, sessions: 0, guesses: 0 };
  readonly #hosts = new Map<string, SipHost>();
  /** Goes on where it was: one that begins anew has to step over all that was deleted before. */
  readonly #byAge = this.#hosts.entries();
  readonly #options: SipSessionsOptions;
  readonly #onForgotten: (session: SipSession, at: number) => void;
  /** Where the last event belonged: those of one guess come one after the other. */
  #last: SipSession | null = null;

  /** @param onForgotten is told of each session before it is forgotten. */
  constructor(options: SipSessionsOptions, onForgotten: (session: SipSession, at: number) => void) {
    this.#options = options;
    this.#onForgotten = onForgotten;
  }

  /** The session that an event belongs to, a new one where there is none. */
  of({ service, sessionId, remote }: SessionKey, at: number): SipSession {
    const id = this.#idOf(service, sessionId);
    const last = this.#last;
    const isSame = last !== null && last.id === id && last.host.endpoint.endpoint === remote.endpoint;
    const session = isSame ? last : this.#find(this.#host(remote, at), id, at);
    this.#last = session;
    session.seenAt = at;
    return session;
  }

  hosts(): Iterable<SipHost> {
    return this.#hosts.values();
  }

  /** @returns null where there is none. */
  known({ service, sessionId, remote }: SessionKey): SipSession | null {
    const host = this.#hosts.get(remote.endpoint);
    return host?.sessions[host.ids.indexOf(this.#idOf(service, sessionId))] ?? null;
  }

  /** Ends a session: its place is the first that is free. */
  close(session: SipSession): void {
    session.restart(session.id);
    session.seenAt = Number.NEGATIVE_INFINITY;
  }

  /** One PBX can have both of Asterisk's SIP stacks. */
  #idOf(service: string, sessionId: string): number {
    const hash = hashOfText(sessionId, this.#options.key, LETTERS_MAX);
    return service === 'SIP' ? ~hash : hash;
  }

  #host(remote: RemoteAddress, at: number): SipHost {
    const known = this.#hosts.get(remote.endpoint);
    if (known !== undefined) return known;
    if (this.#hosts.size >= Math.max(1, this.#options.hostsMax)) this.#forgetOldestHost(at);
    const endpoint = detachedEndpoint(remote);
    const host = newHost(endpoint);
    this.#hosts.set(endpoint.endpoint, host);
    return host;
  }

  #forgetOldestHost(at: number): void {
    const [endpoint, host] = this.#byAge.next().value as [string, SipHost];
    if (host.seenAt.some((seenAt) => isRecent(seenAt, at))) this.reached.hosts++;
    for (const session of host.sessions) this.#onForgotten(session, at);
    this.#hosts.delete(endpoint);
  }

  /** The session of this id; else one whose time is over, a new one, or the one that was not seen for the longest time. */
  #find(host: SipHost, id: number, at: number): SipSession {
    const known = host.sessions[host.ids.indexOf(id)];
    if (known !== undefined) return known;
    let idlest = idlestOf(host);
    if (idlest === null || (host.sessions.length < SESSIONS_MAX && isRecent(idlest.seenAt, at))) {
      idlest = new SipSession(host, this.reached);
    } else {
      if (isRecent(idlest.seenAt, at)) this.reached.sessions++;
      this.#onForgotten(idlest, at);
    }
    idlest.restart(id);
    return idlest;
  }
}

/** @returns the session that was not seen for the longest time; null where there is none. */
function idlestOf({ sessions, seenAt }: SipHost): SipSession | null {
  let idlest = 0;
  for (let at = 1; at < seenAt.length; at++) if ((seenAt[at] ?? 0) < (seenAt[idlest] ?? 0)) idlest = at;
  return sessions[idlest] ?? null;
}

function detachedEndpoint({ family, transport, address, endpoint }: RemoteAddress): Endpoint {
  return { family, transport, address: detached(address) as Address, endpoint: detached(endpoint) };
}
