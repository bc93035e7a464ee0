import { newScore, type Score } from './score.js';
import type { Told } from './told.js';

/** What is seen of a PBX as a whole. */
export interface PbxRecord {
  /** The first observation; 0: none yet. */
  startedAt: number;
  /** The minute that is counted now, since the Unix epoch, and what was observed in it. */
  minute: number;
  failures: number;
  logins: number;
  /** Observations a minute, as a moving average over about a day. */
  baseline: number;
  /** Places that guess here and there over days, and places that guessed a few times and fell silent: a botnet's. */
  readonly patient: Score;
  readonly silent: Score;
  /** Places that tried many accounts, each hardly more than once, and fell silent. */
  readonly scattered: Score;
  /** Accounts that were refused where they live, in the hour since `at`. */
  readonly refused: { at: number; size: number; readonly names: Set<string> };
  told: Told | null;
  isDirty: boolean;
}

const MINUTE_MS = 60_000;
/** So that an average over minutes halves within a day. */
const KEPT = 2 ** (-1 / 1440);

export function newPbx(): PbxRecord {
  return {
    startedAt: 0,
    minute: 0,
    failures: 0,
    logins: 0,
    baseline: 0,
    patient: newScore(0),
    silent: newScore(0),
    scattered: newScore(0),
    refused: { at: 0, size: 0, names: new Set() },
    told: null,
    isDirty: false,
  };
}

/** Counts one observation in its minute; a minute that is over goes into the baseline, and so do the empty ones after it. */
export function countInPace(pbx: PbxRecord, now: number, what: 'failures' | 'logins'): void {
  if (pbx.startedAt === 0) pbx.startedAt = now;
  const minute = Math.floor(now / MINUTE_MS);
  if (minute > pbx.minute) {
    const empty = minute - pbx.minute - 1;
    pbx.baseline = (pbx.baseline * KEPT + (pbx.failures + pbx.logins) * (1 - KEPT)) * KEPT ** empty;
    pbx.minute = minute;
    pbx.failures = 0;
    pbx.logins = 0;
  }
  pbx[what]++;
}
