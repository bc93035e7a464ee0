import t from 'tap';
import type { Address } from '../../src/domain/remote-address.js';
import { Explanation, type Line } from '../../src/replay/explanation.js';
import { AT, attempt, ban, event, finding, PLACE, probe, success } from './observed.js';

const ADDRESS = '203.0.113.9' as Address;
const JUDGED = { nature: 'guess', isRestless: false, place: PLACE } as const;

/** An event and the guess that it is. */
function guess(explanation: Explanation, at = AT, address: string = ADDRESS, isTurn = false): void {
  explanation.begin(event(address, '100', at));
  explanation.observed(attempt(address, '100', at));
  if (isTurn) explanation.decided(ban('203.0.113.9/32'));
  explanation.judged(JUDGED);
  explanation.end();
}

const shape = (lines: readonly Line[]) => lines.map((line) => ('leftOut' in line ? -line.leftOut : line.at - AT));

await t.test('each event of the address is told with what was made of it', (t) => {
  const explanation = new Explanation(ADDRESS);
  explanation.begin(event(ADDRESS, '100'));
  explanation.observed(attempt(ADDRESS, '100'));
  explanation.decided(ban('203.0.113.9/32'));
  explanation.found(finding(), 'a title');
  explanation.judged(JUDGED);
  explanation.end();
  explanation.begin(event(ADDRESS, null));
  explanation.end();
  const { rule, severity, action, evidence } = finding();
  const made = [
    {
      kind: 'attempt',
      outcome: 'unknown_account',
      isProof: false,
      isKeptOut: false,
      judged: JUDGED,
      findings: [{ rule, severity, action, title: 'a title', evidence }],
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

await t.test('a login has no outcome, and may prove nothing', (t) => {
  const explanation = new Explanation(ADDRESS);
  for (const isProof of [true, false]) {
    explanation.begin(event(ADDRESS, '100'));
    explanation.observed(success(ADDRESS, '100', AT, isProof));
    explanation.end();
  }
  const login = { kind: 'success', outcome: null, judged: null };
  t.match(explanation.lines, [{ made: [{ ...login, isProof: true }] }, { made: [{ ...login, isProof: false }] }]);
  t.end();
});

await t.test('what a ban would have kept out is marked', (t) => {
  const explanation = new Explanation(ADDRESS);
  explanation.keptOut();
  explanation.begin(event(ADDRESS, '100'));
  explanation.observed(attempt(ADDRESS, '100'));
  explanation.keptOut();
  explanation.judged(null);
  explanation.end();
  guess(explanation);
  t.match(explanation.lines, [{ made: [{ isKeptOut: true, judged: null }] }, { made: [{ isKeptOut: false }] }]);
  t.end();
});

await t.test('another address is none of its business', (t) => {
  const explanation = new Explanation(ADDRESS);
  guess(explanation, AT, '203.0.113.8', true);
  explanation.observed(probe('203.0.113.8'));
  explanation.found(finding(), '');
  explanation.judged(JUDGED);
  explanation.decided(ban('203.0.113.8/32'));
  explanation.found(finding({ address: '203.0.113.8' as Address }), '');
  explanation.end();
  t.strictSame(explanation.lines, []);
  t.end();
});

await t.test('what waited is told with its own event, and without one on its own', (t) => {
  const explanation = new Explanation(ADDRESS);
  explanation.begin(event(ADDRESS, '100', AT + 1));
  explanation.end();
  explanation.begin(event(ADDRESS, null, AT + 2));
  explanation.end();
  explanation.begin(event(ADDRESS, '101', AT + 9));
  explanation.observed(attempt(ADDRESS, '100', AT + 1));
  explanation.judged(JUDGED);
  explanation.observed(probe(ADDRESS, AT + 2));
  explanation.decided(ban('203.0.113.9/32'));
  explanation.observed(attempt(ADDRESS, '102', AT + 3));
  explanation.observed(attempt(ADDRESS, '101', AT + 9));
  explanation.end();
  t.match(explanation.lines, [
    { at: AT + 1, event: 'InvalidAccountID', account: '100', made: [{ kind: 'attempt', judged: JUDGED }] },
    { at: AT + 2, event: 'InvalidAccountID', account: null, made: [{ kind: 'probe', decisions: [{ type: 'ban' }] }] },
    { at: AT + 9, event: 'InvalidAccountID', account: '101', made: [{ kind: 'attempt' }] },
    { at: AT + 3, event: null, account: '102', made: [{ kind: 'attempt' }] },
  ]);
  t.end();
});

await t.test('a ban because the address fell silent is told on its own, with what was found of it', (t) => {
  const explanation = new Explanation(ADDRESS);
  guess(explanation);
  explanation.decided({ ...ban('203.0.113.0/24', 600, AT + 900_000), reason: 'low_and_slow' });
  explanation.found(finding({ rule: 'low_and_slow', subject: { kind: 'pbx', text: 'pbx' } }), 'a botnet');
  explanation.decided(ban('198.51.100.1/32', 600, AT + 900_000));
  explanation.found(finding({ rule: 'low_and_slow', subject: { kind: 'pbx', text: 'pbx' } }), "somebody else's");
  explanation.end();
  explanation.found(finding({ address: ADDRESS, at: AT + 901_000 }), 'not banned');
  explanation.end();
  const silence = { event: null, service: 'PJSIP', account: null };
  t.match(explanation.lines, [
    { at: AT, made: [{ findings: [], decisions: [] }] },
    {
      ...silence,
      at: AT + 900_000,
      made: [{ kind: 'silence', decisions: [{ address: '203.0.113.0/24' }], findings: [{ title: 'a botnet' }] }],
    },
    { ...silence, at: AT + 901_000, made: [{ kind: 'silence', decisions: [], findings: [{ title: 'not banned' }] }] },
  ]);
  t.match(explanation.lines[1], { made: [{ findings: { length: 1 } }] });
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
