import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { DecisionServer } from '../../src/blocker/decision-server.js';
import type { BanResult } from '../../src/domain/ban.js';
import { handOver } from '../../src/replay/hand-over.js';
import { encodeAnswer } from '../../src/wire/ban-answer-codec.js';
import { keptLog } from '../wire/line-client.js';
import { startLineServer } from '../wire/start-line-server.js';
import { ban } from './observed.js';

const never = new AbortController().signal;
const BANS = [ban('203.0.113.9/32'), ban('203.0.113.8/32')];

/** Short: a socket's path has 107 bytes at most. */
function socketPath(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'replay-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return join(folder, 'socket');
}

/** A blocker that answers each ban with the next of these results; null: with nothing. */
async function blocker(t: Test, results: readonly (BanResult | null)[]): Promise<string> {
  const path = socketPath(t);
  const left = [...results];
  const server: Server = createServer((socket) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString();
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        const { address, port = null } = JSON.parse(line);
        const result = left.shift() ?? null;
        const reason = result === 'refused' ? 'allowlisted' : null;
        if (result !== null) socket.write(`${encodeAnswer({ address, port, result, reason })}\n`);
      }
    });
    t.teardown(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  t.teardown(() => server.close());
  return path;
}

await t.test('each ban is told with what the blocker said of it', async (t) => {
  const path = await blocker(t, ['banned', 'refused']);
  const results = await handOver(BANS, { path, silenceMs: 600_000, onLost: () => t.fail('it is there') }, never);
  t.strictSame(results, [
    { address: '203.0.113.9/32', seconds: 600, result: 'banned', reason: null },
    { address: '203.0.113.8/32', seconds: 600, result: 'refused', reason: 'allowlisted' },
  ]);
});

await t.test('a ban of a socket is told by its port, beside one of its address', async (t) => {
  const path = await blocker(t, ['banned', 'already_banned', 'banned']);
  const bans = [
    { ...ban('2001:db8::1/128'), port: 5062 },
    ban('2001:db8::1/128'),
    { ...ban('203.0.113.9/32'), port: 1 },
  ];
  const results = await handOver(bans, { path, silenceMs: 600_000, onLost: () => t.fail('it is there') }, never);
  t.strictSame(
    results.map(({ address, result }) => [address, result]),
    [
      ['[2001:db8::1]:5062', 'banned'],
      ['2001:db8::1/128', 'already_banned'],
      ['203.0.113.9:1', 'banned'],
    ],
  );
});

await t.test("the blocker's own server answers each of them", async (t) => {
  const path = socketPath(t);
  const onBan = async ({ address }: { readonly address: string }) =>
    address === BANS[0]?.address
      ? ({ result: 'already_banned', reason: null } as const)
      : ({ result: 'refused', reason: 'bans_max' } as const);
  const { onLine, onOversize } = new DecisionServer({ onBan, onUnban: async () => undefined });
  const { log } = keptLog();
  const server = await startLineServer(
    { path, mode: 0o660, gid: null, setting: 'DECISION_SOCKET', onLine, onOversize, log },
    never,
  );
  t.teardown(() => server.close());
  const results = await handOver(BANS, { path, silenceMs: 600_000, onLost: () => t.fail('it is there') }, never);
  t.strictSame(
    results.map(({ result, reason }) => [result, reason]),
    [
      ['already_banned', null],
      ['refused', 'bans_max'],
    ],
  );
});

await t.test('a blocker that says nothing is not waited for', async (t) => {
  const path = await blocker(t, ['already_banned', null]);
  const results = await handOver(BANS, { path, silenceMs: 200, onLost: () => undefined }, never);
  t.strictSame(
    results.map(({ result }) => result),
    ['already_banned', 'unanswered'],
  );
});

await t.test('where there is no blocker, why is told', async (t) => {
  const lost: string[] = [];
  const path = socketPath(t);
  const results = await handOver(BANS, { path, silenceMs: 50, onLost: (reason) => lost.push(reason) }, never);
  t.strictSame(
    results.map(({ result }) => result),
    ['unanswered', 'unanswered'],
  );
  t.match(lost[0], /there is no such socket/);
});

await t.test('without a ban nobody is called', async (t) => {
  t.strictSame(await handOver([], { path: '/nowhere', silenceMs: 1, onLost: () => t.fail('called') }, never), []);
});

await t.test('an abort ends it', async (t) => {
  const path = socketPath(t);
  const results = await handOver(BANS, { path, silenceMs: 60_000, onLost: () => undefined }, AbortSignal.abort());
  t.equal(results.length, 2);
});
