import { rmSync } from 'node:fs';
import t, { type Test } from 'tap';
import { ExporterState, type Saved } from '../../src/exporter/state.js';
import { recordedLog } from '../metrics/fixtures.js';
import { fillingDisk } from '../state/fixtures.js';

/** Everything that is marked has the same record. */
const board: Saved = { saved: () => ({ points: 1 }), load: () => true };

async function opened(t: Test, levels?: Parameters<typeof ExporterState.open>[0]['levels']) {
  const log = recordedLog();
  const state = await ExporterState.open({
    directory: `${t.testdirName}/state`,
    keysMax: 100,
    graceMs: 3_000,
    log,
    ...(levels === undefined ? {} : { levels }),
  });
  await state.attach(board);
  const run = () => {
    const stop = new AbortController();
    const running = state.run(stop.signal);
    stop.abort();
    return running;
  };
  return { state, run, messages: () => log.lines.map(([level, , message]) => `${level} ${message}`) };
}

await t.test('what is marked is there after a restart', async (t) => {
  t.testdir();
  const first = await opened(t);
  first.state.mark('addresses', '203.0.113.9');
  await first.run();
  const loaded: string[] = [];
  const log = recordedLog();
  const state = await ExporterState.open({ directory: `${t.testdirName}/state`, keysMax: 100, graceMs: 200, log });
  await state.attach({ ...board, load: (section, key) => loaded.push(`${section} ${key}`) > 1 });
  t.same(loaded, ['addresses 203.0.113.9']);
  t.match(log.lines.at(-1), ['info', { loaded: 0, refused: 1 }, /known again/]);
  await state.run(AbortSignal.abort());
});

await t.test('a record that cannot be saved is said, and loses no other', async (t) => {
  t.testdir();
  const { state, run, messages } = await opened(t);
  state.mark('accounts', 'x'.repeat(5_000));
  t.equal(await run(), true);
  t.match(state.readings().at(-1), { name: 'exporter.state.refused', value: 1 });
  t.match(messages(), ['info what was learnt before', 'debug a record was not saved']);
});

await t.test('a disk that is full is said once, also when the stop cannot wait for it', async (t) => {
  t.testdir();
  const { levels, fill } = fillingDisk();
  const { state, run, messages } = await opened(t, levels);
  fill(Number.POSITIVE_INFINITY);
  state.mark('addresses', '203.0.113.9');
  t.strictSame(state.readings(), [{ kind: 'gauge', name: 'exporter.state.waiting', value: 1 }]);
  t.equal(await run(), false);
  t.match(state.readings(), [
    { kind: 'gauge', name: 'exporter.state.waiting', value: 1 },
    { kind: 'counter', name: 'exporter.state.failures' },
  ]);
  t.match(messages(), [
    'info what was learnt before',
    'warn what is learnt cannot be saved',
    'warn the grace time ended before all that was learnt was saved',
  ]);
});

await t.test('changes that find no room while the disk is full are counted', async (t) => {
  t.testdir();
  const { levels, fill } = fillingDisk();
  const { state, run } = await opened(t, levels);
  fill(Number.POSITIVE_INFINITY);
  for (let n = 0; n < 105; n++) state.mark('addresses', `203.0.113.${n}`);
  t.strictSame(state.readings(), [
    { kind: 'gauge', name: 'exporter.state.waiting', value: 100 },
    { kind: 'counter', name: 'exporter.state.overflowed', value: 5 },
  ]);
  fill(0);
  t.equal(await run(), true);
});

await t.test('when the disk has room again, that is said too', async (t) => {
  t.testdir();
  const { levels, fill } = fillingDisk();
  const { state, run, messages } = await opened(t, levels);
  fill(1);
  state.mark('addresses', '203.0.113.9');
  await run();
  t.match(messages().slice(1), ['warn what is learnt cannot be saved', 'info what is learnt is saved again']);
});

await t.test('what was damaged is said, and does not keep it from being opened', async (t) => {
  t.testdir();
  const first = await opened(t);
  first.state.mark('addresses', '203.0.113.9');
  await first.run();
  rmSync(`${t.testdirName}/state/state/CURRENT`);
  const { run, messages } = await opened(t);
  t.match(messages()[0], /^warn /);
  await run();
});
