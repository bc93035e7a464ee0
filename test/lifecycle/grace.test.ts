import { once } from 'node:events';
import t from 'tap';
import { Grace } from '../../src/lifecycle/grace.js';

await t.test('the time begins with the stop, and then it is over', async (t) => {
  const stop = new AbortController();
  const grace = new Grace(stop.signal, 1);
  t.equal(grace.signal.aborted, false);
  stop.abort();
  await once(grace.signal, 'abort');
  const late = new Grace(stop.signal, 1);
  await once(late.signal, 'abort');
  t.equal(grace.signal.aborted && late.signal.aborted, true);
});

await t.test('an end leaves no timer behind, and none begins after it', async (t) => {
  const [before, after] = [new AbortController(), new AbortController()];
  const graces = [new Grace(before.signal, 1_000_000), new Grace(after.signal, 1_000_000)];
  before.abort();
  for (const grace of graces) grace.end();
  after.abort();
  t.notOk(process.getActiveResourcesInfo().includes('Timeout'));
});
