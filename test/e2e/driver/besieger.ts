import type { SipTransport } from './sip-connection.js';

/** Somebody who guesses from all of his addresses at the same time, from each until nobody answers it any more. */
export interface Besieger {
  readonly name: string;
  readonly from: readonly string[];
  readonly transport: SipTransport;
  /** The port to come from, over UDP; else a new one for each guess. */
  readonly fromPort?: number;
  /** Each guess of an address is at the next of them. */
  readonly users: readonly string[];
  /** Null: the challenge stays unanswered. */
  readonly password: string | null;
  /** Of each address. */
  readonly guesses: number;
  /** Between two guesses of an address, from the answer on. */
  readonly pauseMs: number;
}

/** What became of his guesses. */
export interface Besieged {
  readonly name: string;
  readonly sent: number;
  /** Let through: Asterisk has said its final no to them. */
  readonly answered: number;
}

/** What the process is told. */
export interface BesiegerPlan {
  readonly host: string;
  readonly port: number;
  readonly besiegers: readonly Besieger[];
}
