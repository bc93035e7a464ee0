import t from 'tap';
import { liveViewOf, type Sample, withSample } from '../../src/demo/live-view.js';

const about = { title: 'demo', uptimeMs: 0, connection: { state: 'hearing' }, notice: '' } as const;
const sample = (at: number, totals: Record<string, number>): Sample => ({
  at,
  totals: new Map(Object.entries(totals)),
});

await t.test('meters become services, attackers and other events, the most frequent first', async (t) => {
  const view = liveViewOf(
    [
      sample(0, {
        'security.failed_auth.PJSIP.count': 3,
        'security.failed_auth.SIP.count': 7,
        'security.failed_auth.PJSIP.attempts': 1,
        'security.failed_auth.PJSIP.other': 1,
        'security.failed_auth.SIP.IPV4/UDP/203_0_113_9': 7,
        'security.failed_auth.PJSIP.IPV6/TLS/2001_db8__1': 2,
        'security.failed_auth.PJSIP.IPV4/198_51_100_1': 2,
        'security.events.PJSIP.ChallengeSent': 4,
        'security.events.PJSIP.InvalidAccountID': 3,
        'security.events.PJSIP.SuccessfulAuth': 5,
        'security.findings.enumeration': 1,
        'exporter.up': 1,
      }),
    ],
    about,
  );
  const brief = ({ name, count }: { name: string; count: number }) => `${name} ${count}`;
  t.same(view.services.map(brief), ['SIP 7', 'PJSIP 3']);
  t.same(
    view.attackers.map((one) => `${brief(one)} ${one.service} ${one.transport}`),
    ['203.0.113.9 7 SIP UDP', '198.51.100.1 2 PJSIP ', '2001:db8::1 2 PJSIP TLS'],
  );
  t.same(view.otherEvents.map(brief), ['PJSIP SuccessfulAuth 5', 'PJSIP ChallengeSent 4']);
  t.match(view, { ...about, addresses: 3 });
});

await t.test('a rate is the mean of the last ten seconds, or of less at the start', async (t) => {
  const meter = 'security.failed_auth.AMI.count';
  const at = (seconds: number, total: number) => sample(seconds * 1000, { [meter]: total });
  const [now] = liveViewOf([at(0, 0), at(2, 50), at(4, 100), at(14, 120), at(15, 200)], about).services;
  t.match(now, { count: 200, perSecond: 100 / 11, recent: [25, 25, 2] });
  t.match(liveViewOf([sample(0, {}), at(2, 10)], about).services, [{ count: 10, perSecond: 5, recent: [] }]);
  t.match(liveViewOf([at(2, 10)], about).services, [{ count: 10, perSecond: 0, recent: [] }]);
  t.same(liveViewOf([], about).services, []);
});

await t.test('of many addresses the fifty worst are shown and all are counted', async (t) => {
  const entry = (_: unknown, index: number) => [`security.failed_auth.SIP.IPV4/UDP/203_0_113_${index}`, index + 1];
  const view = liveViewOf([sample(0, Object.fromEntries(Array.from({ length: 200 }, entry)))], about);
  t.equal(view.addresses, 200);
  t.equal(view.attackers.length, 50);
  t.match(view.attackers[0], { name: '203.0.113.199', count: 200 });
  t.match(view.attackers[49], { count: 151 });
});

await t.test('the history is a minute of samples two seconds apart, and the totals as they are now', async (t) => {
  const totals = new Map([['a', 0]]);
  let history: readonly Sample[] = [];
  for (let at = 0; at <= 120_500; at += 500) {
    totals.set('a', at);
    history = withSample(history, { at, totals });
  }
  t.equal(history.length, 31);
  t.equal(history.at(-1)?.at, 120_500);
  t.equal(history.at(-1)?.totals.get('a'), 120_500);
  t.ok((history[0]?.at ?? 0) >= 58_000);
  const gaps = history.slice(1, -1).map(({ at }, index) => at - (history[index]?.at ?? 0));
  t.ok(
    gaps.every((gap) => gap === 2000),
    gaps.join(' '),
  );
  totals.set('a', -1);
  t.equal(history.at(-1)?.totals.get('a'), 120_500, 'it has its own copy');
});
