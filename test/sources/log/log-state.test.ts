import t from 'tap';
import type { SourceState } from '../../../src/domain/source.js';
import { LogState } from '../../../src/sources/log/log-state.js';
import { recordedLog } from '../../metrics/fixtures.js';

function newState(silenceMs = 1_000) {
  const told: SourceState[] = [];
  const time = { now: 0 };
  const { lines, ...log } = recordedLog();
  const options = { path: '/log/full', silenceMs, pollMs: 100, clock: () => time.now, log };
  const state = new LogState({ ...options, onState: (change) => told.push(change) });
  const take = () =>
    told.splice(0).map((change) => ('reason' in change ? [change.state, change.reason] : [change.state]));
  return { state, told, take, time, lines };
}

await t.test('a path that is followed is connected, once', async (t) => {
  const { state, told } = newState();
  state.path(null);
  state.path(null);
  t.strictSame(told, [{ state: 'connected' }]);
});

await t.test('a fault is told once, then each minute; another one at once', async (t) => {
  const { state, told, take, time } = newState();
  state.path('gone');
  state.path('gone');
  t.strictSame(told, [{ state: 'disconnected', reason: 'gone', retryMs: 100 }]);
  time.now = 59_999;
  state.path('gone');
  time.now = 60_000;
  state.path('gone');
  state.path('denied');
  state.path(null);
  state.path('denied');
  t.strictSame(take(), [
    ['disconnected', 'gone'],
    ['disconnected', 'gone'],
    ['disconnected', 'denied'],
    ['connected'],
    ['disconnected', 'denied'],
  ]);
});

await t.test('the first event means that it hears, once for each connection', async (t) => {
  const { state, take } = newState();
  state.event();
  t.strictSame(take(), [], 'not before it is connected: an old file is read to its end');
  state.path(null);
  state.event();
  state.event();
  state.path('gone');
  state.event();
  state.path(null);
  state.event();
  t.strictSame(take(), [['connected'], ['hearing'], ['disconnected', 'gone'], ['connected'], ['hearing']]);
});

await t.test(
  'a log to which nothing is written is deaf, says what to look at, and hears again with the first line',
  async (t) => {
    const { state, take, time } = newState();
    state.path(null);
    time.now = 999;
    state.path(null);
    t.strictSame(take(), [['connected']]);
    time.now = 1_000;
    state.path(null);
    state.path(null);
    const [[name, reason] = [], ...more] = take();
    t.equal(name, 'deaf');
    t.match(reason, /nothing was written to \/log\/full for 1 s.*logger show channels.*logger\.conf.*logger reload/);
    t.strictSame(more, []);
    state.written();
    state.event();
    t.strictSame(take(), [['connected'], ['hearing']]);
    time.now = 1_999;
    state.written();
    time.now = 2_998;
    state.path(null);
    t.strictSame(take(), []);
    time.now = 2_999;
    state.path(null);
    t.match(take(), [['deaf']]);
  },
);

await t.test('the silence is counted from when the log was there', async (t) => {
  const { state, take, time } = newState();
  state.path('gone');
  time.now = 5_000;
  state.path(null);
  state.path(null);
  t.strictSame(take(), [['disconnected', 'gone'], ['connected']]);
});

await t.test('who waits for ever is never deaf', async (t) => {
  const { state, take, time } = newState(Number.POSITIVE_INFINITY);
  state.path(null);
  time.now = 1e12;
  state.path(null);
  t.strictSame(take(), [['connected']]);
});

await t.test('a loss is told as a lost connection; one found before the log was open, after that', async (t) => {
  const { state, take } = newState();
  state.gap('damaged');
  t.strictSame(take(), []);
  state.path(null);
  t.strictSame(take(), [['connected'], ['disconnected', 'damaged'], ['connected']]);
  state.event();
  state.gap('truncated');
  state.event();
  t.strictSame(take(), [['hearing'], ['disconnected', 'truncated'], ['connected'], ['hearing']]);
  state.path('gone');
  state.path(null);
  t.strictSame(take(), [['disconnected', 'gone'], ['connected']], 'once');
});

await t.test('security events behind an unknown prefix mean deaf, told once, until one is understood', async (t) => {
  const { state, take } = newState();
  state.path(null);
  state.unknownPrefix('?\u001b[Nov 21] SECURITY[1] x');
  state.unknownPrefix('another');
  state.written();
  const [, deaf] = take();
  t.match(deaf, ['deaf', /^\/log\/full has security events behind .*: "\?\\x1b\[Nov 21\] SECURITY\[1\] x"\. Give/]);
  state.event();
  state.unknownPrefix('a client may write one');
  t.strictSame(take(), [['hearing']]);
});

await t.test('lines of which none says anything are told of after a minute, an hour, and then each day', async (t) => {
  const { state, lines, time } = newState(Number.POSITIVE_INFINITY);
  state.path(null);
  const minutes = () => lines.splice(0).map(([, fields]) => fields);
  time.now = 3_600_000;
  state.path(null);
  t.strictSame(minutes(), [], 'not where nothing was written');
  state.written();
  const told: number[] = [];
  for (const at of [1, 59_999, 60_000, 120_000, 3_600_000, 3_700_000, 86_400_000, 100_000_000, 172_800_000]) {
    time.now = 3_600_000 + at;
    state.written();
    state.path(null);
    if (lines.splice(0).length > 0) told.push(at);
  }
  t.strictSame(told, [60_000, 3_600_000, 86_400_000, 172_800_000]);
  state.event();
  time.now += 864_000_000;
  state.written();
  state.path(null);
  t.strictSame(minutes(), [], 'nor once an event came');
});
