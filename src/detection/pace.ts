import type { Pace } from './records.js';

const MINUTE_MS = 60_000;
/** So that an average over minutes halves within a day. */
const KEPT = 2 ** (-1 / 1440);

/** Counts one observation in its minute; a minute that is over goes into the baseline, and so do the empty ones after it. */
export function countInPace(pace: Pace, now: number): void {
  const minute = Math.floor(now / MINUTE_MS);
  if (minute > pace.minute) {
    const empty = minute - pace.minute - 1;
    pace.baseline = (pace.baseline * KEPT + pace.count * (1 - KEPT)) * KEPT ** empty;
    pace.minute = minute;
    pace.count = 0;
  }
  pace.count++;
}
