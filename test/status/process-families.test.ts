import t from 'tap';
import { processUsage } from '../../src/status/process-families.js';

await t.test(
  'what the process used is in seconds, bytes and milliseconds since the epoch, and only grows',
  async (t) => {
    // A turn of the event loop: before the first one its times are 0.
    await new Promise((resolve) => setImmediate(resolve));
    const before = processUsage();
    t.ok(Math.abs(Date.now() - before.startedAt) < 60_000, 'started within the last minute');
    t.ok(before.rssBytes > 1_000_000);
    t.ok(before.cpuSeconds > 0 && before.cpuSeconds < 60);
    t.ok(before.loopActiveSeconds > 0 && before.loopActiveSeconds < 60);

    const until = performance.now() + 30;
    while (performance.now() < until);
    const after = processUsage();
    t.ok(after.cpuSeconds > before.cpuSeconds);
    t.ok(after.loopActiveSeconds >= before.loopActiveSeconds + 0.025);
    t.equal(after.startedAt, before.startedAt);
  },
);
