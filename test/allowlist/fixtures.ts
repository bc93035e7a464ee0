import { setImmediate } from 'node:timers/promises';
import type { Log } from '../../src/domain/log.js';
import { type Address, parseAddress } from '../../src/domain/remote-address.js';

export type LogLine = [level: keyof Log, fields: object, message: string];

export function recordedLog(): Log & { readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: keyof Log) => (fields: object, message: string) => void lines.push([level, fields, message]);
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** A clock that only moves when it is told to, and the waits on it. */
export function fakeClock() {
  const waits = new Set<{ readonly ms: number; readonly at: number; end(): void }>();
  const clock = {
    now: 0,
    /** What is being waited for now, in milliseconds, in the order of asking. */
    waiting: () => [...waits].map(({ ms }) => ms),
    wait: (ms: number, signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        const wait = {
          ms,
          at: clock.now + ms,
          end: () => {
            waits.delete(wait);
            resolve();
          },
        };
        waits.add(wait);
        signal.addEventListener('abort', wait.end);
        if (signal.aborted) wait.end();
      }),
    /** Lets the time pass and everything happen that it brings. */
    async pass(ms: number): Promise<void> {
      clock.now += ms;
      for (const wait of waits) if (wait.at <= clock.now) wait.end();
      await setImmediate();
    },
  };
  return clock;
}

/** A resolver that answers what `answers` holds at the time of the question: texts, an error, or nothing for ever. */
export function fakeResolver(answers: Record<string, readonly string[] | Error | null>) {
  const asked: string[] = [];
  const resolve = async (name: string) => {
    asked.push(name);
    const answer = answers[name] ?? (await new Promise<never>(() => undefined));
    if (answer instanceof Error) throw answer;
    return answer.map((address) => ({ address }));
  };
  return { answers, asked, resolve };
}

export const address = (text: string) => parseAddress(text) as Address;
