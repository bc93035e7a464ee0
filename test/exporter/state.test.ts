import { rmSync } from 'node:fs';
import t, { type Test } from 'tap';
import { loadDetectorSettings } from '../../src/config/detector-settings.js';
import { Memory } from '../../src/detection/memory.js';
import { detectorOptions } from '../../src/detector.js';
import { ExporterState, type Saved } from '../../src/exporter/state.js';
import { StateStore } from '../../src/state/state-store.js';
import { recordedLog } from '../metrics/fixtures.js';
import { fillingDisk } from '../state/fixtures.js';

/** Everything that is marked has the same record. */
const board: Saved = { saved: () => ({ points: 1 }), load: () => 'loaded' };

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
  first.state.mark('places', '203.0.113.9');
  await first.run();
  const loaded: string[] = [];
  const log = recordedLog();
  const state = await ExporterState.open({ directory: `${t.testdirName}/state`, keysMax: 100, graceMs: 200, log });
  await state.attach({
    ...board,
    load: (section, key) => (loaded.push(`${section} ${key}`) > 1 ? 'loaded' : 'refused'),
  });
  t.same(loaded, ['places 203.0.113.9']);
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
  state.mark('places', '203.0.113.9');
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
  for (let n = 0; n < 105; n++) state.mark('places', `203.0.113.${n}`);
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
  state.mark('places', '203.0.113.9');
  await run();
  t.match(messages().slice(1), ['warn what is learnt cannot be saved', 'info what is learnt is saved again']);
});

await t.test('what was damaged is said, and does not keep it from being opened', async (t) => {
  t.testdir();
  const first = await opened(t);
  first.state.mark('places', '203.0.113.9');
  await first.run();
  rmSync(`${t.testdirName}/state/state/CURRENT`);
  const { run, messages } = await opened(t);
  t.match(messages()[0], /^warn /);
  await run();
});

await t.test('a state of 0.1.0 is told once, and is one of today afterwards', async (t) => {
  t.testdir();
  const path = `${t.testdirName}/state`;
  const old = await StateStore.open(path, { onNotice: () => t.fail(), onRefused: () => t.fail() });
  const score = [3.5, 1_795_225_500_000];
  const pair = { account: '100', service: 'PJSIP', score, times: [1, 2, 3], rhythm: [0, 0, 0, 0] };
  const address = { scores: { score }, counts: [1, 1, 1, 2], ban: [0, 0, 0], pairs: [pair] };
  await old.save('addresses', [
    ['203.0.113.9', address],
    ['203.0.113.10', { points: 1 }],
  ]);
  await old.save('accounts', [['PJSIP\x00100', { attackers: score, counts: [1, 1, 1], latest: [] }]]);
  await old.close();
  const upgraded = await remembering(path);
  t.match(upgraded.messages, ['info what was learnt before the restart', /^warn STATE_DIR was of version 0\.1\.0/]);
  t.match(upgraded.log.lines, [
    ['info', { loaded: 0, refused: 1 }],
    ['warn', { records: 2 }],
  ]);
  const today = await remembering(path);
  t.match(today.log.lines, [['info', { loaded: 4, refused: 1 }]], 'a place, its network, an account, the PBX');
  t.equal(today.messages.length, 1);
  t.match(today.memory.account('PJSIP', '100'), { homes: [{ place: '203.0.113.9', since: 1, lastAt: 3 }] });
});

/** A memory that was loaded from a directory, after all of it was saved and closed. */
async function remembering(directory: string) {
  const log = recordedLog();
  const state = await ExporterState.open({ directory, keysMax: 100, graceMs: 3_000, log });
  const loaded = loadDetectorSettings({});
  if (loaded.kind === 'faults') throw new Error(loaded.faults.join());
  const memory = new Memory({ ...detectorOptions(loaded.config), onDirty: (section, key) => state.mark(section, key) });
  await state.attach(memory);
  await state.run(AbortSignal.abort());
  return { memory, log, messages: log.lines.map(([level, , message]) => `${level} ${message}`) };
}
