import { setTimeout as delay } from 'node:timers/promises';
import { type Credentials, register } from './register.js';
import type { SipTarget } from './sip-connection.js';

export interface GoodPhone extends Credentials {
  readonly target: SipTarget;
}

/** Slow enough that two phones are no storm: 240 logins a minute. */
const PAUSE_MS = 500;

/** Phones that register again and again until they are stopped, each twice at least. */
export function startGoodPhones(phones: readonly GoodPhone[], pauseMs = PAUSE_MS): { stop(): Promise<number> } {
  const stopped = new AbortController();
  const running = Promise.all(phones.map((phone) => run(phone, pauseMs, stopped.signal)));
  // Whoever stops them hears of it.
  running.catch(() => {});
  return {
    /** @returns how often they have logged in; @throws where one was refused. */
    stop: async () => {
      stopped.abort();
      return (await running).reduce((sum, logins) => sum + logins, 0);
    },
  };
}

async function run({ target, ...credentials }: GoodPhone, pauseMs: number, stop: AbortSignal): Promise<number> {
  let logins = 0;
  while (!stop.aborted || logins < 2) {
    const status = await register(target, credentials);
    if (status !== 200) throw new Error(`the phone ${credentials.user} is answered with ${status}`);
    logins += 1;
    await delay(pauseMs, null, { signal: stop }).catch(() => null);
  }
  return logins;
}
