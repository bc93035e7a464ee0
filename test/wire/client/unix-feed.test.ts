import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { BanAnswer } from '../../../src/domain/ban.js';
import { type FeedState, UnixFeed, type UnixFeedOptions } from '../../../src/wire/client/unix-feed.js';
import { decodeDecision, encodeDecision } from '../../../src/wire/decision-codec.js';
import { BAN, UNBAN } from '../decisions.js';

/** The path of a socket that is not there yet. The system allows 107 bytes of it. */
function socketPath(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'feed-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return join(folder, 's');
}

/** A blocker that keeps what it reads, and can be waited for. */
async function blocker(t: Test, path: string, options: { readonly pauseOnConnect?: boolean } = {}) {
  const sockets: Socket[] = [];
  const seen = { text: '', connections: 0 };
  let changed: () => void = () => undefined;
  const server = createServer(options, (socket) => {
    sockets.push(socket);
    seen.connections += 1;
    socket.on('error', () => undefined); // A reset by the feed, which closes when it is done.
    socket.on('data', (data) => {
      seen.text += String(data);
      changed();
    });
    changed();
  });
  server.listen(path);
  await once(server, 'listening');
  const close = async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  t.teardown(() => server.listening && close());
  const until = async (isSo: () => boolean) => {
    while (!isSo()) {
      await new Promise<void>((resolve) => {
        changed = resolve;
      });
    }
  };
  return {
    seen,
    sockets,
    close,
    lines: (count: number) => until(() => seen.text.split('\n').length > count),
    connections: (count: number) => until(() => seen.connections >= count),
  };
}

/** A feed, what it told, and a way to wait for that. Its waits between two connections take no time. */
function feedTo(t: Test, path: string, options: Partial<UnixFeedOptions> = {}) {
  const states: FeedState[] = [];
  const answers: BanAnswer[] = [];
  const waits: number[] = [];
  let changed: () => void = () => undefined;
  const feed = new UnixFeed({
    path,
    graceMs: 10_000,
    onState: (state) => {
      states.push(state);
      changed();
    },
    onAnswer: (answer) => {
      answers.push(answer);
      changed();
    },
    wait: async (ms) => {
      waits.push(ms);
      await setImmediate();
    },
    ...options,
  });
  const stop = new AbortController();
  t.teardown(() => stop.abort());
  const until = async (isSo: () => boolean) => {
    while (!isSo()) {
      await new Promise<void>((resolve) => {
        changed = resolve;
      });
    }
  };
  return { feed, stop, states, answers, waits, until, run: () => feed.run(stop.signal) };
}

const ban = (at: number) => ({ ...BAN, at });
const linesOf = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `${encodeDecision(ban(from + index))}\n`).join('');

await t.test(
  'decisions arrive as lines, in their order, whether the blocker was there before them or not',
  async (t) => {
    const path = socketPath(t);
    const { feed, run, states, until } = feedTo(t, path);
    feed.push(BAN);
    void run();
    await until(() => states.length >= 3);
    t.match(states[0], { state: 'lost', reason: /no such socket .*DECISION_SOCKET.*\[ENOENT\]/, retryMs: Number });
    const there = await blocker(t, path);
    await there.lines(1);
    feed.push(UNBAN);
    feed.push(ban(7));
    await there.lines(3);
    t.strictSame(there.seen.text.trim().split('\n').map(decodeDecision), [BAN, UNBAN, ban(7)]);
    t.match(states.at(-1), { state: 'connected' });
    t.match(feed.counts, { queued: 0, sent: 3, dropped: 0 });
  },
);

await t.test('a blocker that closes is connected with again, and what it missed is sent', async (t) => {
  const path = socketPath(t);
  const first = await blocker(t, path);
  const { feed, run, states, until } = feedTo(t, path);
  void run();
  feed.push(ban(1));
  await first.lines(1);
  await first.close();
  await until(() => states.some(({ state }) => state === 'lost'));
  t.match(states[1], { state: 'lost', reason: 'closed by the blocker' });
  feed.push(ban(2));
  const second = await blocker(t, path);
  await second.lines(1);
  t.equal(second.seen.text, linesOf(2, 3));
});

await t.test('a full queue loses its oldest decisions and counts them', async (t) => {
  const path = socketPath(t);
  const { feed, run } = feedTo(t, path, { queueMax: 100 });
  for (let at = 0; at < 250; at += 1) feed.push(ban(at));
  t.match(feed.counts, { queued: 100, sent: 0, dropped: 150 });
  const there = await blocker(t, path);
  void run();
  await there.lines(100);
  t.equal(there.seen.text, linesOf(150, 250));
  t.match(feed.counts, { queued: 0, sent: 100, dropped: 150 });
});

