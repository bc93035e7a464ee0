import type { Backoff } from './backoff.js';
import { pause } from './pause.js';

export interface KeepTryingOptions {
  /** Reset by the attempt, as soon as it has got somewhere. */
  readonly backoff: Backoff;
  /** Told of each failure: why, for people, and the wait before the next attempt. */
  readonly onFailed: (reason: string, retryMs: number) => void;
  readonly wait?: typeof pause;
}

/**
 * Makes one attempt after the other, with a growing pause behind each, until one ends well or the signal is aborted. The attempt
 * itself has to end when the signal is aborted.
 * @param attempt resolves to why it failed; null ends the loop. What it throws ends the loop too.
 */
export async function keepTrying(
  attempt: () => Promise<string | null>,
  { backoff, onFailed, wait = pause }: KeepTryingOptions,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const reason = await attempt();
    if (reason === null || signal.aborted) return;
    const retryMs = backoff.next();
    onFailed(reason, retryMs);
    await wait(retryMs, signal);
  }
}
