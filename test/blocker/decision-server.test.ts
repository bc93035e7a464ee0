import { setImmediate } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { DecisionServer } from '../../src/blocker/decision-server.js';
import type { BanAnswer } from '../../src/domain/ban.js';
import type { Decision } from '../../src/domain/decision.js';
import { decodeAnswer } from '../../src/wire/ban-answer-codec.js';
import { UnixFeed } from '../../src/wire/client/unix-feed.js';
import { encodeDecision } from '../../src/wire/decision-codec.js';
import { BAN, UNBAN } from '../wire/decisions.js';
import { keptLog } from '../wire/line-client.js';
import { socketPath } from '../wire/socket-path.js';
import { startLineServer } from '../wire/start-line-server.js';

/** A server that bans whatever it is told to, and keeps what that was and what it answered. */
function setUp(outcome: Pick<BanAnswer, 'result' | 'reason'> = { result: 'banned', reason: null }) {
  const taken: Decision[] = [];
  const answers: string[] = [];
  const take = async (decision: Decision) => {
    taken.push(decision);
    return outcome;
  };
  const server = new DecisionServer({ onBan: take, onUnban: take });
  const reply = async (line: string) => answers.push(line) > 0;
  return { server, taken, answers, read: (line: string) => server.onLine(line, reply) };
}

await t.test('a ban is handed on and answered with what became of it', async (t) => {
  const { taken, answers, read, server } = setUp({ result: 'refused', reason: 'allowlisted' });
  await read(encodeDecision(BAN));
  t.strictSame(taken, [BAN]);
  t.strictSame(answers.map(decodeAnswer), [
    { address: BAN.address, port: null, result: 'refused', reason: 'allowlisted' },
  ]);
  t.match(server.counts, { bans: 1, unbans: 0 });
});

await t.test('the end of a ban is handed on and not answered', async (t) => {
  const { taken, answers, read, server } = setUp();
  await read(encodeDecision(UNBAN));
  t.strictSame([taken, answers], [[UNBAN], []]);
  t.match(server.counts, { bans: 0, unbans: 1 });
});

await t.test('what is no decision is counted by its fault, and nothing comes of it', async (t) => {
  const { taken, answers, read, server } = setUp();
  const lines = ['', 'ban 203.0.113.9', '{"v":3}', encodeDecision({ ...BAN, address: '0.0.0.0/0' }), 'x'.repeat(3_000)];
  for (const line of lines) await read(line);
  server.onOversize();
  t.strictSame([taken, answers], [[], []]);
  t.strictSame(
    [...server.counts.faults],
    [
      ['not_json', 2],
      ['version', 1],
      ['too_wide', 1],
      ['too_long', 2],
    ],
  );
});

async function listen(t: Test, server: DecisionServer): Promise<string> {
  const path = socketPath(t);
  const { onLine, onOversize } = server;
  const options = { path, mode: 0o660, gid: null, setting: 'DECISION_SOCKET', onLine, onOversize, log: keptLog().log };
  const stop = new AbortController();
  const lines = await startLineServer(options, stop.signal);
  t.teardown(() => lines.close());
  return path;
}

await t.test("the exporter's feed and the server understand each other", async (t) => {
  const { server, taken } = setUp();
  const path = await listen(t, server);
  const answers: BanAnswer[] = [];
  const feed = new UnixFeed({
    path,
    graceMs: 10_000,
    onState: () => undefined,
    onAnswer: (answer) => answers.push(answer),
  });
  const stop = new AbortController();
  const running = feed.run(stop.signal);
  const bans = Array.from({ length: 5_000 }, (_, at) => ({ ...BAN, at }));
  for (const ban of bans) feed.push(ban);
  feed.push(UNBAN);
  while (server.counts.unbans === 0 || answers.length < bans.length) await setImmediate();
  t.strictSame(taken, [...bans, UNBAN]);
  t.strictSame(answers[4_999], { address: BAN.address, port: null, result: 'banned', reason: null });
  t.match(feed.counts, { answers: { banned: 5_000, refused: 0 }, malformed: 0, dropped: 0 });
  t.equal(server.counts.faults.size, 0);
  stop.abort();
  t.equal(await running, 0);
});
