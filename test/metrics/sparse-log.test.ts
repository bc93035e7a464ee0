import t from 'tap';
import { sparseLog } from '../../src/metrics/sparse-log.js';
import { recordedLog } from './fixtures.js';

await t.test(
  'the first of a message is written at once, then one a minute with the number of those between',
  async (t) => {
    let now = 0;
    const log = recordedLog();
    const sparse = sparseLog(log, 60_000, () => now);
    for (now = 0; now <= 120_000; now += 10_000) sparse.warn({ now }, 'down');
    t.same(log.lines, [
      ['warn', { now: 0, suppressed: 0 }, 'down'],
      ['warn', { now: 60_000, suppressed: 5 }, 'down'],
      ['warn', { now: 120_000, suppressed: 5 }, 'down'],
    ]);
  },
);

await t.test('one message does not hide another, and each keeps its level', async (t) => {
  const log = recordedLog();
  const sparse = sparseLog(log);
  sparse.debug({}, 'a');
  sparse.info({}, 'b');
  sparse.warn({}, 'c');
  sparse.error({}, 'd');
  sparse.error({}, 'd');
  t.same(
    log.lines.map(([level, , message]) => `${level} ${message}`),
    ['debug a', 'info b', 'warn c', 'error d'],
  );
});
