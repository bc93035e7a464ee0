import { pause } from './pause.js';

/** Does the work again and again, each time so many milliseconds after the last, until the signal is aborted. */
export async function repeat(work: () => unknown, everyMs: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    await pause(everyMs, signal);
    if (signal.aborted) return;
    await work();
  }
}
