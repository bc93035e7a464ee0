import { EventEmitter, once } from 'node:events';
import t, { type Test } from 'tap';
import type { Reading } from '../../src/domain/reading.js';
import { Flusher, type FlusherOptions, type Sink } from '../../src/metrics/flusher.js';
import { recordedLog } from './fixtures.js';

const reading = (name: string): Reading => ({ kind: 'counter', name, value: 1 });

/** A sink that sends when it is told to, and numbers the windows that were taken. */
class HandSink extends EventEmitter implements Sink {
  isReady = true;
  closed = 0;
  readonly sent: string[][] = [];
  #finish: (() => void) | null = null;

  ready(): boolean {
    this.emit('asked');
    return this.isReady && this.closed === 0;
  }

  async send(readings: readonly Reading[]): Promise<void> {
    if (this.#finish !== null) throw new Error('two sends at once');
    this.sent.push(readings.map(({ name }) => name));
    this.emit('send');
    await new Promise<void>((resolve) => {
      this.#finish = resolve;
    });
  }

  finish(): void {
    this.#finish?.();
    this.#finish = null;
  }

  async close(): Promise<void> {
    this.closed += 1;
    this.finish();
  }
}

function running(t: Test, options: Partial<FlusherOptions> = {}) {
  const sink = new HandSink();
  const log = recordedLog();
  const abort = new AbortController();
  let window = 0;
  const take = () => {
    window += 1;
    return [reading(`window${window}`)];
  };
  const start = () =>
    new Flusher({
      meters: { take },
      sink,
      extra: () => [reading('health')],
      mark: () => () => undefined,
      onFlush: () => sink.emit('flushed'),
      flushMs: 1,
      graceMs: 60_000,
      log,
      ...options,
    }).run(abort.signal);
  t.teardown(() => abort.abort());
  return { sink, log, abort, start };
}

await t.test('each window is sent with the health of the program, one send after the other', async (t) => {
  const { sink, abort, start } = running(t);
  let flushes = 0;
  sink.on('flushed', () => flushes++);
  const run = start();
  for (let n = 0; n < 3; n += 1) {
    await once(sink, 'send');
    sink.finish();
  }
  abort.abort();
  await once(sink, 'send');
  sink.finish();
  t.equal(await run, true);
  t.equal(flushes, 4, 'each flush is told');
  t.same(sink.sent, [
    ['window1', 'health'],
    ['window2', 'health'],
    ['window3', 'health'],
    ['window4', 'health'],
  ]);
  t.equal(sink.closed, 1);
});

await t.test('while the sink is not ready the window goes on', async (t) => {
  const { sink, abort, start } = running(t);
  sink.isReady = false;
  const run = start();
  for (let n = 0; n < 3; n += 1) await once(sink, 'asked');
  await once(sink, 'flushed');
  t.same(sink.sent, []);
  sink.isReady = true;
  await once(sink, 'send');
  t.same(sink.sent, [['window1', 'health']]);
  sink.finish();
  abort.abort();
  await once(sink, 'send');
  sink.finish();
  t.equal(await run, true);
});

await t.test('the signal ends the wait for the next flush, and the last window is sent', async (t) => {
  const { sink, abort, start } = running(t, { flushMs: 1_000_000 });
  const run = start();
  abort.abort();
  await once(sink, 'send');
  sink.finish();
  t.equal(await run, true);
  t.same(sink.sent, [['window1', 'health']]);
});

await t.test('a signal in the middle of a send lets it end, then sends the last window', async (t) => {
  const { sink, abort, start } = running(t);
  const run = start();
  await once(sink, 'send');
  abort.abort();
  sink.finish();
  await once(sink, 'send');
  t.equal(sink.closed, 0);
  sink.finish();
  t.equal(await run, true);
  t.equal(sink.sent.length, 2);
});

await t.test('the last flush waits for the receiver, for as long as the grace time', async (t) => {
  const { sink, abort, start } = running(t, { flushMs: 1_000_000 });
  sink.isReady = false;
  const run = start();
  abort.abort();
  await once(sink, 'asked');
  await once(sink, 'asked');
  sink.isReady = true;
  await once(sink, 'send');
  sink.finish();
  t.equal(await run, true);
});

await t.test('when the grace time ends without a receiver, what was not sent is told', async (t) => {
  const { sink, abort, start, log } = running(t, { flushMs: 1_000_000, graceMs: 5 });
  sink.isReady = false;
  const run = start();
  abort.abort();
  t.equal(await run, false);
  t.same(sink.sent, []);
  t.equal(sink.closed, 1);
  t.match(log.lines, [['warn', { readings: 1 }, /grace time/]]);
});

await t.test('when the grace time ends in the middle of a send, the sink is closed', async (t) => {
  const { sink, abort, start } = running(t, { graceMs: 5 });
  const run = start();
  await once(sink, 'send');
  abort.abort();
  t.equal(await run, false);
  t.equal(sink.closed, 1);
  t.equal(sink.sent.length, 1);
});

await t.test('a signal that was aborted before the start sends one window', async (t) => {
  const { sink, abort, start } = running(t);
  abort.abort();
  const sent = once(sink, 'send');
  const run = start();
  await sent;
  sink.finish();
  t.equal(await run, true);
  t.equal(sink.sent.length, 1);
});

await t.test('the grace time holds for a signal that was aborted before the start', async (t) => {
  const { sink, abort, start } = running(t, { graceMs: 5 });
  sink.isReady = false;
  abort.abort();
  t.equal(await start(), false);
});

await t.test('what was handed out is marked as a window is taken, and told when that window was sent', async (t) => {
  const told: string[] = [];
  let marks = 0;
  const mark = () => {
    marks += 1;
    const name = `mark${marks}`;
    return () => told.push(name);
  };
  const { sink, abort, start } = running(t, { mark });
  const run = start();
  await once(sink, 'send');
  t.equal(marks, 1);
  t.same(told, []);
  sink.finish();
  await once(sink, 'send');
  t.same(told, ['mark1']);
  abort.abort();
  sink.finish();
  await once(sink, 'send');
  sink.finish();
  await run;
  t.same(told, ['mark1', 'mark2', 'mark3']);
});

await t.test('a window that was not sent to its end is not told', async (t) => {
  let told = 0;
  const { sink, abort, start } = running(t, { graceMs: 5, mark: () => () => told++ });
  const run = start();
  await once(sink, 'send');
  abort.abort();
  t.equal(await run, false);
  t.equal(told, 0);
});

await t.test('a broken promise of the program is not swallowed, and the sink is closed', async (t) => {
  const broken = () => {
    throw new Error('broken');
  };
  const { sink, start } = running(t, { extra: broken });
  await t.rejects(start(), { message: 'broken' });
  t.equal(sink.closed, 1);
});
