import t from 'tap';
import { isRecent, RESEND_MS, type SipHost, SipSession } from '../../src/detection/sip-session.js';
import type { Probe } from '../../src/domain/attempt.js';
import { raised } from './raised-events.js';

function newSession() {
  const host: SipHost = { endpoint: raised('ChallengeSent').remote, sessions: [], probes: 0 };
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
  session.refuse('9999', 1, 'denied', 0);
  session.awaitAnswer(0);
  session.isNew(1, 0);
  session.probe = {} as Probe;
  t.equal(host.probes, 1);
  session.restart(5);
  t.equal(session.id, 5);
  t.equal(session.probe, null);
  t.equal(host.probes, 0);
  t.ok(session.isNew(1, 0));
  t.notOk(session.isRefused(0));
  t.notOk(session.isRefusedName(1, 0));
  t.notOk(session.takesAnswer(0));
  t.strictSame(session.refused(0), { outcome: 'unknown_account', account: null });
});

await t.test('a host knows how many of its sessions have a probe', async (t) => {
  const { session, host } = newSession();
  const counts = [{} as Probe, {} as Probe, null, null].map((probe) => {
    session.probe = probe;
    return host.probes;
  });
  t.strictSame(counts, [1, 1, 0, 0]);
});

await t.test('of the names that were refused the last one counts, with its outcome', async (t) => {
  const { session } = newSession();
  session.takesAnswer(0);
  session.refuse('a', 1, 'unknown_account', 0);
  t.strictSame(session.refused(0), { outcome: 'unknown_account', account: 'a' });
  session.refuse('b', 2, 'denied', 0);
  t.strictSame(session.refused(0), { outcome: 'denied', account: 'b' });
  t.strictSame([session.isRefusedName(1, 0), session.isRefusedName(2, 0)], [false, true]);
  t.strictSame(session.refused(RESEND_MS), { outcome: 'unknown_account', account: null });
});

await t.test('as many answers are taken as attempts wait for one', async (t) => {
  const { session } = newSession();
  session.awaitAnswer(0);
  session.awaitAnswer(0);
  t.strictSame(
    [1, 2, 3].map(() => session.takesAnswer(1)),
    [true, true, false],
  );
  session.awaitAnswer(0);
  session.awaitAnswer(RESEND_MS);
  t.strictSame(
    [1, 2].map(() => session.takesAnswer(RESEND_MS)),
    [true, false],
    'the first waits no more',
  );
});
