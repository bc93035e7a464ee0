import t from 'tap';
import { DAY_MS } from '../../src/detection/limits.js';
import { newNetwork, newPlace } from '../../src/detection/places.js';
import { addPoints } from '../../src/detection/score.js';
import { placeNumbers, placeWords } from '../../src/replay/place-numbers.js';
import { AT, remoteOf } from './observed.js';

function place() {
  const record = newPlace('203.0.113.9', remoteOf('203.0.113.9'), newNetwork('203.0.113.0/24', AT), AT);
  for (const score of [record.guesses, record.accounts]) addPoints(score, 8, AT, DAY_MS);
  record.names = { points: 8, at: AT };
  record.probes = { points: 8, at: AT };
  record.restless = { points: 4, at: AT };
  record.residents = 1;
  return record;
}

await t.test('the numbers are those of the time that is asked for', (t) => {
  const now = { guesses: 8, restless: 4, accounts: 8, names: 8, probes: 8, residents: 1 };
  t.strictSame(placeNumbers(place(), AT), now);
  const aWeekLater = placeNumbers(place(), AT + 7 * DAY_MS);
  t.strictSame(aWeekLater, { guesses: 4, restless: 2, accounts: 7, names: 0, probes: 0, residents: 1 });
  t.end();
});

await t.test('what is nothing is not told', (t) => {
  t.equal(placeWords(placeNumbers(place(), AT + 7 * DAY_MS)), 'guesses 4.00, restless 2.00, accounts 7, residents 1');
  t.equal(
    placeWords({ guesses: 0.001, restless: 0, accounts: 0, names: 0, probes: 0, residents: 0 }),
    'nothing against it',
  );
  t.end();
});