await t.test('ten thousand decisions wait where no other number is given', async (t) => {
  const { feed } = feedTo(t, socketPath(t));
  for (let at = 0; at < 10_001; at += 1) feed.push(BAN);
  t.match(feed.counts, { queued: 10_000, dropped: 1 });
});

await t.test('a blocker that does not read is given up; what the kernel did not take is sent again', async (t) => {
  const path = socketPath(t);
  const deaf = await blocker(t, path, { pauseOnConnect: true });
  const { feed, run, states, until } = feedTo(t, path, { writeMs: 30 });
  void run();
  // More than the socket's buffer holds.
  for (let at = 0; at < 5_000; at += 1) feed.push(ban(at));
  await until(() => states.some(({ state }) => state === 'lost'));
  t.match(states[1], { state: 'lost', reason: 'the blocker has read nothing for 30 ms' });
  const { queued, sent } = feed.counts;
  t.equal(queued + sent, 5_000);
  t.ok(sent > 0 && queued > 0, `${sent} sent, ${queued} queued`);
  await deaf.close();
  const keen = await blocker(t, path);
  const before = feed.counts.sent;
  await keen.lines(5_000 - before);
  t.ok(keen.seen.text.endsWith(linesOf(4_999, 5_000)));
  t.equal(keen.seen.text, linesOf(before, 5_000));
});

await t.test('while a write hangs the queue stays within its limit', async (t) => {
  const path = socketPath(t);
  await blocker(t, path, { pauseOnConnect: true });
  const { feed, run, states, until } = feedTo(t, path, { writeMs: 10_000, queueMax: 10, graceMs: 1 });
  void run();
  await until(() => states.length > 0);
  let pushed = 0;
  while (feed.counts.dropped === 0) {
    for (let n = 0; n < 10; n += 1) feed.push(BAN);
    pushed += 10;
    for (let n = 0; n < 4; n += 1) await setImmediate();
  }
  for (let n = 0; n < 1_000; n += 1) feed.push(BAN);
  t.ok(feed.counts.queued <= 10 + 64, `${feed.counts.queued}`);
  t.ok(feed.counts.dropped >= 900);
  const { queued, sent, dropped } = feed.counts;
  t.equal(queued + sent + dropped, pushed + 1_000, 'what is being written counts as queued');
});

await t.test('a socket that cannot be used is tried for ever, and the reason says what to do', async (t) => {
  const path = socketPath(t);
  writeFileSync(path, '');
  const cases: [RegExp, Partial<UnixFeedOptions>][] = [
    [/nothing listens.*\[ECONNREFUSED\]/, {}],
    [
      /not allowed.*group.*\[EACCES\]/,
      {
        connect: () => {
          const socket = new Socket();
          socket.destroy(Object.assign(new Error('connect EACCES'), { code: 'EACCES' }));
          return socket;
        },
      },
    ],
    [/no connection within 5 ms/, { connect: () => new Socket(), connectMs: 5 }],
    [/^connect ENOTDIR/, { path: join(path, 'below-a-file') }],
  ];
  for (const [reason, options] of cases) {
    const { run, states, until, stop, feed } = feedTo(t, path, { graceMs: 1, ...options });
    const running = run();
    feed.push(BAN);
    await until(() => states.length >= 3);
    for (const state of states) t.match(state, { state: 'lost', reason, retryMs: Number });
    stop.abort();
    t.equal(await running, 1);
  }
});

await t.test('waits double up to the longest, and begin anew after a connection that held', async (t) => {
  const path = socketPath(t);
  const clock = { now: 0 };
  const limits = { retryMinMs: 100, retryMaxMs: 500, random: () => 1 - Number.EPSILON, now: () => clock.now };
  const { run, states, waits, until } = feedTo(t, path, limits);
  void run();
  await until(() => waits.length >= 5);
  t.strictSame(waits.slice(0, 5), [100, 200, 400, 500, 500]);
  const connected = () => states.filter(({ state }) => state === 'connected').length;
  for (const [heldMs, next] of [
    [499, 500],
    [500, 100],
  ] as const) {
    const count = connected();
    const there = await blocker(t, path);
    await until(() => connected() > count);
    clock.now += heldMs;
    const at = states.length;
    await there.close();
    await until(() => states.length > at);
    t.match(states[at], { state: 'lost', retryMs: heldMs === 499 ? 500 : next });
  }
});

