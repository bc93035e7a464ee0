import type { SecurityEventName } from '../domain/security-event.js';
import type { RaisedEvent } from './frames.js';

/** The classes of events that matter here; Asterisk has more. */
export type EventClass = 'security' | 'system';

/** An AMI user, as in manager.conf. */
export interface PbxUser {
  readonly secret: string;
  /** `read` of manager.conf. */
  readonly read: readonly EventClass[];
  /** `eventfilter` of manager.conf: the security events that this user does not get. */
  readonly hides?: (name: SecurityEventName) => boolean;
}

/** What a hanging PBX still writes: everything, only what belongs to a login, or not even its banner. */
export type Voice = 'all' | 'login-only' | 'nothing';

export interface PbxOptions {
  /** Read at each login, so that a secret can change meanwhile. */
  readonly users: ReadonlyMap<string, PbxUser>;
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** `systemname` of asterisk.conf; null if it is not set. */
  readonly systemName: string | null;
  /** `timestampevents` of manager.conf. */
  readonly timestamps: boolean;
  /** Milliseconds since the Unix epoch. */
  readonly clock: () => number;
  /** How long a rejected login waits for its answer. */
  readonly rejectMs: number;
  /** Whether the action Challenge is known, and with it the MD5 login. */
  readonly challenge: boolean;
  /** Security events raised at a login and sent with its answer in one TCP segment. */
  readonly withLogin: readonly RaisedEvent[];
  /** Connections beyond this number are closed without a byte, as `authlimit` does. */
  readonly connectionsMax: number;
  /** A client that leaves more than this unread is disconnected, possibly in the middle of a line. */
  readonly backlogBytesMax: number;
}

export const PBX_DEFAULTS: PbxOptions = {
  users: new Map(),
  host: '127.0.0.1',
  port: 0,
  systemName: null,
  timestamps: false,
  clock: Date.now,
  // Asterisk sleeps for a second before it says no (`action_login` in its main/manager.c).
  rejectMs: 1000,
  challenge: true,
  withLogin: [],
  connectionsMax: 50,
  // Asterisk 22 dropped a reader after 4.1 MB, most of which was in the buffers of the two sockets.
  backlogBytesMax: 1_000_000,
};
