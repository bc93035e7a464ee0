// Registers from where it is started, in a network namespace; ends with 1 where an answer is not as it has to be.
import { accept, guess, refuse } from './guesses.js';
import type { SipTransport } from './sip-connection.js';

/** One registration: with a wrong password, without an answer to the challenge, or with the right password. */
export interface SiegeStep {
  readonly kind: 'guess' | 'ask' | 'login';
  readonly from: string;
  readonly transport: SipTransport;
  readonly user: string;
  /** Over UDP; else a new one each time. */
  readonly fromPort?: number;
}

export interface Siege {
  readonly host: string;
  readonly port: number;
  readonly steps: readonly SiegeStep[];
}

const { host, port, steps } = JSON.parse(process.argv[2] ?? '') as Siege;
for (const step of steps) await play(step);

async function play({ kind, from, fromPort, transport, user }: SiegeStep): Promise<void> {
  const target = { host, port, from, fromPort, transport, ca: Buffer.alloc(0) };
  switch (kind) {
    case 'guess':
      return guess(target, user, 1);
    case 'ask':
      return refuse(target, user);
    case 'login':
      return accept(target, user);
    default:
      return kind satisfies never;
  }
}