await t.test('answers are handed out, and what is none is counted', async (t) => {
  const path = socketPath(t);
  const there = await blocker(t, path);
  const { feed, run, answers, until } = feedTo(t, path);
  void run();
  await there.connections(1);
  const [socket] = there.sockets;
  socket?.write(`${'x'.repeat(3_000)}\nwhat?\n{"v":1,"address":"203.0.113.9/32",`);
  socket?.write('"result":"already_banned"}\n{"v":1,"address":"::1/128","result":"refused","reason":"allowlisted"}\n');
  await until(() => answers.length === 2);
  t.strictSame(answers, [
    { address: '203.0.113.9/32', port: null, result: 'already_banned', reason: null },
    { address: '::1/128', port: null, result: 'refused', reason: 'allowlisted' },
  ]);
  t.match(feed.counts, { answers: { banned: 0, already_banned: 1, refused: 1 }, malformed: 2 });
});

await t.test('answers that nobody asked for are counted all the same', async (t) => {
  const path = socketPath(t);
  const there = await blocker(t, path);
  const feed = new UnixFeed({ path, graceMs: 1, onState: () => undefined });
  const stop = new AbortController();
  const running = feed.run(stop.signal);
  await there.connections(1);
  there.sockets[0]?.write('{"v":1,"address":"203.0.113.9/32","result":"banned"}\n');
  while (feed.counts.answers.banned === 0) await setImmediate();
  stop.abort();
  t.equal(await running, 0);
});

await t.test('a stop sends what is queued, closes and ends', async (t) => {
  const path = socketPath(t);
  const there = await blocker(t, path);
  const { feed, run, stop, states, until } = feedTo(t, path);
  const running = run();
  await until(() => states.length > 0);
  for (let at = 0; at < 1_000; at += 1) feed.push(ban(at));
  stop.abort();
  t.equal(await running, 0);
  await there.lines(1_000);
  t.equal(there.seen.text, linesOf(0, 1_000));
  t.strictSame(
    states.map(({ state }) => state),
    ['connected'],
    'a stop is no loss',
  );
});

await t.test('a stop still connects for what is queued, within the grace time', async (t) => {
  const path = socketPath(t);
  const { feed, run, stop, states, until } = feedTo(t, path);
  feed.push(BAN);
  const running = run();
  await until(() => states.length > 0);
  stop.abort();
  const there = await blocker(t, path);
  t.equal(await running, 0);
  await there.lines(1);
  const late = feedTo(t, path);
  late.feed.push(ban(1));
  late.stop.abort();
  t.equal(await late.run(), 0, 'stopped before it ran');
  await there.lines(2);
});

await t.test('the grace time ends a stop, and what is unsent is told', async (t) => {
  let unwaited = 0;
  const wait = async (_ms: number, signal: AbortSignal) => {
    if (signal.aborted) unwaited += 1;
    await setImmediate();
  };
  const absent = feedTo(t, socketPath(t), { graceMs: 20, wait });
  absent.feed.push(BAN);
  absent.stop.abort();
  t.equal(await absent.run(), 1);
  t.equal(unwaited, 0, 'it waits between two tries after the stop too');
  const path = socketPath(t);
  const deaf = await blocker(t, path, { pauseOnConnect: true });
  const { feed, run, stop, states } = feedTo(t, path, { graceMs: 20, writeMs: 1e9 });
  for (let at = 0; at < 5_000; at += 1) feed.push(ban(at));
  const running = run();
  await deaf.connections(1);
  stop.abort();
  const left = await running;
  t.ok(left > 0);
  t.equal(left, feed.counts.queued);
  t.equal(left + feed.counts.sent, 5_000);
  t.equal(states.length, 1);
  const [socket] = deaf.sockets;
  if (socket !== undefined) await once(socket.resume(), 'close');
  const arrived = deaf.seen.text.split('\n').length - 1;
  t.ok(arrived >= feed.counts.sent, `${arrived} arrived: what the kernel took in part is unsent`);
});

await t.test('a stop with nothing queued ends at once: connected, or waiting to try again', async (t) => {
  const path = socketPath(t);
  const waiting = feedTo(t, path, { wait: (_ms, signal) => once(signal, 'abort').then(() => undefined) });
  const ran = waiting.run();
  await waiting.until(() => waiting.states.length > 0);
  waiting.stop.abort();
  t.equal(await ran, 0);
  await blocker(t, path);
  const connected = feedTo(t, path);
  const running = connected.run();
  await connected.until(() => connected.states.length > 0);
  connected.stop.abort();
  t.equal(await running, 0);
});
