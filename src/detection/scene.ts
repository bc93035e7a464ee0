import type { Attempt, Probe, Success } from '../domain/attempt.js';
import type { AccountRecord, Home } from './accounts.js';
import type { PbxRecord } from './pbx.js';
import type { Pair, PlaceRecord, SocketRecord } from './places.js';

/** What a rule looks at: what was just observed and all that is remembered of it. */
interface Remembered {
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  readonly place: PlaceRecord;
  readonly pbx: PbxRecord;
}

/**
 * What a try is evidence of. `guess`: a stranger tried a password. `ask`: a stranger asked for a name. `own`: an account
 * failed where it lives. `missing`: an account that lives there is unknown or denied. `call`: somebody's number, as a
 * trunk that the PBX does not know sends it.
 */
export type Nature = 'guess' | 'ask' | 'own' | 'missing' | 'call';

/** A try that failed, already taken in. */
export interface AttemptScene extends Remembered {
  readonly observation: Attempt;
  readonly nature: Nature;
  /** Null for a call. */
  readonly pair: Pair | null;
  readonly socket: SocketRecord | null;
  /** Null for an account that does not exist, as far as anybody knows. */
  readonly account: AccountRecord | null;
  /** It is what no device does: an account from one more new socket, or a socket with one more account. */
  readonly isRestless: boolean;
  /** The place has guessed here and there for half a day. */
  readonly isPatient: boolean;
  /** Since the place was last heard of, in ms. */
  readonly gapMs: number;
}

/** A probe, already taken in. */
export interface ProbeScene extends Remembered {
  readonly observation: Probe;
  readonly socket: SocketRecord | null;
}

/** A login, with what was remembered before it. */
export interface SuccessScene extends Remembered {
  readonly observation: Success;
  readonly account: AccountRecord;
  /** Its sender is banned, as an attacker and not as what may be a phone. */
  readonly isBannedAttacker: boolean;
  /** Null where the account never logged in at this place. */
  readonly home: Home | null;
  readonly pair: Pair | null;
}

/** A place that guessed a few times and fell silent, with its last guess. */
export interface SilenceScene extends Remembered {
  readonly isSilence: true;
  readonly observation: Attempt;
  readonly account: AccountRecord | null;
  readonly socket: null;
}

export type Scene = AttemptScene | ProbeScene | SuccessScene | SilenceScene;
