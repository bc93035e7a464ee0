import t from 'tap';
import { SERIES, tagged } from '../../../src/metrics/dialects/tagged-series.js';
import { sample } from './samples.js';

const series = (name: string) => tagged(sample(name));

await t.test('what varies in a name is a tag, and the name varies no more', async (t) => {
  t.same(series('security.findings.brute-force'), { name: 'security.findings', tags: [['rule', 'brute-force']] });
  t.same(series('security.decisions.ban'), { name: 'security.decisions', tags: [['type', 'ban']] });
  t.same(series('exporter.malformed.key_order'), { name: 'exporter.malformed', tags: [['reason', 'key_order']] });
  t.same(series('exporter.statsd.dropped.stream'), { name: 'exporter.statsd.dropped', tags: [['reason', 'stream']] });
  t.same(series('exporter.alerts.webhook.sent'), { name: 'exporter.alerts.sent', tags: [['alert', 'webhook']] });
  const dropped = [
    ['alert', 'webhook'],
    ['reason', 'queue'],
  ];
  t.same(series('exporter.alerts.webhook.dropped.queue'), { name: 'exporter.alerts.dropped', tags: dropped });
});

await t.test('a name without a variable part stays as it is', async (t) => {
  for (const name of [
    'exporter.events',
    'exporter.decisions.sent',
    'security.bans.desired',
    'blocker.connected',
    'x',
  ]) {
    t.same(series(name), { name, tags: [] });
  }
});

await t.test('a service that is called like a total is not taken for one', async (t) => {
  t.same(series('security.failed_auth.count.count'), {
    name: 'security.failed_auth.count',
    tags: [['service', 'count']],
  });
});

await t.test('no series has the name of another', async (t) => {
  const names = SERIES.map(([, name]) => name);
  t.equal(new Set(names).size, names.length);
  t.notOk(names.some((name) => name.includes('<')));
});
