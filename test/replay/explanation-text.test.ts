import t from 'tap';
import type { Address } from '../../src/domain/remote-address.js';
import { Explanation } from '../../src/replay/explanation.js';
import { explanationText, type FinalState } from '../../src/replay/explanation-text.js';
import { AT, attempt, ban, event, finding, probe, success, unban } from './observed.js';

const ADDRESS = '203.0.113.9' as Address;
const STATE: FinalState = {
  at: AT,
  score: 12.5,
  banThreshold: 10,
  slowScore: 3,
  slowThreshold: 20,
  attempts: 12,
  unknownAccounts: 5,
  knownAccounts: 0,
  bans: 1,
  bannedUntil: AT + 600_000,
  prefixBannedUntil: null,
  isAllowed: false,
  trust: 0,
};

function told(): Explanation {
  const explanation = new Explanation(ADDRESS);
  explanation.begin(event(ADDRESS, 'evil\r\n[2J'));
  explanation.observed(attempt(ADDRESS, 'evil'));
  explanation.decided(ban('203.0.113.9/32'));
  explanation.found({ ...finding(), title: 'a title' });
  explanation.scored({ points: 1, score: 1, isKeptOut: false, isStale: false });
  explanation.end();
  explanation.begin(event(ADDRESS, null));
  explanation.end();
  explanation.begin(event(ADDRESS, '100'));
  explanation.observed(success(ADDRESS, '100'));
  explanation.decided(unban('203.0.113.9/32'));
  explanation.scored({ points: null, score: 1, isKeptOut: true, isStale: true });
  explanation.end();
  explanation.observed(probe(ADDRESS));
  explanation.decided({ ...ban('203.0.113.9/32', 90_000), evidence: { ...ban('').evidence, isProven: true } });
  explanation.end();
  return explanation;
}

await t.test('it tells each event, what was made of it, what was decided, and what is known in the end', (t) => {
  t.strictSame(explanationText(told(), STATE, Number.POSITIVE_INFINITY).split('\n'), [
    '203.0.113.9: 4 events and unanswered challenges',
    '  2026-03-01 00:00:00  InvalidAccountID  PJSIP  evil\\x0d\\x0a[2J  unknown_account  +1.00  score 1.00',
    '      ban of 203.0.113.9/32 for 10 min: enumeration, on evidence that can be forged',
    '      finding enumeration (warning, ban): a title',
    '  2026-03-01 00:00:00  InvalidAccountID  PJSIP  nothing new',
    '  2026-03-01 00:00:00  InvalidAccountID  PJSIP  100  login  score 1.00  a device with an old password  banned already',
    '      unban of 203.0.113.9/32: forgiven',
    '  2026-03-01 00:00:00  no event  PJSIP  unanswered challenge',
    '      ban of 203.0.113.9/32 for 1 d 1 h: enumeration',
    'At the end (2026-03-01 00:00:00 UTC):',
    '  score 12.50 of 10, slow 3.00 of 20',
    '  attempts 12, accounts that do not exist 5.00, that do 0.00',
    '  banned until 2026-03-01 00:10:00, its prefix no, bans so far 1',
    '  on the allowlist no, trusted for 0.00 accounts',
  ]);
  t.end();
});

await t.test('a friend is shown as one', (t) => {
  const text = explanationText(new Explanation(ADDRESS), { ...STATE, trust: 1.5, isAllowed: true }, 200);
  t.match(text, 'slow 3.00 of 20, both 2.50 times as high as it is trusted');
  t.match(text, 'on the allowlist yes, trusted for 1.50 accounts');
  t.end();
});

await t.test('nothing is said of an address that nobody has seen', (t) => {
  const text = explanationText(new Explanation(ADDRESS), null, 200);
  t.equal(text, '203.0.113.9: 0 events and unanswered challenges\nNothing is remembered of it.');
  t.end();
});

await t.test('what was left out is said, and a line is no wider than the terminal', (t) => {
  const explanation = new Explanation(ADDRESS);
  for (let n = 0; n < 300; n++) {
    explanation.begin(event(ADDRESS, '100'));
    explanation.end();
  }
  const text = explanationText(explanation, STATE, 40);
  t.match(text, '  ... 95 more, without a finding or a d…');
  t.ok(text.split('\n').every((line) => line.length <= 40));
  t.end();
});
