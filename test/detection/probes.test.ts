import t from 'tap';
import type { SecurityEvent } from '../../src/domain/security-event.js';
import { goodPhone, newReader, raised, START, told, unknownWithoutDigest, unnamed } from './raised-events.js';

const after = (seconds: number) => ({ at: START + seconds * 1000 });
const challenge = (said = {}) => raised('ChallengeSent', { ...said, ...unnamed });

await t.test(
  'a challenge to a stranger that nobody answers is one probe, however often it is sent in 8 s',
  async (t) => {
    t.strictSame(told(challenge()), ['probe']);
    t.strictSame(told(challenge(), challenge(), challenge(after(7.999))), ['probe']);
    t.strictSame(told(challenge(), challenge({ sessionId: 'call-2' })), ['probe', 'probe']);
    t.strictSame(told(challenge(), challenge(after(8))), ['probe', 'probe'], 'the same Call-ID later');
  },
);

await t.test('a probe is told by the next event of its host after 8 s, or by a flush', async (t) => {
  const { reader, observations, read } = newReader();
  const other = { endpoint: 'IPV4/UDP/198.51.100.7' };
  t.strictSame(read(challenge(), raised('ChallengeResponseFailed', { sessionId: 'x', guess: 1, ...after(7.9) })), [
    'wrong_password 101',
  ]);
  t.strictSame(read(raised('ChallengeResponseFailed', { ...other, guess: 1, ...after(40) })), ['wrong_password 101']);
  t.strictSame(read(raised('ChallengeResponseFailed', { sessionId: 'x', guess: 2, ...after(40) })), [
    'probe',
    'wrong_password 101',
  ]);
  read(challenge({ ...other, ...after(50) }));
  reader.flush(START + 57_999);
  t.equal(observations.length, 0);
  reader.flush(START + 58_000);
  reader.flush(START + 99_000);
  t.match(observations, [{ kind: 'probe', at: START + 50_000 }]);
  t.equal(observations.length, 1);
});

await t.test('a probe says when and where the challenge was sent', async (t) => {
  const { reader, observations } = newReader();
  const event = challenge({ endpoint: 'IPV6/TCP/2001:db8::9', port: 4711, pbx: 'pbx-1' });
  reader.read(event);
  reader.flush(START + 32_000);
  const { pbx, at, service, remote } = event;
  t.strictSame(observations, [{ kind: 'probe', pbx, at, service, remote, proof: 'handshake' }]);
});

await t.test('a challenge that is answered, rightly or wrongly, is no probe', async (t) => {
  t.strictSame(told(challenge(), goodPhone('101')), ['success 101']);
  const answers: SecurityEvent[] = [
    raised('ChallengeResponseFailed', { guess: 1, ...after(7.999) }),
    raised('ChallengeResponseFailed', { ...unnamed, guess: 1 }),
    raised('InvalidAccountID', { account: '9999' }),
    raised('FailedACL', { aclName: 'endpoint' }),
  ];
  for (const answer of answers) t.equal(told(challenge(), answer).filter((word) => word === 'probe').length, 0);
  t.strictSame(told(challenge(), goodPhone('101', after(8))), ['probe', 'success 101'], 'too late');
});

await t.test('a challenge after a refused name belongs to that attempt, for 32 s', async (t) => {
  t.strictSame(told(unknownWithoutDigest('9999'), challenge(after(31))), ['unknown_account 9999']);
  t.strictSame(told(unknownWithoutDigest('9999'), challenge(after(33))), ['unknown_account 9999', 'probe']);
});

await t.test('a challenge that names its account is no probe, for the account is known', async (t) => {
  t.strictSame(told(raised('ChallengeSent', { account: '101' })), ['unanswered 101']);
});

await t.test('a probe is told when its Call-ID must be forgotten, unless a phone may answer it yet', async (t) => {
  const { reader, read } = newReader();
  const calls = (from: number, seconds: number) =>
    Array.from({ length: 16 }, (_, n) => challenge({ sessionId: `call-${from + n}`, ...after(seconds) }));
  read(calls(0, 0));
  t.strictSame(read(calls(16, 0.999)), []);
  t.strictSame(read(calls(32, 1.999)), new Array(16).fill('probe'));
  t.equal(reader.limitsReached.sessions, 32);
});

await t.test('a probe is told when its host must be forgotten, unless a phone may answer it yet', async (t) => {
  const { reader, read } = newReader({ hostsMax: 1 });
  const other = { endpoint: 'IPV4/UDP/198.51.100.7' };
  t.strictSame(read(challenge(), challenge({ ...other, ...after(0.999) })), []);
  t.strictSame(read(challenge(after(1.999))), ['probe']);
  t.equal(reader.limitsReached.hosts, 2);
});
