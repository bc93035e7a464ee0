import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { WriteBehind, type WriteBehindOptions } from '../../src/lifecycle/write-behind.js';
import { recordedLog } from '../metrics/fixtures.js';

const FULL = new Error('no room');

/** A store that writes when it is told to. */
class HandStore {
  readonly saved: [key: string, value: number | null][][] = [];
  readonly content = new Map<string, number>();
  #finish: ((error?: unknown) => void) | null = null;

  async write(changes: Iterable<readonly [key: string, value: unknown]>): Promise<void> {
    if (this.#finish !== null) throw new Error('two writes at once');
    const batch = [...changes] as [string, number | null][];
    this.saved.push(batch);
    await new Promise<void>((resolve, reject) => {
      this.#finish = (error) => (error === undefined ? resolve() : reject(error));
    });
    for (const [key, value] of batch) {
      if (value === null) this.content.delete(key);
      else this.content.set(key, value);
    }
  }

  get isWriting(): boolean {
    return this.#finish !== null;
  }

  /** Ends the write that is under way, and lets what waits for it go on. */
  async finish(error?: unknown): Promise<void> {
    const finish = this.#finish;
    if (finish === null) throw new Error('nothing is written');
    this.#finish = null;
    finish(error);
    await turn();
  }

  keys(): string[][] {
    return this.saved.map((batch) => batch.map(([key]) => key));
  }
}

function running(t: Test, options: Partial<WriteBehindOptions> = {}) {
  const store = new HandStore();
  const owner = new Map<string, number>();
  const log = recordedLog();
  const counts = { failures: 0, overflowed: 0 };
  /** The waits that have not ended, in milliseconds. */
  const waits = new Map<number, () => void>();
  const wait = (ms: number, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      const end = () => {
        waits.delete(ms);
        signal.removeEventListener('abort', end);
        resolve();
      };
      if (signal.aborted) return end();
      waits.set(ms, end);
      signal.addEventListener('abort', end, { once: true });
    });
  const writer = new WriteBehind({
    read: (key) => owner.get(key) ?? null,
    write: (changes) => store.write(changes),
    log,
    texts: { failing: 'fails', mended: 'mended' },
    count: (what) => {
      counts[what] += 1;
    },
    everyMs: 1_000,
    keysMax: 100,
    graceMs: 5_000,
    slowMs: 7_000,
    wait,
    random: () => 1,
    ...options,
  });
  t.teardown(() => void writer.stop());
  const own = (key: string, value: number | null) => {
    if (value === null) owner.delete(key);
    else owner.set(key, value);
  };
  return {
    store,
    owner,
    writer,
    counts,
    waits,
    messages: () => log.lines.map(([level, fields, message]) => ({ level, ...fields, message })),
    set: (key: string, value: number | null) => {
      own(key, value);
      return writer.mark(key);
    },
    save: (key: string, value: number | null) => {
      own(key, value);
      return writer.save(key);
    },
    /** The wait for so many milliseconds ends. */
    pass: async (ms = 1000) => {
      const end = waits.get(ms);
      if (end === undefined) throw new Error(`nobody waits for ${ms} ms, but for ${[...waits.keys()]}`);
      end();
      await turn();
    },
    /** @returns what the stop will say. */
    stop: async () => {
      const stopped = writer.stop();
      await turn();
      return { stopped };
    },
  };
}

const FAILING = { level: 'warn', reason: 'no room', message: 'fails' };
const MENDED = { level: 'info', message: 'mended' };

await t.test('what was marked is written a second later, as it is then', async (t) => {
  const { store, set, pass, writer } = running(t);
  set('a', 1);
  set('b', 1);
  set('a', 2);
  set('c', 1);
  set('c', null);
  t.strictSame(store.saved, [], 'not at once');
  t.equal(writer.waiting, 3);
  await pass();
  t.strictSame(store.saved, [
    [
      ['a', 2],
      ['b', 1],
      ['c', null],
    ],
  ]);
  t.equal(writer.waiting, 3, 'until they are on the disk');
  await store.finish();
  t.equal(writer.waiting, 0);
  await pass();
  t.notOk(store.isWriting, 'nothing is written where nothing was marked');
});

await t.test('what is marked during a write is written by the next', async (t) => {
  const { store, set, pass, waits } = running(t);
  set('a', 1);
  await pass();
  set('a', 2);
  set('b', 1);
  t.equal(waits.has(1000), false, 'the pause begins at the end of the write');
  await store.finish();
  await pass();
  await store.finish();
  t.strictSame(
    [...store.content],
    [
      ['a', 2],
      ['b', 1],
    ],
  );
  t.strictSame(store.keys(), [['a'], ['a', 'b']]);
});

