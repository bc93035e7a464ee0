import t from 'tap';
import { textReport } from '../../src/replay/text-report.js';
import { EMPTY, VIEW } from './views.js';

await t.test('it tells everything, in columns, with hostile text made visible', (t) => {
  t.strictSame(textReport(VIEW, Number.POSITIVE_INFINITY).split('\n'), [
    '1,234 good logins would have been refused: 198.51.100.9 (900), 198.51.100.8 (800), 198.51.100.7 (700), 198.51.100.6 (600), 198.51.100.5 (500) and 4 more',
    "1 guesser's login would have been refused: 203.0.113.9 (1)",
    '2 logins that prove no password would have been refused: 203.0.113.9 (2)',
    '',
    'security.1: security-log, 12,345 bytes',
    'a\\x0ab.gz: empty, 0 bytes; not read to its end: unexpected end of file',
    '2026-03-01 00:00:00 to 2026-03-02 01:01:01 UTC (1 d 1 h)',
    'events 1,234, failed 1,000, logins 7',
    'attempts 900: unknown_account 800, wrong_password 99, denied 1, unanswered 0; unanswered challenges 3',
    'other lines 2, malformed 2,001 (oversize 1, key_order 2,000)',
    '4 events are older than one before them: give rotated logs oldest first',
    '',
    'Attackers (2 of 5; 50 with few attempts were forgotten)',
    '  address      attempts  accounts  first                last                 services   first ban                                                                    kept out',
    '  203.0.113.9       800    ~1,000  2026-03-01 00:00:00  2026-03-01 00:00:01  PJSIP SIP  2026-03-01 00:00:00 after 5 (enumeration, 10 min)                                 795',
    '  2001:db8::1       100         1  2026-03-01 00:00:00  2026-03-01 00:00:00  AMI        2026-03-01 00:00:00 after 60 (stale_credentials, 5 min, [2001:db8::1]:5062)         0',
    '',
    'Accounts (1 of 1)',
    '  account           service  attempts  addresses  first                last',
    '  x\\x1b[2J\\u{202e}  PJSIP           9          2  2026-03-01 00:00:00  2026-03-01 00:00:00',
    '',
    'Findings (1 of 2: breach 1, enumeration 1)',
    '  2026-03-01 00:00:00  critical  somebody got in',
    '',
    'Decisions: bans 3 (enumeration 3)',
    '  addresses, prefixes and sockets 2, in force at the end 2, now 1',
    '  795 of 900 attempts would not have reached the PBX',
    '  bans forgotten for want of a place: 6',
  ]);
  t.end();
});

await t.test('what there is nothing of has no table', (t) => {
  t.strictSame(textReport(EMPTY, 200).split('\n'), [
    'No good login would have been refused.',
    '',
    'Interrupted: this is what was read up to then.',
    'No security event was found.',
    'events 0, failed 0, logins 0',
    'attempts 0: unknown_account 0, wrong_password 0, denied 0, unanswered 0; unanswered challenges 0',
    'other lines 0, malformed 0',
    '',
    'Decisions: bans 0',
    '  addresses, prefixes and sockets 0, in force at the end 0, now 0',
    '  0 of 0 attempts would not have reached the PBX',
  ]);
  t.end();
});

await t.test('an address that was not banned was spared for a reason, or no rule wanted to', (t) => {
  const [first] = VIEW.attackers.top;
  const rowOf = (spared: 'allowlisted' | null) => {
    const top = first === undefined ? [] : [{ ...first, firstBan: null, spared }];
    return textReport({ ...VIEW, attackers: { ...VIEW.attackers, top } }, 200);
  };
  t.match(rowOf(null), /PJSIP SIP {2}none {2,}795/);
  t.match(rowOf('allowlisted'), /PJSIP SIP {2}none \(allowlisted\) {2,}795/);
  t.end();
});

await t.test('no line is wider than the terminal', (t) => {
  t.ok(
    textReport(VIEW, 60)
      .split('\n')
      .every((line) => line.length <= 60),
  );
  t.end();
});
