import t from 'tap';
import { repeat } from '../../src/lifecycle/repeat.js';

await t.test('the work is done again and again, one after the other, until a stop', async (t) => {
  const stop = new AbortController();
  const done: number[] = [];
  const work = async () => {
    const number = done.length;
    await Promise.resolve();
    done.push(number);
    if (number === 2) stop.abort();
  };
  await repeat(work, 1, stop.signal);
  t.strictSame(done, [0, 1, 2]);
});

await t.test('a stop ends the pause, and no work follows', async (t) => {
  const stop = new AbortController();
  const ended = repeat(() => t.fail('work after the stop'), 1_000_000, stop.signal);
  stop.abort();
  await ended;
  await repeat(() => t.fail('work after the stop'), 0, stop.signal);
});

await t.test('what the work throws ends it', async (t) => {
  const fault = new TypeError('a fault');
  const work = () => {
    throw fault;
  };
  await t.rejects(repeat(work, 0, new AbortController().signal), fault);
});