await t.test('a write takes those that have waited longest, and no more than the limit', async (t) => {
  const { store, set, pass } = running(t, { recordsMax: 2 });
  for (const key of ['a', 'b', 'c', 'd', 'e']) set(key, 1);
  for (let write = 0; write < 3; write += 1) {
    await pass();
    // A busy key goes to the end, and keeps its place there.
    set('a', write);
    await store.finish();
  }
  await pass();
  t.strictSame(store.keys(), [['a', 'b'], ['c', 'd'], ['e', 'a'], ['a']]);
});

await t.test('without a pause, what is marked in one tick is one write', async (t) => {
  const { store, save, waits } = running(t, { everyMs: 0 });
  const kept = [save('a', 1), save('b', 1), save('a', 2)];
  await turn();
  t.strictSame([...waits.keys()], [7000], 'only a write that hangs is watched for');
  const next = save('a', 3);
  await store.finish();
  t.strictSame(await Promise.all(kept), [true, true, true]);
  await store.finish();
  t.equal(await next, true);
  t.strictSame(store.saved, [
    [
      ['a', 2],
      ['b', 1],
    ],
    [['a', 3]],
  ]);
});

await t.test('a write that fails is tried again, less and less often, and told once', async (t) => {
  const { store, set, pass, writer, counts, messages } = running(t, { retryMaxMs: 3000 });
  set('a', 1);
  set('b', 1);
  for (const wait of [1000, 1000, 2000, 3000, 3000]) {
    await pass(wait);
    await store.finish(FULL);
  }
  t.strictSame(messages(), [FAILING]);
  t.equal(writer.isFailing, true);
  t.equal(writer.waiting, 2);
  t.strictSame(counts, { failures: 5, overflowed: 0 });
  set('a', 2);
  await pass(3000);
  await store.finish();
  t.strictSame(messages(), [FAILING, MENDED]);
  t.equal(writer.isFailing, false);
  t.strictSame([...store.content].sort(), [
    ['a', 2],
    ['b', 1],
  ]);
  set('a', 3);
  await pass(1000);
  await store.finish(FULL);
  await pass(1000);
  await store.finish();
  t.strictSame(messages(), [FAILING, MENDED, FAILING, MENDED], 'and again when it fails anew');
  t.equal(store.content.get('a'), 3);
});

await t.test('nobody waits for a store that fails or hangs', async (t) => {
  const { store, save, pass, counts, messages } = running(t);
  const kept = save('a', 1);
  await pass();
  const next = save('b', 1);
  await pass(7000);
  t.strictSame(await Promise.all([kept, next]), [false, false]);
  t.equal(await save('c', 1), false, 'as long as it fails');
  t.match(messages(), [{ level: 'warn', reason: 'the disk does not answer' }]);
  t.strictSame(counts, { failures: 1, overflowed: 0 });
  await store.finish();
  t.match(messages(), [{ level: 'warn' }, MENDED], 'it did answer');
  const later = save('a', 2);
  await pass();
  await store.finish(FULL);
  t.equal(await later, false);
  await pass();
  await store.finish();
  t.strictSame([...store.content.keys()].sort(), ['a', 'b', 'c']);
});

await t.test('no more keys wait than the limit, and the rest is counted', async (t) => {
  const { store, set, pass, counts, writer } = running(t, { keysMax: 3, recordsMax: 2 });
  for (const key of ['a', 'b', 'c', 'd', 'a', 'e']) set(key, 1);
  t.equal(writer.waiting, 3);
  t.equal(counts.overflowed, 2);
  await pass();
  t.equal(set('f', 1), false);
  t.equal(counts.overflowed, 3, 'those that are being written count');
  t.equal(set('c', 2), true);
  t.equal(counts.overflowed, 3, 'a key that waits can be marked again');
  await store.finish();
  set('f', 1);
  await pass();
  t.strictSame(store.keys(), [
    ['a', 'b'],
    ['c', 'f'],
  ]);
});

await t.test('where there is no room, deletions give way to records', async (t) => {
  const { store, save, set, pass, counts, writer } = running(t, { keysMax: 4 });
  const gone = save('a', null);
  set('b', 1);
  set('c', null);
  set('d', 1);
  t.equal(set('e', null), false);
  t.equal(counts.overflowed, 1);
  t.equal(set('f', 1), true);
  t.equal(await gone, false);
  t.equal(counts.overflowed, 3);
  t.equal(set('d', null), true, 'a key that waits is deleted');
  t.equal(writer.waiting, 3);
  await pass();
  t.strictSame(store.keys(), [['b', 'd', 'f']]);
  await store.finish();
});

await t.test('however many records come and go while the store fails, no more keys wait than the limit', async (t) => {
  const { store, set, pass, writer } = running(t, { keysMax: 4, retryMaxMs: 1000 });
  for (let n = 0; n < 100; n += 1) {
    t.equal(set(`${n}`, n), true, 'there is always room for a record');
    if (n > 0) set(`${n - 1}`, null);
    t.ok(writer.waiting <= 4, `${writer.waiting} wait`);
    await pass();
    await store.finish(FULL);
  }
  await pass();
  await store.finish();
  t.strictSame([...store.content], [['99', 99]]);
});

