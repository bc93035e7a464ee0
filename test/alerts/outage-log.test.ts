import t from 'tap';
import { OutageLog } from '../../src/alerts/outage-log.js';
import { recordedLog } from '../metrics/fixtures.js';

function outageLog() {
  const log = recordedLog();
  const clock = { now: 0 };
  return { log, clock, outage: new OutageLog(log, { alert: 'webhook' }, () => clock.now) };
}

await t.test('an outage is told when it begins and when it ends, not at each failure', async (t) => {
  const { log, outage } = outageLog();
  for (let time = 0; time < 5; time += 1) outage.failed('status 503');
  outage.over();
  outage.over();
  t.same(log.lines, [
    ['warn', { alert: 'webhook', reason: 'status 503' }, 'alerts are not delivered'],
    ['info', { alert: 'webhook' }, 'alerts are delivered again'],
  ]);
});

await t.test('another reason is told at once, and the same one after ten minutes', async (t) => {
  const { log, clock, outage } = outageLog();
  outage.failed('status 503');
  outage.failed('ECONNREFUSED');
  clock.now = 599_999;
  outage.failed('ECONNREFUSED');
  t.equal(log.lines.length, 2);
  clock.now = 600_000;
  outage.failed('ECONNREFUSED');
  t.equal(log.lines.length, 3);
});

await t.test('nothing is told while all is well', async (t) => {
  const { log, outage } = outageLog();
  outage.over();
  t.same(log.lines, []);
});
