import t from 'tap';
import { isRecent, newHost, RESEND_MS, SipSession } from '../../src/detection/sip-session.js';
import type { Attempt, Probe } from '../../src/domain/attempt.js';
import { raised } from './raised-events.js';

const ATTEMPT = { kind: 'attempt', hasPassword: false, guesses: 1, account: '101' } as const;

function probe(at: number): Probe {
  const { pbx, service, remote } = raised('ChallengeSent');
  return { kind: 'probe', pbx, service, remote, at, proof: 'none' };
}

function newSession() {
  const host = newHost(raised('ChallengeSent').remote);
  const reached = { hosts: 0, sessions: 0, guesses: 0 };
  return { session: new SipSession(host, reached), host, reached };
}

await t.test('recent is what is less than 32 s away, before or behind', async (t) => {
  t.strictSame(
    [RESEND_MS - 1, RESEND_MS, -RESEND_MS + 1, -RESEND_MS].map((at) => isRecent(0, at)),
    [true, false, true, false],
  );
  t.notOk(isRecent(Number.NEGATIVE_INFINITY, 0));
  t.notOk(isRecent(undefined, 0), 'never');
});

await t.test('eight guesses are remembered; the ninth takes the place of the first', async (t) => {
  const { session, reached } = newSession();
  const isNew = (...guesses: number[]) => guesses.map((guess) => session.isNew(guess, 0));
  t.strictSame(isNew(1, 2, 3, 4, 5, 6, 7, 8), new Array(8).fill(true));
  t.strictSame(isNew(1, 2, 3, 4, 5, 6, 7, 8), new Array(8).fill(false));
  t.equal(reached.guesses, 0);
  t.strictSame(isNew(9, 2, 3, 1), [true, false, false, true], 'one that is sent again after eight others counts twice');
  t.equal(reached.guesses, 2);
});

await t.test('a guess whose time is over makes room without reaching a limit, and is new again', async (t) => {
  const { session, reached } = newSession();
  for (let guess = 1; guess <= 8; guess++) session.isNew(guess, 0);
  t.ok(session.isNew(8, RESEND_MS));
  t.notOk(session.isNew(8, RESEND_MS + 1));
  t.ok(session.isNew(9, RESEND_MS));
  t.equal(reached.guesses, 0);
});

await t.test('what it knew of another id is gone after a restart', async (t) => {
  const { session, host } = newSession();
  session.refuse('9999', 1, 0);
  session.isNew(1, 0);
  session.take(1, 5060, 0);
  session.waiting = probe(0);
  t.equal(host.waiting, 1);
  session.restart(5);
  t.equal(session.id, 5);
  t.equal(session.waiting, null);
  t.equal(host.waiting, 0);
  t.notOk(session.isGuessedAt(0));
  t.equal(session.take(1, 5060, 0), 1);
  t.ok(session.isNew(1, 0));
  t.notOk(session.isRefused(0));
  t.notOk(session.isRefusedName(1, 0));
  t.equal(session.refusedName(0), null);
});

await t.test('a host knows in how many of its sessions something waits', async (t) => {
  const { session, host } = newSession();
  const counts = [probe(0), probe(0), null, null].map((waiting) => {
    session.waiting = waiting;
    return host.waiting;
  });
  t.strictSame(counts, [1, 1, 0, 0]);
});

await t.test(
  'a name waits as long as a phone needs to answer, a challenge as long as a lost answer needs to come again',
  async (t) => {
    const { session } = newSession();
    t.notOk(session.isDue(0), 'nothing waits');
    t.notOk(session.isAnswerDue(0));
    const dueAt = (waiting: Attempt | Probe) => {
      session.waiting = waiting;
      return [999, 1_000, 7_999, 8_000].map((now) => session.isDue(now));
    };
    t.strictSame(dueAt(probe(0)), [false, false, false, true]);
    t.strictSame(dueAt({ ...probe(0), ...ATTEMPT, outcome: 'unanswered' }), [false, false, false, true]);
    t.strictSame(dueAt({ ...probe(0), ...ATTEMPT, outcome: 'unknown_account' }), [false, true, true, true]);
    t.strictSame([session.isAnswerDue(999), session.isAnswerDue(1_000)], [false, true]);
  },
);

await t.test('of the names that were refused the last one counts, for 32 s', async (t) => {
  const { session } = newSession();
  t.equal(session.refusedName(0), null);
  session.refuse('a', 1, 0);
  t.equal(session.refusedName(0), 'a');
  session.refuse('b', 2, 0);
  t.equal(session.refusedName(0), 'b');
  t.strictSame([session.isRefusedName(1, 0), session.isRefusedName(2, 0)], [false, true]);
  t.equal(session.refusedName(RESEND_MS), null);
});

await t.test('of a burst each fourth answer counts, and all of them once no device sends as many', async (t) => {
  const { session } = newSession();
  const counts = Array.from({ length: 19 }, (_, n) => session.take(1, 5060, n * 499));
  t.strictSame(counts, [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 13, 1, 1]);
  const at = 19 * 499;
  t.strictSame([session.take(2, 5060, at), session.take(2, 5061, at), session.take(2, 5061, at + 500)], [1, 1, 1]);
});

await t.test('a guess of the last 32 s has answered what is challenged', async (t) => {
  const { session } = newSession();
  t.notOk(session.isGuessedAt(0));
  session.isNew(1, 0);
  t.strictSame([session.isGuessedAt(31_999), session.isGuessedAt(32_000)], [true, false]);
});
