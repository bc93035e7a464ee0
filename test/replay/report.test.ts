import t from 'tap';
import { ReplayReport } from '../../src/replay/report.js';
import { AT, attempt, ban, event, finding, probe, success, unban } from './observed.js';

const END = { inputs: [], isInterrupted: false, now: AT + 700_000 };

await t.test('everything is counted once', (t) => {
  const report = new ReplayReport({ rowsMax: 10, top: 5 });
  report.read(event('203.0.113.9', '100', AT + 10));
  report.read({ ...event('203.0.113.9', '100', AT), event: 'ChallengeSent' });
  report.read(event('203.0.113.9', '100', AT - 59_990));
  report.read(event('203.0.113.9', '100', AT - 59_991));
  report.observed(attempt('203.0.113.9', '100'));
  report.observed({ ...attempt('203.0.113.9', '100'), outcome: 'denied' });
  report.observed(probe('203.0.113.9'));
  report.observed(success('203.0.113.9', '100'));
  report.malformed('oversize');
  report.malformed('oversize');
  report.ignored();
  t.equal(report.events, 4);
  t.strictSame(report.view(END).totals, {
    events: 4,
    failed: 3,
    attempts: 2,
    outcomes: { unknown_account: 1, wrong_password: 0, denied: 1, unanswered: 0 },
    probes: 1,
    logins: 1,
    ignored: 1,
    malformed: { oversize: 2 },
    backwards: 1,
    firstAt: AT - 59_991,
    lastAt: AT + 10,
  });
  t.end();
});

await t.test('bans are told with those that are in force at the end of the data and now', (t) => {
  const report = new ReplayReport({ rowsMax: 10, top: 5 });
  report.read(event('203.0.113.9', '100', AT + 100_000));
  report.observed(attempt('203.0.113.9', '100'));
  report.found(finding(), 'a title');
  report.decided(ban('203.0.113.9/32'));
  report.decided(ban('203.0.113.8/32', 3600));
  report.decided(ban('203.0.113.7/32'));
  report.decided(unban('203.0.113.7/32'));
  report.judged();
  const late = attempt('203.0.113.9', '100');
  report.observed(late);
  report.keptOut(late);
  for (const kept of [probe('203.0.113.9'), success('203.0.113.9', '100')]) {
    report.observed(kept);
    report.keptOut(kept);
  }
  const { decisions, attackers, findings, refused } = report.view(END);
  t.match(decisions, { bans: 3, targets: 2, inForceAtEnd: 2, inForceNow: 1, keptOut: 1, forgotten: 0 });
  t.match(attackers.top, [{ keptOut: 1, firstBan: { attempts: 1 }, spared: null }]);
  t.match(refused, { good: { logins: 1, addresses: { top: [{ address: '203.0.113.9', logins: 1 }] } } });
  t.match(findings, { total: 1, worst: [{ title: 'a title' }] });
  t.end();
});

await t.test('why somebody was spared is told', (t) => {
  const report = new ReplayReport({ rowsMax: 10, top: 5 });
  report.observed(attempt('203.0.113.9', '100'));
  report.found(finding({ action: 'allowlisted' }), '');
  report.found(finding({ action: 'none' }), '');
  t.match(report.view(END).attackers.top, [{ spared: 'allowlisted' }]);
  t.end();
});

await t.test('a login that a finding calls a break-in is no good one', (t) => {
  const report = new ReplayReport({ rowsMax: 10, top: 5 });
  const login = success('203.0.113.9', '100');
  report.observed(login);
  report.keptOut(login);
  report.found(finding({ rule: 'breach', address: login.remote.address, account: '100' }), '');
  t.match(report.view(END).refused, { good: { logins: 0 }, guessed: { logins: 1 } });
  t.end();
});

await t.test('without an event there is no period', (t) => {
  const report = new ReplayReport({ rowsMax: 10, top: 5 });
  t.match(report.view(END), { totals: { firstAt: null, lastAt: null }, decisions: { inForceAtEnd: 0 } });
  t.end();
});