await t.test('a stop writes all that waits, write after write', async (t) => {
  const { store, set, stop } = running(t, { recordsMax: 2 });
  for (const key of ['a', 'b', 'c', 'd', 'e']) set(key, 1);
  const { stopped } = await stop();
  for (let write = 0; write < 3; write += 1) await store.finish();
  t.equal(await stopped, true);
  t.strictSame(store.keys(), [['a', 'b'], ['c', 'd'], ['e']]);
});

await t.test('a stop in the middle of a write waits for it', async (t) => {
  const { store, set, stop, pass } = running(t);
  set('a', 1);
  await pass();
  set('a', 2);
  const { stopped } = await stop();
  t.equal(store.saved.length, 1, 'never two writes at once');
  await store.finish();
  await store.finish();
  t.equal(await stopped, true);
  t.strictSame([...store.content], [['a', 2]]);
});

await t.test('with nothing to write a stop ends at once', async (t) => {
  const { stop, waits } = running(t);
  t.equal(await (await stop()).stopped, true);
  t.equal(waits.size, 0, 'and leaves no wait behind');
});

await t.test('after a stop nothing is written, and nobody waits for it', async (t) => {
  const { stop, save, store, writer } = running(t);
  t.equal(await (await stop()).stopped, true);
  t.equal(await save('a', 1), false);
  await turn();
  t.notOk(store.isWriting);
  t.equal(await writer.stop(), false);
});

await t.test('during a stop what comes is written, and nobody waits for it', async (t) => {
  const { stop, save, set, store } = running(t);
  set('a', 1);
  const { stopped } = await stop();
  t.equal(await save('b', 1), false);
  await store.finish();
  await store.finish();
  t.equal(await stopped, true);
  t.strictSame(store.keys(), [['a'], ['b']]);
});

await t.test('a stop does not wait as long as the failures before it would have', async (t) => {
  const { store, set, stop, pass } = running(t);
  set('a', 1);
  for (const wait of [1000, 1000, 2000]) {
    await pass(wait);
    await store.finish(FULL);
  }
  const { stopped } = await stop();
  await store.finish(FULL);
  await pass(1000);
  await store.finish();
  t.equal(await stopped, true);
});

await t.test('a write that fails during a stop is tried again, within the grace time', async (t) => {
  const { store, set, stop, pass, messages } = running(t);
  set('a', 1);
  const { stopped } = await stop();
  await store.finish(FULL);
  await pass(1000);
  await store.finish(FULL);
  await pass(2000);
  await store.finish();
  t.equal(await stopped, true);
  t.strictSame(messages(), [FAILING, MENDED]);
});

await t.test('the grace time ends a stop whose writes fail', async (t) => {
  const { store, set, stop, pass, waits, writer } = running(t);
  set('a', 1);
  const { stopped } = await stop();
  await store.finish(FULL);
  await pass(5000);
  t.equal(await stopped, false);
  await turn();
  t.equal(waits.size, 0);
  t.notOk(store.isWriting, 'nothing goes on afterwards');
  t.equal(writer.waiting, 1);
});

await t.test('the grace time ends a stop whose write never ends', async (t) => {
  const { store, set, stop, pass } = running(t);
  set('a', 1);
  const { stopped } = await stop();
  t.ok(store.isWriting);
  await pass(5000);
  t.equal(await stopped, false);
});

await t.test('what is no fault of the disk is told and tried again too', async (t) => {
  const { store, set, stop, pass, messages } = running(t);
  set('a', 1);
  await pass();
  await store.finish('broken');
  await pass();
  await store.finish(new TypeError('no function'));
  t.match(messages(), [{ level: 'warn', reason: 'broken' }]);
  const { stopped } = await stop();
  await store.finish();
  t.equal(await stopped, true);
});

await t.test('whatever is marked and whatever fails, the store holds in the end what the owner holds', async (t) => {
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.oneof(fc.nat(99), fc.constant(null))),
    },
    { weight: 2, arbitrary: fc.constantFrom('written', 'failed') },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { store, owner, set, waits, pass, stop, writer } = running(t, { recordsMax: 2 });
      const goOn = async () => {
        const [ms] = waits.keys();
        if (!store.isWriting && ms !== undefined) await pass(ms);
      };
      for (const each of steps) {
        if (typeof each !== 'string') set(...each);
        else if (store.isWriting) await store.finish(each === 'failed' ? FULL : undefined);
        else await goOn();
      }
      const { stopped } = await stop();
      while (store.isWriting) await store.finish();
      t.equal(await stopped, true);
      t.strictSame([...store.content].sort(), [...owner].sort());
      t.equal(writer.waiting, 0);
    }),
  );
});
