import { existsSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import t, { type Test } from 'tap';
import type { OperatedEnforcer } from '../../src/blocker/operator.js';
import { listenAll, type SocketsConfig } from '../../src/blocker/sockets.js';
import type { BanAnswer } from '../../src/domain/ban.js';
import { targetText } from '../../src/domain/ban-target.js';
import type { Decision } from '../../src/domain/decision.js';
import { ControlClient } from '../../src/operator/client.js';
import { UnixFeed } from '../../src/wire/client/unix-feed.js';
import { eventually, recordedLog } from '../metrics/fixtures.js';
import { socketPath } from '../wire/socket-path.js';

const BAN: Decision = {
  port: null,
  type: 'ban',
  address: '203.0.113.9/32',
  seconds: 60,
  reason: 'brute_force',
  at: 0,
  evidence: { pbx: 'office', service: 'PJSIP', attempts: 10, accounts: 2, since: 0, isProven: true },
};

function fakeEnforcer() {
  const asked: unknown[] = [];
  const enforcer: OperatedEnforcer = {
    list: () => [],
    ban: async (request) => {
      asked.push(request);
      return { result: 'refused', reason: 'allowlisted' };
    },
    unban: async (target, origin) => {
      asked.push([targetText(target), origin]);
      return { isEnded: false, ports: [], reason: 'not_banned' };
    },
    flush: async () => ({ ended: 0, reason: null }),
    test: () => ({ refusal: null, bannedBy: [], sockets: 0 }),
    status: () => {
      throw new Error('not asked');
    },
  };
  return { enforcer, asked };
}

const configOf = (t: Test): SocketsConfig => {
  const path = socketPath(t);
  return { decision: { socket: path }, control: { socket: `${path}c` }, blocker: { socketGroup: null } };
};

/** Hands decisions over; resolves with the answer to the first ban. */
async function decide(path: string, ...decisions: readonly Decision[]): Promise<BanAnswer | null> {
  let answer: BanAnswer | null = null;
  const done = new AbortController();
  const feed = new UnixFeed({
    path,
    graceMs: 1_000,
    onState: () => undefined,
    onAnswer: (given) => {
      answer = given;
      done.abort();
    },
  });
  for (const decision of decisions) feed.push(decision);
  await feed.run(done.signal);
  return answer;
}

await t.test('a decision is asked for, answered and counted', async (t) => {
  const config = configOf(t);
  const { enforcer, asked } = fakeEnforcer();
  const sockets = await listenAll(config, enforcer, recordedLog());
  t.teardown(() => sockets.close());
  const unban: Decision = { type: 'unban', address: '203.0.113.9/32', port: null, reason: 'forgiven', at: 0 };
  t.match(await decide(config.decision.socket, unban, { ...BAN, address: '10.0.0.0/8' }, BAN), {
    result: 'refused',
    reason: 'allowlisted',
  });
  t.match(asked, [
    ['203.0.113.9/32', 'decision'],
    { origin: 'decision', reason: 'brute_force', pbx: 'office', attempts: 10, seconds: 60 },
  ]);
  t.match(sockets.readings(), [
    { kind: 'gauge', name: 'blocker.decisions.connections' },
    { name: 'blocker.decisions.ban', value: 1 },
    { name: 'blocker.decisions.unban', value: 1 },
    { name: 'blocker.decisions.malformed.too_wide', value: 1 },
  ]);
  await eventually(() => (sockets.readings()[0]?.value === 0 ? true : null));
  t.strictSame(sockets.readings(), [{ kind: 'gauge', name: 'blocker.decisions.connections', value: 0 }]);
  const there = connect(config.decision.socket);
  t.teardown(() => there.destroy());
  await eventually(() => (sockets.readings()[0]?.value === 1 ? true : null));
});

await t.test('a decision about a socket asks for that socket alone, and is answered with its port', async (t) => {
  const config = configOf(t);
  const { enforcer, asked } = fakeEnforcer();
  const sockets = await listenAll(config, enforcer, recordedLog());
  t.teardown(() => sockets.close());
  const unban: Decision = { type: 'unban', address: '2001:db8::1/128', port: 5062, reason: 'forgiven', at: 0 };
  const answer = await decide(config.decision.socket, unban, { ...BAN, port: 5062 });
  t.strictSame(answer, { address: '203.0.113.9/32', port: 5062, result: 'refused', reason: 'allowlisted' });
  t.match(asked, [['[2001:db8::1]:5062', 'decision'], { target: { address: '203.0.113.9', length: 32, port: 5062 } }]);
});

await t.test('each socket has the mode that fits who may use it', async (t) => {
  const config = configOf(t);
  const sockets = await listenAll(
    { ...config, blocker: { socketGroup: String(process.getgid?.()) } },
    fakeEnforcer().enforcer,
    recordedLog(),
  );
  t.equal(statSync(config.decision.socket).mode & 0o777, 0o660);
  t.equal(statSync(config.control.socket).mode & 0o777, 0o600);
  const client = await ControlClient.open({ path: config.control.socket });
  t.strictSame(await client.list(), []);
  client.close();
  await sockets.close();
  t.notOk(existsSync(config.decision.socket) || existsSync(config.control.socket), 'a stop takes them away');
});

await t.test('a line that is no request is counted', async (t) => {
  const config = configOf(t);
  const sockets = await listenAll(config, fakeEnforcer().enforcer, recordedLog());
  t.teardown(() => sockets.close());
  // A decision is none.
  const done = new AbortController();
  const feed = new UnixFeed({ path: config.control.socket, graceMs: 100, onState: () => undefined });
  feed.push(BAN);
  const feeding = feed.run(done.signal);
  const reading = await eventually(() => sockets.readings()[1] ?? null);
  done.abort();
  await feeding;
  t.match(reading, { name: /^blocker\.control\.malformed\./, value: 1 });
});

await t.test('a group that is unknown, or a place that cannot be had, leaves nothing listening', async (t) => {
  const config = configOf(t);
  const listen = (changes: Partial<SocketsConfig>) =>
    listenAll({ ...config, ...changes }, fakeEnforcer().enforcer, recordedLog());
  await t.rejects(listen({ blocker: { socketGroup: 'no-such-group' } }), {
    message: /^BLOCKER_SOCKET_GROUP: there is no group no-such-group/,
  });
  await t.rejects(listen({ control: { socket: '/no/such/directory/c' } }), { message: /CONTROL_SOCKET/ });
  t.notOk(existsSync(config.decision.socket));
});

await t.test('a socket that somebody removes is made anew', async (t) => {
  const config = configOf(t);
  const stop = new AbortController();
  const sockets = await listenAll(config, fakeEnforcer().enforcer, recordedLog());
  const running = sockets.run(stop.signal);
  rmSync(config.decision.socket);
  await eventually(() => (existsSync(config.decision.socket) ? true : null));
  t.match(await decide(config.decision.socket, BAN), { result: 'refused' });
  stop.abort();
  await running;
  await sockets.close();
});
