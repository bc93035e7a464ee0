import t from 'tap';
import { OwnCounts } from '../../src/status/own-counts.js';

await t.test('what was added since the last call is told, by name', async (t) => {
  const counts = new OwnCounts();
  t.strictSame(counts.readings(), []);
  counts.add('blocker.statsd.errors');
  counts.add('blocker.statsd.dropped.socket', 5);
  counts.add('blocker.statsd.errors');
  t.strictSame(counts.readings(), [
    { kind: 'counter', name: 'blocker.statsd.errors', value: 2 },
    { kind: 'counter', name: 'blocker.statsd.dropped.socket', value: 5 },
  ]);
  counts.add('blocker.statsd.errors');
  t.strictSame(counts.readings(), [{ kind: 'counter', name: 'blocker.statsd.errors', value: 1 }]);
});

await t.test('what is lost on the way to StatsD is counted, in lines and by its reason', async (t) => {
  const counts = new OwnCounts();
  const { onError, onDrop } = counts.ofStatsd('blocker');
  onError();
  onDrop('socket', 20);
  onDrop('socket', 1);
  t.strictSame(
    counts.readings().map(({ name, value }) => [name, value]),
    [
      ['blocker.statsd.errors', 1],
      ['blocker.statsd.dropped.socket', 21],
    ],
  );
});
