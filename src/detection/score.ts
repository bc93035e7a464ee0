/** Below this age nothing has decayed that anybody could notice, and a power costs as much as all the rest of scoring. */
const GRAIN_MS = 1000;

/** Less than the smallest guess of a stranger. */
const TOLERANCE = 0.2;

/** A number that halves with each half-life; the time is that of the last change. */
export interface Score {
  points: number;
  /** Milliseconds since the Unix epoch. */
  at: number;
}

export function newScore(at: number): Score {
  return { points: 0, at };
}

/** @returns the points at the time `now`, 0 of a score that nothing was added to; a clock that was set back decays nothing. */
export function pointsAt(score: Score | null, now: number, halfLifeMs: number): number {
  if (score === null) return 0;
  const age = now - score.at;
  return age < GRAIN_MS ? score.points : score.points * 2 ** (-age / halfLifeMs);
}

/** Whether points have come to a threshold: ten guesses are ten, although a little of the first is forgotten by the tenth. */
export function reaches(points: number, threshold: number): boolean {
  return points >= threshold - TOLERANCE;
}

/** Adds points, which may be negative; the sum is never below 0. */
export function addPoints(score: Score, points: number, now: number, halfLifeMs: number): void {
  const age = now - score.at;
  if (age >= GRAIN_MS) {
    score.points *= 2 ** (-age / halfLifeMs);
    score.at = now;
  }
  score.points = Math.max(0, score.points + points);
}
