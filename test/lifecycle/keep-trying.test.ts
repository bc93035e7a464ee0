import t from 'tap';
import { Backoff } from '../../src/lifecycle/backoff.js';
import { keepTrying } from '../../src/lifecycle/keep-trying.js';

/** Attempts that end as the list says, one after the other. */
function trying(results: (string | null | Error)[]) {
  const abort = new AbortController();
  const told: [string, number][] = [];
  const waits: number[] = [];
  let attempts = 0;
  const backoff = new Backoff(100, 1_000, () => 1);
  const attempt = async () => {
    const result = results[attempts++];
    if (result === undefined) throw new Error('one attempt too many');
    if (result instanceof Error) throw result;
    return result;
  };
  const wait = async (ms: number) => void waits.push(ms);
  const onFailed = (reason: string, retryMs: number) => void told.push([reason, retryMs]);
  const run = (next = attempt) => keepTrying(next, { backoff, onFailed, wait }, abort.signal);
  return { run, attempt, abort, told, waits, backoff, attempts: () => attempts };
}

await t.test('each failure is told, with the growing pause behind it, until an attempt ends well', async (t) => {
  const { run, told, waits, attempts } = trying(['a', 'b', 'b', null]);
  await run();
  t.equal(attempts(), 4);
  t.strictSame(told, [
    ['a', 100],
    ['b', 200],
    ['b', 400],
  ]);
  t.strictSame(waits, [100, 200, 400]);
});

await t.test('an attempt that got somewhere begins the pauses anew', async (t) => {
  const { run, attempt, waits, backoff, attempts } = trying(['a', 'b', 'lost', null]);
  await run(async () => {
    if (attempts() === 2) backoff.reset();
    return attempt();
  });
  t.strictSame(waits, [100, 200, 100]);
});

await t.test('a stop ends it: before an attempt, and without a word after one', async (t) => {
  const { run, attempt, abort, told, attempts } = trying(['a', 'b']);
  await run(async () => {
    if (attempts() === 1) abort.abort();
    return attempt();
  });
  t.strictSame(told, [['a', 100]]);
  await run();
  t.equal(attempts(), 2);
});

await t.test('what an attempt throws ends it', async (t) => {
  const { run, told } = trying(['a', new TypeError('a fault')]);
  await t.rejects(run(), new TypeError('a fault'));
  t.equal(told.length, 1);
});

await t.test('without a wait of the caller it pauses for real', async (t) => {
  let attempts = 0;
  const options = { backoff: new Backoff(1, 1), onFailed: () => undefined };
  await keepTrying(async () => (++attempts < 3 ? 'a' : null), options, new AbortController().signal);
  t.equal(attempts, 3);
});
