import type { Address, Endpoint, RemoteAddress } from '../domain/remote-address.js';
import { detached } from '../text/detached.js';
import { type HashKey, hashOfText } from '../text/keyed-hash.js';
import { isRecent, type LimitsReached, type SipHost, SipSession } from './sip-session.js';

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
    const id = this.#idOf(service, sessionId);
    return this.#hosts.get(remote.endpoint)?.sessions.find((session) => session.id === id) ?? null;
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
    const host: SipHost = { endpoint, sessions: [], waiting: 0 };
    this.#hosts.set(endpoint.endpoint, host);
    return host;
  }

  #forgetOldestHost(at: number): void {
    const [endpoint, host] = this.#byAge.next().value as [string, SipHost];
    if (host.sessions.some((session) => isRecent(session.seenAt, at))) this.reached.hosts++;
    for (const session of host.sessions) this.#onForgotten(session, at);
    this.#hosts.delete(endpoint);
  }

  /** The session of this id; else one whose time is over, a new one, or the one that was not seen for the longest time. */
  #find(host: SipHost, id: number, at: number): SipSession {
    const { sessions } = host;
    let idlest: SipSession | null = null;
    for (const session of sessions) {
      if (session.id === id) return session;
      if (idlest === null || session.seenAt < idlest.seenAt) idlest = session;
    }
    if (idlest === null || (sessions.length < SESSIONS_MAX && isRecent(idlest.seenAt, at))) {
      idlest = new SipSession(host, this.reached);
      sessions.push(idlest);
    } else {
      if (isRecent(idlest.seenAt, at)) this.reached.sessions++;
      this.#onForgotten(idlest, at);
    }
    idlest.restart(id);
    return idlest;
  }
}

function detachedEndpoint({ family, transport, address, endpoint }: RemoteAddress): Endpoint {
  return { family, transport, address: detached(address) as Address, endpoint: detached(endpoint) };
}
