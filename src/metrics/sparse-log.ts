import type { Log } from '../domain/log.js';

/**
 * A log that writes the same message once in a while, for faults that come with every flush. The first is written at
 * once; the next one after `everyMs` says in `suppressed` how many came between. Messages must be constants of the program:
 * each one is remembered.
 * @param now milliseconds of a clock that never goes back
 */
export function sparseLog(log: Log, everyMs = 60_000, now: () => number = () => performance.now()): Log {
  const written = new Map<string, { readonly at: number; suppressed: number }>();
  const sparse = (level: keyof Log) => (fields: object, message: string) => {
    const last = written.get(message);
    const at = now();
    if (last !== undefined && at - last.at < everyMs) {
      last.suppressed += 1;
      return;
    }
    written.set(message, { at, suppressed: 0 });
    log[level]({ ...fields, suppressed: last?.suppressed ?? 0 }, message);
  };
  return { debug: sparse('debug'), info: sparse('info'), warn: sparse('warn'), error: sparse('error') };
}
