import t from 'tap';
import type { Address } from '../../src/domain/remote-address.js';
import { Explanation, type Line } from '../../src/replay/explanation.js';
import { AT, attempt, ban, event, finding, probe, success } from './observed.js';

const ADDRESS = '203.0.113.9' as Address;
const SCORED = { points: 1, score: 1, isKeptOut: false, isStale: false };

/** An event and the guess that it is. */
function guess(explanation: Explanation, at = AT, address: string = ADDRESS, isTurn = false): void {
  explanation.begin(event(address, '100', at));
  explanation.observed(attempt(address, '100', at));
  if (isTurn) explanation.decided(ban('203.0.113.9/32'));
  explanation.scored(SCORED);
  explanation.end();
}

const shape = (lines: readonly Line[]) => lines.map((line) => ('leftOut' in line ? -line.leftOut : line.at - AT));

await t.test('each event of the address is told with what was made of it', (t) => {
  const explanation = new Explanation(ADDRESS);
  explanation.begin(event(ADDRESS, '100'));
  explanation.observed(attempt(ADDRESS, '100'));
  explanation.decided(ban('203.0.113.9/32'));
  explanation.found({ ...finding(), title: 'a title' });
  explanation.scored(SCORED);
  explanation.end();
  explanation.begin(event(ADDRESS, null));
  explanation.end();
  const found = { ...finding(), title: 'a title' };
  const made = [
    {
      kind: 'attempt',
      outcome: 'unknown_account',
      scored: SCORED,
      findings: [found],
      decisions: [ban('203.0.113.9/32')],
    },
  ];
  t.strictSame(explanation.lines, [
    { at: AT, event: 'InvalidAccountID', service: 'PJSIP', account: '100', made },
    { at: AT, event: 'InvalidAccountID', service: 'PJSIP', account: null, made: [] },
  ]);
  t.equal(explanation.steps, 2);
  t.end();
});

await t.test('a login has no outcome', (t) => {
  const explanation = new Explanation(ADDRESS);
  explanation.begin(event(ADDRESS, '100'));
  explanation.observed(success(ADDRESS, '100'));
  explanation.end();
  t.match(explanation.lines, [{ made: [{ kind: 'success', outcome: null, scored: null }] }]);
  t.end();
});

await t.test('another address is none of its business', (t) => {
  const explanation = new Explanation(ADDRESS);
  guess(explanation, AT, '203.0.113.8', true);
  explanation.observed(probe('203.0.113.8'));
  explanation.found({ ...finding(), title: '' });
  explanation.end();
  t.strictSame(explanation.lines, []);
  t.end();
});

await t.test('a challenge that nobody answered is told on its own, whatever is read meanwhile', (t) => {
  const explanation = new Explanation(ADDRESS);
  explanation.observed(probe(ADDRESS, AT + 1));
  explanation.end();
  explanation.begin(event(ADDRESS, '100', AT + 9));
  explanation.observed(probe(ADDRESS, AT + 2));
  explanation.scored({ ...SCORED, points: 0.25 });
  explanation.observed(probe(ADDRESS, AT + 3));
  explanation.observed(attempt(ADDRESS, '100', AT + 9));
  explanation.end();
  t.strictSame(shape(explanation.lines), [1, 2, 3, 9]);
  t.match(explanation.lines[1], { event: null, account: null, made: [{ kind: 'probe', scored: { points: 0.25 } }] });
  t.end();
});

await t.test('of a long story the beginning, the turns, what was before each, and the end are told', (t) => {
  const explanation = new Explanation(ADDRESS);
  for (let n = 1; n <= 400; n++) guess(explanation, AT + n, ADDRESS, n === 300);
  const first = Array.from({ length: 200 }, (_, n) => n + 1);
  const turn = [-94, 295, 296, 297, 298, 299, 300];
  t.strictSame(shape(explanation.lines), [...first, ...turn, -95, 396, 397, 398, 399, 400]);
  t.equal(explanation.steps, 400);
  t.end();
});

await t.test('turns are limited too', (t) => {
  const explanation = new Explanation(ADDRESS);
  for (let n = 1; n <= 2_300; n++) guess(explanation, AT + n, ADDRESS, true);
  t.strictSame(shape(explanation.lines).slice(2_199), [2_200, -95, 2_296, 2_297, 2_298, 2_299, 2_300]);
  t.end();
});

await t.test('of a long account 128 characters are kept', (t) => {
  const explanation = new Explanation(ADDRESS);
  explanation.begin(event(ADDRESS, 'x'.repeat(5_000)));
  explanation.end();
  t.match(explanation.lines, [{ account: 'x'.repeat(128) }]);
  t.end();
});
