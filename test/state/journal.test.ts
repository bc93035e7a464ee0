import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { Journal, type JournalOptions } from '../../src/state/journal.js';
import { StateError } from '../../src/state/state-error.js';

const FULL = new StateError('full', 'no room');

/** A store that writes when it is told to. */
class HandStore {
  readonly saved: [key: string, value: number | null][][] = [];
  readonly content = new Map<string, number>();
  #finish: ((error?: Error) => void) | null = null;

  async save(section: string, changes: Iterable<readonly [key: string, value: unknown]>): Promise<void> {
    if (this.#finish !== null) throw new Error('two writes at once');
    if (section !== 'bans') throw new Error(`no section of ours: ${section}`);
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
  async finish(error?: Error): Promise<void> {
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

function running(t: Test, options: Partial<JournalOptions<number>> = {}) {
  const store = new HandStore();
  const owner = new Map<string, number>();
  const abort = new AbortController();
  const told: string[] = [];
  /** The waits that have not ended, in milliseconds. */
  const waits = new Map<number, () => void>();
  const wait = (ms: number, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      const end = () => {
        waits.delete(ms);
        resolve();
      };
      if (signal.aborted) return end();
      waits.set(ms, end);
      signal.addEventListener('abort', end, { once: true });
    });
  const journal = new Journal<number>({
    store,
    section: 'bans',
    read: (key) => owner.get(key) ?? null,
    onFailing: ({ fault }) => told.push(fault),
    onMended: () => told.push('mended'),
    wait,
    random: () => 1,
    ...options,
  });
  t.teardown(() => abort.abort());
  const run = journal.run(abort.signal);
  const set = (key: string, value: number | null) => {
    if (value === null) owner.delete(key);
    else owner.set(key, value);
    journal.mark(key);
  };
  return {
    store,
    owner,
    journal,
    abort,
    told,
    waits,
    run,
    set,
    /** The wait for so many milliseconds ends. */
    pass: async (ms = 1000) => {
      const end = waits.get(ms);
      if (end === undefined) throw new Error(`nobody waits for ${ms} ms, but for ${[...waits.keys()]}`);
      end();
      await turn();
    },
    stop: async () => {
      abort.abort();
      await turn();
    },
  };
}

await t.test('what was marked is written a second later, as it is then', async (t) => {
  const { store, set, pass, journal } = running(t);
  set('a', 1);
  set('b', 1);
  set('a', 2);
  set('c', 1);
  set('c', null);
  t.strictSame(store.saved, [], 'not at once');
  t.equal(journal.counts().waiting, 3);
  await pass();
  t.strictSame(store.saved, [
    [
      ['a', 2],
      ['b', 1],
      ['c', null],
    ],
  ]);
  t.equal(journal.counts().waiting, 3, 'until they are on the disk');
  await store.finish();
  t.strictSame(journal.counts(), { waiting: 0, written: 3, failures: 0, overflowed: 0 });
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

await t.test('a write that fails is tried again, less and less often, and told once', async (t) => {
  const { store, set, pass, journal, told } = running(t, { retryMaxMs: 3000 });
  set('a', 1);
  set('b', 1);
  for (const wait of [1000, 1000, 2000, 3000, 3000]) {
    await pass(wait);
    await store.finish(FULL);
  }
  t.strictSame(told, ['full']);
  t.strictSame(journal.counts(), { waiting: 2, written: 0, failures: 5, overflowed: 0 });
  set('a', 2);
  await pass(3000);
  await store.finish();
  t.strictSame(told, ['full', 'mended']);
  t.strictSame([...store.content].sort(), [
    ['a', 2],
    ['b', 1],
  ]);
  set('a', 3);
  await pass(1000);
  await store.finish(FULL);
  await pass(1000);
  await store.finish();
  t.strictSame(told, ['full', 'mended', 'full', 'mended'], 'and again when it fails anew');
  t.equal(store.content.get('a'), 3);
});

await t.test('no more keys wait than the limit, and the rest is counted', async (t) => {
  const { store, set, pass, journal } = running(t, { keysMax: 3, recordsMax: 2 });
  for (const key of ['a', 'b', 'c', 'd', 'a', 'e']) set(key, 1);
  t.strictSame(journal.counts(), { waiting: 3, written: 0, failures: 0, overflowed: 2 });
  await pass();
  set('f', 1);
  t.equal(journal.counts().overflowed, 3, 'those that are being written count');
  set('c', 2);
  t.equal(journal.counts().overflowed, 3, 'a key that waits can be marked again');
  await store.finish();
  set('f', 1);
  await pass();
  t.strictSame(store.keys(), [
    ['a', 'b'],
    ['c', 'f'],
  ]);
});

await t.test('a stop writes all that waits, write after write', async (t) => {
  const { store, set, stop, run, abort } = running(t, { recordsMax: 2 });
  for (const key of ['a', 'b', 'c', 'd', 'e']) set(key, 1);
  await stop();
  t.ok(abort.signal.aborted);
  for (let write = 0; write < 3; write += 1) await store.finish();
  t.equal(await run, true);
  t.strictSame(store.keys(), [['a', 'b'], ['c', 'd'], ['e']]);
});

await t.test('a stop in the middle of a write waits for it', async (t) => {
  const { store, set, stop, run, pass } = running(t);
  set('a', 1);
  await pass();
  set('a', 2);
  await stop();
  t.equal(store.saved.length, 1, 'never two writes at once');
  await store.finish();
  await store.finish();
  t.equal(await run, true);
  t.strictSame([...store.content], [['a', 2]]);
});

await t.test('with nothing to write a stop ends at once', async (t) => {
  const { stop, run, waits } = running(t);
  await stop();
  t.equal(await run, true);
  t.equal(waits.size, 0, 'and leaves no wait behind');
});

await t.test('a journal that is run after the stop writes what was marked', async (t) => {
  const abort = new AbortController();
  abort.abort();
  const { store } = running(t);
  const journal = new Journal<number>({ store, section: 'bans', read: () => 7, onFailing: t.fail, onMended: t.fail });
  journal.mark('a');
  const run = journal.run(abort.signal);
  await turn();
  await store.finish();
  t.equal(await run, true);
  t.strictSame([...store.content], [['a', 7]]);
});

await t.test('a journal that is run after the stop has its grace time too', async (t) => {
  const abort = new AbortController();
  abort.abort();
  const journal = new Journal<number>({
    store: { save: () => new Promise(() => {}) },
    section: 'bans',
    read: () => 7,
    onFailing: t.fail,
    onMended: t.fail,
    wait: async () => {},
  });
  journal.mark('a');
  t.equal(await journal.run(abort.signal), false);
});

await t.test('a stop does not wait as long as the failures before it would have', async (t) => {
  const { store, set, stop, run, pass } = running(t);
  set('a', 1);
  for (const wait of [1000, 1000, 2000]) {
    await pass(wait);
    await store.finish(FULL);
  }
  await stop();
  await store.finish(FULL);
  await pass(1000);
  await store.finish();
  t.equal(await run, true);
});

await t.test('a write that fails during a stop is tried again, within the grace time', async (t) => {
  const { store, set, stop, run, pass, told } = running(t);
  set('a', 1);
  await stop();
  await store.finish(FULL);
  await pass(1000);
  await store.finish(FULL);
  await pass(2000);
  await store.finish();
  t.equal(await run, true);
  t.strictSame(told, ['full', 'mended']);
});

await t.test('the grace time ends a stop whose writes fail', async (t) => {
  const { store, set, stop, run, pass, waits, journal } = running(t);
  set('a', 1);
  await stop();
  await store.finish(FULL);
  await pass(5000);
  t.equal(await run, false);
  await turn();
  t.equal(waits.size, 0);
  t.notOk(store.isWriting, 'nothing goes on afterwards');
  t.equal(journal.counts().waiting, 1);
});

await t.test('the grace time ends a stop whose write never ends', async (t) => {
  const { store, set, stop, run, pass } = running(t);
  set('a', 1);
  await stop();
  t.ok(store.isWriting);
  await pass(5000);
  t.equal(await run, false);
});

await t.test('what is no fault of the disk ends the journal', async (t) => {
  const broken = new TypeError('broken');
  for (const isStopping of [false, true]) {
    const { store, set, stop, run, pass, told } = running(t);
    set('a', 1);
    const failed = t.rejects(run, broken);
    await (isStopping ? stop() : pass());
    await store.finish(broken);
    await failed;
    t.strictSame(told, []);
  }
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
      const { store, owner, set, waits, pass, stop, run, journal } = running(t, { recordsMax: 2 });
      const goOn = async () => {
        const [ms] = waits.keys();
        if (!store.isWriting && ms !== undefined) await pass(ms);
      };
      for (const each of steps) {
        if (typeof each !== 'string') set(...each);
        else if (store.isWriting) await store.finish(each === 'failed' ? FULL : undefined);
        else await goOn();
      }
      await stop();
      while (store.isWriting) await store.finish();
      t.equal(await run, true);
      t.strictSame([...store.content].sort(), [...owner].sort());
      t.equal(journal.counts().waiting, 0);
    }),
  );
});
