import { setImmediate } from 'node:timers/promises';
import t from 'tap';
import { type Alert, type AlertCounts, noDrops } from '../../src/alerts/alert.js';
import { Alerts } from '../../src/alerts/alerts.js';
import type { Finding } from '../../src/domain/finding.js';
import { FINDING } from './fixtures.js';

/** An alert that keeps what it is told, with counts that can be set. */
function recordedAlert(name: string) {
  const pushed: Finding[] = [];
  const state = { hasEnded: false, counts: { sent: 0, failed: 0, suppressed: 0, dropped: noDrops() } as AlertCounts };
  const alert: Alert = {
    name,
    push: (finding) => pushed.push(finding),
    run: async (signal) => {
      while (!signal.aborted) await setImmediate();
      await setImmediate();
      state.hasEnded = true;
    },
    counts: () => state.counts,
  };
  return { alert, pushed, state };
}

await t.test('every alert is told of every finding, in order', async (t) => {
  const [one, two] = [recordedAlert('one'), recordedAlert('two')];
  const alerts = new Alerts([one.alert, two.alert]);
  const other = { ...FINDING, rule: 'breach' } as const;
  alerts.push(FINDING);
  alerts.push(other);
  t.same(one.pushed, [FINDING, other]);
  t.same(two.pushed, [FINDING, other]);
});

await t.test('it runs until the last alert has ended', async (t) => {
  const [one, two] = [recordedAlert('one'), recordedAlert('two')];
  const stop = new AbortController();
  const running = new Alerts([one.alert, two.alert]).run(stop.signal);
  stop.abort();
  await running;
  t.ok(one.state.hasEnded && two.state.hasEnded);
  await new Alerts([]).run(stop.signal);
});

await t.test(
  'readings are what was counted since the last ones, without zeros, under names of the program',
  async (t) => {
    const [one, two] = [recordedAlert('one'), recordedAlert('two')];
    const alerts = new Alerts([one.alert, two.alert]);
    t.same(alerts.readings(), []);
    one.state.counts = { sent: 3, failed: 2, suppressed: 1, dropped: { ...noDrops(), gave_up: 1 } };
    t.same(alerts.readings(), [
      { kind: 'counter', name: 'exporter.alerts.one.sent', value: 3 },
      { kind: 'counter', name: 'exporter.alerts.one.failed', value: 2 },
      { kind: 'counter', name: 'exporter.alerts.one.suppressed', value: 1 },
      { kind: 'counter', name: 'exporter.alerts.one.dropped.gave_up', value: 1 },
    ]);
    t.same(alerts.readings(), []);
    one.state.counts = { ...one.state.counts, sent: 5 };
    two.state.counts = { ...two.state.counts, sent: 1 };
    t.same(alerts.readings(), [
      { kind: 'counter', name: 'exporter.alerts.one.sent', value: 2 },
      { kind: 'counter', name: 'exporter.alerts.two.sent', value: 1 },
    ]);
    t.same(
      [...alerts.counts()],
      [
        ['one', one.state.counts],
        ['two', two.state.counts],
      ],
    );
  },
);
