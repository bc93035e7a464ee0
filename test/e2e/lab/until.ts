import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

/**
 * Asks again and again until the answer is not null, for what a real program tells only when asked.
 * @throws after `seconds`, naming what did not come.
 */
export async function until<T>(what: string, probe: () => T | null | Promise<T | null>, seconds = 10): Promise<T> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const answer = await probe();
    if (answer !== null) return answer;
    if (performance.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await delay(25);
  }
}

/** Reads until it reads what is expected, and returns the last reading: for an assertion that shows the difference. */
export async function settled<T>(expected: T, read: () => Promise<T>, seconds = 5): Promise<T> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const reading = await read();
    if (isDeepStrictEqual(reading, expected) || performance.now() > end) return reading;
    await delay(25);
  }
}
