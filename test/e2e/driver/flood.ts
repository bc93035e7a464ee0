import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface FloodOptions {
  /** PJSIP's UDP port on 127.0.0.1. */
  readonly port: number;
  /** How many addresses (127.0.1.1 and up, at most 250) the requests come from in turn. */
  readonly sources: number;
  /** Requests in flight at most. With 50 Asterisk 22 is fastest; with more it often drops all of them (see LOST_MS). */
  readonly window: number;
}

export interface FloodResult {
  readonly sent: number;
  readonly answered: number;
}

/** A running flood: each request is a REGISTER of a user that does not exist, which raises an InvalidAccountID and a ChallengeSent. */
export interface Flood {
  /** Ends it and waits, at most a second, for the answers that are due. */
  stop(): Promise<FloodResult>;
}

/** Starts a process that registers as fast as Asterisk answers, until it is stopped. */
export async function startFlood(options: FloodOptions): Promise<Flood> {
  const child = fork(fileURLToPath(new URL('./flood-process.js', import.meta.url)), [JSON.stringify(options)]);
  await once(child, 'message');
  return {
    stop: async () => {
      const result = once(child, 'message');
      child.send('stop');
      const [counted] = (await result) as [FloodResult];
      return counted;
    },
  };
}
