import t from 'tap';
import { pause } from '../../src/lifecycle/pause.js';

await t.test('a pause ends after its time', async () => {
  await pause(1, new AbortController().signal);
});

await t.test('a pause ends when the signal is aborted, before or while it waits', async () => {
  const abort = new AbortController();
  const waiting = pause(1_000_000, abort.signal);
  abort.abort();
  await waiting;
  await pause(1_000_000, abort.signal);
});
