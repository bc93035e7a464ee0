import t from 'tap';
import type { Address } from '../../src/domain/remote-address.js';
import { Explanation } from '../../src/replay/explanation.js';
import { explanationText } from '../../src/replay/explanation-text.js';
import type { FinalState } from '../../src/replay/final-state.js';
import { AT, attempt, ban, event, finding, PLACE, probe, success, unban } from './observed.js';

const ADDRESS = '203.0.113.9' as Address;
const STATE: FinalState = {
  at: AT,
  place: PLACE,
  limits: { guesses: 10, sprayAccounts: 12, names: 12, probes: 40 },
  attempts: 12,
  failures: 1_234,
  residentAt: null,
  isLivedIn: false,
  bans: 1,
  bannedUntil: AT + 600_000,
  networkBannedUntil: null,
  socketBans: [],
  isAllowed: false,
};
const NOTHING = { guesses: 0, restless: 0, accounts: 0, names: 0, probes: 0, residents: 0 };

function told(): Explanation {
  const explanation = new Explanation(ADDRESS);
  explanation.begin(event(ADDRESS, 'evil\r\n[2J'));
  explanation.observed(attempt(ADDRESS, 'evil'));
  explanation.decided({ ...ban('203.0.113.9/32'), port: 5062 });
  const evidence = [
    { name: 'sockets', count: 1_500, weight: 1 },
    { name: 'guesses_here', count: 12, weight: 0.2 },
  ] as const;
  explanation.found(finding({ evidence }), 'a title');
  explanation.judged({ nature: 'guess', isRestless: true, place: PLACE });
  explanation.end();
  explanation.begin(event(ADDRESS, null, AT + 1_000));
  explanation.end();
  explanation.begin(event(ADDRESS, '100'));
  explanation.observed(attempt(ADDRESS, '100'));
  explanation.keptOut();
  explanation.judged(null);
  explanation.end();
  explanation.begin(event(ADDRESS, '100'));
  explanation.observed(success(ADDRESS, '100'));
  explanation.keptOut();
  explanation.decided(unban('203.0.113.9/32'));
  explanation.judged({ nature: null, isRestless: false, place: NOTHING });
  explanation.end();
  explanation.begin(event(ADDRESS, '100'));
  explanation.observed(success(ADDRESS, '100', AT, false));
  explanation.end();
  explanation.observed(probe(ADDRESS));
  explanation.end();
  explanation.decided({ ...ban('203.0.113.9/32', 90_000), evidence: { ...ban('').evidence, isProven: true } });
  explanation.end();
  return explanation;
}

await t.test(
  'it tells each event, what was made of it, what was decided on which evidence, and what is known in the end',
  (t) => {
    t.strictSame(explanationText(told(), STATE, Number.POSITIVE_INFINITY).split('\n'), [
      '203.0.113.9: 7 events and unanswered challenges',
      "  2026-03-01 00:00:00  InvalidAccountID  PJSIP  evil\\x0d\\x0a[2J  unknown_account, a stranger's guess as no device makes it  guesses 4.25, restless 3.00, accounts 2, names 1",
      '      ban of 203.0.113.9:5062 for 10 min: enumeration, on evidence that can be forged; rests on 5 attempts at 5 accounts since 2026-03-01 00:00:00',
      '      finding enumeration (warning, ban): a title; evidence: sockets 1,500 (1.00), guesses_here 12 (0.20)',
      '  2026-03-01 00:00:01  InvalidAccountID  PJSIP  nothing new',
      '  2026-03-01 00:00:00  InvalidAccountID  PJSIP  100  unknown_account  kept out: banned already',
      '  2026-03-01 00:00:00  InvalidAccountID  PJSIP  100  login  kept out: banned already  nothing against it',
      '      unban of 203.0.113.9/32: forgiven',
      '  2026-03-01 00:00:00  InvalidAccountID  PJSIP  100  login that proves no password',
      '  2026-03-01 00:00:00  no event  PJSIP  unanswered challenge',
      '  2026-03-01 00:00:00  no event  PJSIP  nothing more came',
      '      ban of 203.0.113.9/32 for 1 d 1 h: enumeration; rests on 5 attempts at 5 accounts since 2026-03-01 00:00:00',
      'At the end (2026-03-01 00:00:00 UTC):',
      '  guesses 4.25, restless 3.00 of 10, accounts 2 of 12, names 1 of 12, probes 0 of 40',
      '  residents 0; lived in lately no',
      '  guesses ever 12, failures ever 1,234',
      '  banned until 2026-03-01 00:10:00, its network no, bans so far 1',
      '  on the allowlist no',
    ]);
    t.end();
  },
);

await t.test('every kind of attempt has its words', (t) => {
  const explanation = new Explanation(ADDRESS);
  for (const nature of ['ask', 'own', 'missing', 'call'] as const) {
    explanation.begin(event(ADDRESS, '100'));
    explanation.observed(attempt(ADDRESS, '100'));
    explanation.judged({ nature, isRestless: false, place: { ...NOTHING, residents: 1 } });
    explanation.end();
  }
  const lines = explanationText(explanation, null, 200).split('\n').slice(1, -1);
  t.strictSame(
    lines.map((line) => line.split('  100  ')[1]),
    [
      "unknown_account, a stranger's request without a password  residents 1",
      'unknown_account, where the account lives  residents 1',
      'unknown_account, where the account lives  residents 1',
      "unknown_account, a caller's number  residents 1",
    ],
  );
  t.end();
});

await t.test('where people live is shown, and the sockets that are banned there', (t) => {
  const text = explanationText(
    new Explanation(ADDRESS),
    {
      ...STATE,
      place: { ...PLACE, residents: 2 },
      residentAt: AT,
      isLivedIn: true,
      bannedUntil: null,
      networkBannedUntil: AT + 1_000,
      socketBans: [{ target: '203.0.113.9:5062', until: AT + 60_000 }],
      isAllowed: true,
    },
    200,
  );
  t.match(text, 'residents 2, the last login of one 2026-03-01 00:00:00; lived in lately yes');
  t.match(text, 'banned no, its network until 2026-03-01 00:00:01');
  t.match(text, '\n  203.0.113.9:5062 banned until 2026-03-01 00:01:00\n  on the allowlist yes');
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
