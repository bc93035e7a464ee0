import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { LoginTrace } from '../../src/doctor/login-trace.js';
import { amiLogLine } from './ami-log-line.js';

function traced(t: Test, written: string, file = 'security') {
  const folder = t.testdir({ [file]: amiLogLine('InvalidAccountID'), queue_log: '' });
  const trace = new LoginTrace(folder);
  appendFileSync(`${folder}/${file}`, written);
  return { folder, trace, refusal: trace.refusalOf('stats') };
}

await t.test('what was written since says why, in whichever log', (t) => {
  for (const [event, refusal] of [
    ['InvalidAccountID', 'user'],
    ['InvalidPassword', 'secret'],
    ['ChallengeResponseFailed', 'secret'],
    ['FailedACL', 'address'],
    ['SuccessfulAuth', null],
  ] as const)
    t.equal(traced(t, amiLogLine(event), 'full').refusal, refusal, event);
  const notice =
    "[Nov 21 01:44:33] NOTICE[7] manager.c: 127.0.0.1 tried to authenticate with nonexistent user 'stats'\n";
  t.equal(traced(t, notice, 'messages').refusal, 'user');
  t.end();
});

await t.test('others, other services, and what stood there before, are none of ours', (t) => {
  t.equal(traced(t, '').refusal, null);
  t.equal(traced(t, amiLogLine('InvalidPassword', { AccountID: 'admin' })).refusal, null);
  t.equal(traced(t, amiLogLine('InvalidPassword', { Service: 'PJSIP' })).refusal, null);
  t.end();
});

await t.test('where no log is, or it is gone or too new, nothing is known', (t) => {
  const folder = t.testdir({});
  const early = new LoginTrace(folder);
  writeFileSync(`${folder}/security`, amiLogLine('InvalidPassword'));
  t.equal(early.refusalOf('stats'), null);
  mkdirSync(`${folder}/messages`);
  t.equal(new LoginTrace(folder).refusalOf('stats'), null);
  const { folder: other } = traced(t, '');
  const gone = new LoginTrace(other);
  t.testdir({});
  t.equal(gone.refusalOf('stats'), null);
  t.end();
});
