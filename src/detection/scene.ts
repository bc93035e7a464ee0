import type { Attempt, Probe, Success } from '../domain/attempt.js';
import type { AccountRecord, AddressRecord, Pace, Pair } from './records.js';

/** What a rule looks at: what was just observed and all that is remembered of it. */
interface Remembered {
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  readonly address: AddressRecord;
  readonly pace: Pace;
}

/** A guess, already scored. */
export interface AttemptScene extends Remembered {
  readonly observation: Attempt;
  /** Null where Asterisk named no account, or so many unknown ones that they are only counted. */
  readonly pair: Pair | null;
  /** Null for an account that does not exist. */
  readonly account: AccountRecord | null;
  /** What it added to the score. */
  readonly points: number;
  /** A device with an old password, at its own steady pace. */
  readonly isStale: boolean;
}

/** A probe, already scored. */
export interface ProbeScene extends Remembered {
  readonly observation: Probe;
  readonly points: number;
}

/** A login, with what was remembered before it. */
export interface SuccessScene extends Remembered {
  readonly observation: Success;
  readonly pair: Pair;
  /** Null where nobody ever guessed at the account. */
  readonly account: AccountRecord | null;
}

export type Scene = AttemptScene | ProbeScene | SuccessScene;
