import fc from 'fast-check';
import t from 'tap';
import { addPoints, newScore, pointsAt } from '../../src/detection/score.js';

const HALF_LIFE_MS = 3_600_000;

await t.test('half of the points are left after a half-life, a quarter after two', async (t) => {
  const score = newScore(0);
  addPoints(score, 8, 0, HALF_LIFE_MS);
  t.equal(pointsAt(score, HALF_LIFE_MS, HALF_LIFE_MS), 4);
  t.equal(pointsAt(score, 2 * HALF_LIFE_MS, HALF_LIFE_MS), 2);
  t.equal(score.points, 8, 'to look changes nothing');
});

await t.test('points that are added later weigh more than what is left of the old ones', async (t) => {
  const score = newScore(0);
  addPoints(score, 8, 0, HALF_LIFE_MS);
  addPoints(score, 1, HALF_LIFE_MS, HALF_LIFE_MS);
  t.same(score, { points: 5, at: HALF_LIFE_MS });
});

await t.test('a score is never below 0, and a clock that was set back decays nothing', async (t) => {
  const score = newScore(HALF_LIFE_MS);
  addPoints(score, 3, 0, HALF_LIFE_MS);
  t.same(score, { points: 3, at: HALF_LIFE_MS });
  t.equal(pointsAt(score, 0, HALF_LIFE_MS), 3);
  addPoints(score, -5, HALF_LIFE_MS, HALF_LIFE_MS);
  t.equal(score.points, 0);
});

await t.test('adding point by point is the same as looking at each guess by itself, to a thousandth', async (t) => {
  const gaps = fc.array(fc.integer({ min: 0, max: 600_000 }), { minLength: 1, maxLength: 100 });
  fc.assert(
    fc.property(gaps, (gapsMs) => {
      const score = newScore(0);
      const times: number[] = [];
      let now = 0;
      for (const gapMs of gapsMs) {
        now += gapMs;
        times.push(now);
        addPoints(score, 1, now, HALF_LIFE_MS);
      }
      const exact = times.reduce((sum, time) => sum + 2 ** ((time - now) / HALF_LIFE_MS), 0);
      return Math.abs(pointsAt(score, now, HALF_LIFE_MS) - exact) <= exact / 1000;
    }),
  );
  t.pass('the property holds');
});
