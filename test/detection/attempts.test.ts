import t from 'tap';
import { AttemptReader } from '../../src/detection/attempts.js';
import { SECURITY_EVENT_NAMES, type SecurityEvent } from '../../src/domain/security-event.js';
import {
  deniedByAcl,
  goodPhone,
  newReader,
  raised,
  START,
  told,
  unknownDigest,
  unknownWithDigest,
  unknownWithoutDigest,
  unnamed,
  wrongPassword,
} from './raised-events.js';

const after = (seconds: number) => ({ at: START + seconds * 1000 });

/** Of each attempt that these events are, whether a password was tried. */
function guessedIn(events: readonly SecurityEvent[]): boolean[] {
  const { reader, observations } = newReader();
  for (const event of events) reader.read(event);
  reader.flush(START + 32_000);
  return observations.flatMap((observation) => ('hasPassword' in observation ? observation.hasPassword : []));
}

await t.test('an unknown user is one attempt, with or without a digest, and a guess only with one', async (t) => {
  t.strictSame(told(unknownWithoutDigest('9999')), ['unknown_account 9999']);
  t.strictSame(told(unknownWithDigest('9999', 1)), ['unknown_account 9999']);
  t.strictSame(guessedIn(unknownWithoutDigest('9999')), [false]);
  t.strictSame(guessedIn(unknownWithDigest('9999', 1)), [true]);
});

await t.test('a refused name waits a second for a password, and no longer', async (t) => {
  const { reader, observations, read } = newReader();
  t.strictSame(read(unknownWithoutDigest('9999')), []);
  reader.flush(START + 999);
  t.strictSame(observations, []);
  reader.flush(START + 1_000);
  t.match(observations, [{ outcome: 'unknown_account', account: '9999', hasPassword: false, at: START }]);
  t.strictSame(read(unknownDigest('9999', 1, after(1))), ['unknown_account 9999'], 'late, and a guess nevertheless');
  const other = { sessionId: 'call-2', account: 'b' };
  t.strictSame(read(raised('InvalidAccountID', { ...other, ...after(10) })), []);
  t.strictSame(
    read(raised('ChallengeSent', { sessionId: 'call-3', ...after(11) })),
    ['unknown_account b'],
    'the next event of its host tells it too',
  );
});

await t.test(
  'a name that a login follows in its dialog was no attempt: the endpoint was found by its second request',
  async (t) => {
    const login = raised('SuccessfulAuth', { account: '101' });
    t.strictSame(told(unknownWithoutDigest('tenant-101'), login), ['success 101']);
    t.strictSame(told(raised('FailedACL', { aclName: 'endpoint' }), login), ['success 101']);
    t.strictSame(told(unknownWithoutDigest('x', { sessionId: 'call-2' }), login), ['success 101', 'unknown_account x']);
  },
);

await t.test('a second name in the dialog tells the first', async (t) => {
  const { read } = newReader();
  t.strictSame(read(unknownWithoutDigest('a'), unknownWithoutDigest('b')), ['unknown_account a']);
});

await t.test('a challenge of a named account that nobody answers is told after 8 s', async (t) => {
  const { reader, observations, read } = newReader();
  t.strictSame(read(raised('ChallengeSent')), []);
  reader.flush(START + 7_999);
  t.strictSame(observations, []);
  reader.flush(START + 8_000);
  t.match(observations, [{ outcome: 'unanswered', account: '101', hasPassword: false, guesses: 1, at: START }]);
});

await t.test('what waits is forgotten with its Call-ID, unless a phone would have answered by now', async (t) => {
  const { read } = newReader();
  const calls = (from: number, seconds: number) =>
    Array.from({ length: 16 }, (_, n) => raised('ChallengeSent', { sessionId: `call-${from + n}`, ...after(seconds) }));
  t.strictSame(read(calls(0, 0)), []);
  t.strictSame(read(calls(16, 0.999)), [], 'each of them may well be answered yet');
  t.equal(read(calls(32, 1.999)).length, 16);
});

await t.test('a refused name that waits is told when its Call-ID must be forgotten', async (t) => {
  const { read } = newReader();
  const names = (from: number) =>
    Array.from({ length: 16 }, (_, n) => raised('InvalidAccountID', { sessionId: `call-${from + n}`, account: 'a' }));
  t.strictSame(read(names(0)), []);
  t.strictSame(read(names(16)), new Array(16).fill('unknown_account a'));
});

await t.test('a known user with a wrong password is one attempt', async (t) => {
  t.strictSame(told(wrongPassword('101', 1)), ['wrong_password 101']);
});

await t.test('an address that an ACL denies is one attempt, whatever the password was', async (t) => {
  t.strictSame(told(deniedByAcl('103', 1)), ['denied 103']);
});

await t.test('a good phone is a success and nothing else', async (t) => {
  t.strictSame(told(goodPhone('101')), ['success 101']);
  t.strictSame(told(raised('SuccessfulAuth', { account: null })), [], 'nobody is named');
});

await t.test('an observation says when, where and by whom', async (t) => {
  const { reader, observations } = newReader();
  const said = { ...after(5), endpoint: 'IPV6/TLS/2001:db8::9', port: 40_000, pbx: 'pbx-1' };
  const events = [...wrongPassword('102', 1, said), ...goodPhone('101', said)];
  const { remote } = events[0] as SecurityEvent;
  for (const event of events) reader.read(event);
  const common = { pbx: 'pbx-1', at: START + 5000, service: 'PJSIP', remote, proof: 'handshake' };
  t.strictSame(observations, [
    { kind: 'attempt', ...common, outcome: 'wrong_password', hasPassword: true, guesses: 1, account: '102' },
    { kind: 'success', ...common, account: '101', isProof: true },
  ]);
});

await t.test('an address is proven by a transport that needs answers, and by AMI', async (t) => {
  const proofs = ['UDP', 'TCP', 'TLS', 'WS', 'WSS'].map((transport) => [`IPV4/${transport}/203.0.113.9`, 'PJSIP']);
  const proofOf = ([endpoint = '', service = '']: string[]) => {
    const { reader, observations } = newReader();
    reader.read(raised('ChallengeResponseFailed', { endpoint, service }));
    return observations[0]?.proof;
  };
  t.strictSame(proofs.map(proofOf), ['none', 'handshake', 'handshake', 'handshake', 'handshake']);
  t.equal(proofOf(['IPV4/203.0.113.9', 'PJSIP']), 'none', 'a log that names no transport');
  t.equal(proofOf(['IPV4/203.0.113.9', 'AMI']), 'handshake');
  t.equal(proofOf(['IPV4/TLS/203.0.113.9', 'SIP']), 'none', 'what chan_sip says of it may be a client\u2019s text');
});

await t.test('a packet that is sent again is no new attempt', async (t) => {
  const again = (events: readonly SecurityEvent[]) => [...events, ...events, ...events];
  t.strictSame(told(again(unknownWithoutDigest('9999'))), ['unknown_account 9999']);
  t.strictSame(told(unknownWithoutDigest('9999'), again(unknownDigest('9999', 1))), ['unknown_account 9999']);
  t.strictSame(told(wrongPassword('101', 1), wrongPassword('101', 1, after(31.999))), ['wrong_password 101']);
  t.strictSame(told(again(deniedByAcl('103', 1))), ['denied 103']);
});

await t.test('after 32 s, or after a clock is set back by as much, the same is a new attempt', async (t) => {
  for (const at of [START + 32_000, START - 32_000]) {
    t.strictSame(told(wrongPassword('101', 1), wrongPassword('101', 1, { at })).length, 2);
    t.strictSame(told(unknownWithoutDigest('9999'), unknownWithoutDigest('9999', { at })).length, 2);
  }
});

await t.test('answers of one dialog, one right after the other, may be those of one try of a device', async (t) => {
  const answers = (count: number, said = {}) =>
    Array.from({ length: count }, (_, guess) => raised('ChallengeResponseFailed', { guess, ...said }));
  const tries = (count: number) => Array.from({ length: count }, () => 'wrong_password 101');
  t.strictSame(told(answers(4)), tries(1), 'an Asterisk 16 that registers');
  t.strictSame(told(answers(15)), tries(4), 'baresip with an old password');
  t.strictSame(told(answers(16)), tries(4));
  t.strictSame(told(answers(17)), [...tries(4), 'wrong_password 101 x13'], 'no device sends as many');
  const all = newReader();
  all.read(answers(300));
  t.equal(
    all.observations.reduce((sum, observation) => sum + ('guesses' in observation ? observation.guesses : 0), 0),
    300,
    'svcrack with one Call-ID: each of them counts',
  );
});

await t.test('a burst ends after half a second, with another account and with another port', async (t) => {
  const answer = (guess: number, said = {}) => raised('ChallengeResponseFailed', { guess, ...said });
  t.equal(told(answer(1), answer(2, after(0.499))).length, 1);
  t.equal(told(answer(1), answer(2, after(0.5))).length, 2);
  t.equal(told(answer(1), answer(2, { port: 5061 })).length, 2);
  t.equal(told(answer(1), answer(2, { account: '102' })).length, 2);
  t.equal(told(deniedByAcl('103', 1), deniedByAcl('103', 2), deniedByAcl('103', 2)).length, 1);
});

await t.test('a slow guesser on one Call-ID is counted once for each guess', async (t) => {
  const everySeconds = (seconds: number) =>
    [0, 1, 2, 3, 4, 5].flatMap((n) => unknownWithDigest('9999', n, after(n * seconds)));
  for (const seconds of [2, 10, 20, 31, 33, 100]) t.equal(told(everySeconds(seconds)).length, 6, `every ${seconds} s`);
});

await t.test('an answer that nobody waits for any more does not swallow a guess', async (t) => {
  const late = unknownDigest('9999', 2, after(50));
  t.strictSame(told(unknownWithoutDigest('9999'), unknownDigest('9999', 1, after(40)), late).length, 3);
  const unnamedLate = raised('ChallengeResponseFailed', { ...unnamed, guess: 1, ...after(40) });
  t.strictSame(told(unknownWithoutDigest('9999'), unnamedLate), ['unknown_account 9999', 'unknown_account null']);
});

await t.test(
  'a phone that registers again on its Call-ID with a wrong password is one attempt each time',
  async (t) => {
    t.equal(
      told(wrongPassword('101', 1), wrongPassword('101', 2, after(60)), wrongPassword('101', 3, after(120))).length,
      3,
    );
  },
);

await t.test('one Call-ID for all names hides none of them', async (t) => {
  t.strictSame(told(unknownWithoutDigest('a'), unknownWithoutDigest('b'), unknownWithoutDigest('a')), [
    'unknown_account a',
    'unknown_account b',
  ]);
  const asked = [...unknownWithoutDigest('a'), ...unknownWithoutDigest('b')];
  const answered = [unknownDigest('a', 1, after(3)), unknownDigest('b', 2, after(6)), unknownDigest('b', 3, after(9))];
  t.strictSame(told(asked, ...answered), [
    'unknown_account a',
    'unknown_account b',
    'unknown_account a',
    'unknown_account b',
    'unknown_account b',
  ]);
  t.strictSame(
    told(unknownWithoutDigest('a'), wrongPassword('101', 1), unknownDigest('a', 2)),
    ['wrong_password 101', 'unknown_account a'],
    'a name that another account follows was the way to it',
  );
});

await t.test('a response without a name and without a refused name is an attempt on nobody known', async (t) => {
  const events = [raised('ChallengeSent', unnamed), raised('ChallengeResponseFailed', { ...unnamed, guess: 1 })];
  t.strictSame(told(events), ['unknown_account null']);
});

await t.test('an empty account is none', async (t) => {
  t.strictSame(told(raised('InvalidAccountID', { account: '' })), ['unknown_account null']);
  t.strictSame(told(raised('FailedACL', { account: null, aclName: 'x' })), ['denied null']);
  t.strictSame(told(raised('ChallengeResponseFailed', { account: null, guess: 1 })), ['wrong_password null']);
});

await t.test('what fails after the right password is no attempt', async (t) => {
  const registrar = { aclName: 'registrar_attempt_exceeds_maximum_configured_contacts' };
  t.strictSame(told(goodPhone('101'), raised('FailedACL', registrar)), ['success 101']);
  t.strictSame(told(goodPhone('101'), raised('RequestNotSupported')), ['success 101']);
  t.strictSame(told(raised('FailedACL', { ...registrar, service: 'SIP' })).length, 1, 'only PJSIP says so');
});

await t.test('a success ends what was known of its Call-ID', async (t) => {
  t.strictSame(told(unknownWithoutDigest('9999'), goodPhone('101'), unknownDigest('9999', 1)), [
    'success 101',
    'unknown_account 9999',
  ]);
});

await t.test('events that are no guess give nothing', async (t) => {
  const guesses = ['InvalidAccountID', 'InvalidPassword', 'ChallengeResponseFailed', 'FailedACL', 'SuccessfulAuth'];
  for (const name of SECURITY_EVENT_NAMES.filter((name) => !guesses.includes(name))) {
    for (const service of ['PJSIP', 'SIP', 'AMI', 'IAX2']) {
      // Nobody answers this challenge.
      const expected = name === 'ChallengeSent' && /SIP/.test(service) ? ['unanswered 101'] : [];
      t.strictSame(told(raised(name, { service })), expected, name);
    }
  }
});

await t.test('chan_sip: one attempt for a password, a refused name, a pair of denials', async (t) => {
  const sip = { service: 'SIP', sessionId: '0x55ac3239f780', account: '201' };
  const password = (guess: number | null, account = '201', seconds = 0) =>
    raised('InvalidPassword', { ...sip, guess, account, ...after(seconds) });
  const challenge = raised('ChallengeSent', sip);
  t.strictSame(told(challenge, password(1), challenge, challenge), ['wrong_password 201']);
  t.strictSame(told(password(1), password(1), password(2, '201', 3)), ['wrong_password 201', 'wrong_password 201']);
  t.strictSame(told(password(null), password(null), password(null, '600')), [
    'wrong_password 201',
    'wrong_password 600',
  ]);
  t.strictSame(told(raised('InvalidAccountID', sip)), ['unknown_account 201']);
  t.strictSame(told(raised('FailedACL', sip), raised('FailedACL', sip)), ['denied 201']);
  t.strictSame(told(raised('ChallengeResponseFailed', { ...sip, guess: 1 })), ['wrong_password 201']);
  t.strictSame(told(raised('InvalidTransport', sip)), []);
  t.strictSame(told(challenge, raised('SuccessfulAuth', sip)), ['success 201']);
  for (const name of ['InvalidTransport', 'SessionLimit'] as const)
    t.strictSame(told(challenge, raised(name, sip)), []);
  t.strictSame(told(challenge), ['unanswered 201']);
});

await t.test('chan_sip: a login is proof only where it changed a registration', async (t) => {
  const proofOf = (said: object) => {
    const { reader, observations } = newReader();
    reader.read(raised('SuccessfulAuth', said));
    return observations.map((observation) => 'isProof' in observation && observation.isProof);
  };
  t.strictSame(proofOf({ service: 'SIP' }), [false], 'an unauthenticated REGISTER that is sent twice looks the same');
  t.strictSame(proofOf({ service: 'SIP', isRegistration: true }), [true]);
  t.strictSame(
    proofOf({ service: 'SIP', isRegistration: true, usingPassword: false }),
    [false],
    'a peer without a secret',
  );
  t.strictSame(proofOf({ service: 'PJSIP' }), [true]);
});

await t.test('whoever is let in as anonymous and cannot register was never asked for a password', async (t) => {
  const anonymous = { account: 'anonymous', aclName: 'registrar_attempt_without_configured_aors' };
  const { reader, observations } = newReader();
  reader.read(raised('FailedACL', anonymous));
  t.match(observations, [{ outcome: 'denied', account: 'anonymous', hasPassword: false }], 'told at once');
  t.strictSame(told(raised('FailedACL', { ...anonymous, account: '101' })), [], 'a phone whose password was right');
});

await t.test('AMI: every failure is an attempt, for nothing is sent again', async (t) => {
  const ami = { service: 'AMI', sessionId: '0x7f5b8c0014b0', account: 'admin', endpoint: 'IPV4/TCP/203.0.113.9' };
  const twice = (event: SecurityEvent) => told(event, event);
  t.strictSame(twice(raised('InvalidAccountID', ami)), ['unknown_account admin', 'unknown_account admin']);
  t.strictSame(twice(raised('InvalidPassword', { ...ami, guess: 1 })), [
    'wrong_password admin',
    'wrong_password admin',
  ]);
  const challenge = raised('ChallengeResponseFailed', { ...ami, account: '', guess: 1 });
  t.strictSame(twice(challenge), ['wrong_password null', 'wrong_password null']);
  t.strictSame(twice(raised('FailedACL', { ...ami, aclName: 'registrar_office' })), ['denied admin', 'denied admin']);
  t.strictSame(told(raised('SuccessfulAuth', ami)), ['success admin']);
});

await t.test('a log that names no session: every failure is an attempt', async (t) => {
  for (const service of ['IAX2', 'ARI', 'SIP', 'PJSIP']) {
    const said = { service, sessionId: '', account: '301' };
    const events = (['InvalidAccountID', 'InvalidPassword', 'ChallengeResponseFailed', 'FailedACL'] as const).map(
      (name) => raised(name, said),
    );
    t.equal(told(events, events).length, 8, service);
    t.strictSame(told(raised('ChallengeSent', { ...said, ...unnamed })), [], 'no probe without a Call-ID');
    t.strictSame(told(raised('SuccessfulAuth', said)), ['success 301']);
  }
});

await t.test(
  'PJSIP in the messages log: a name refused twice and a failure on one Call-ID are one attempt',
  async (t) => {
    const refused = raised('InvalidAccountID', { account: '9999' });
    const failed = (account: string, seconds = 0) => raised('ChallengeResponseFailed', { account, ...after(seconds) });
    t.strictSame(told(refused, refused, failed('9999')), ['unknown_account 9999']);
    t.strictSame(told(refused, refused, failed('9999'), refused, failed('9999', 2)), [
      'unknown_account 9999',
      'unknown_account 9999',
    ]);
    t.strictSame(
      told(failed('101'), failed('101', 2)),
      ['wrong_password 101', 'wrong_password 101'],
      'cannot be told apart',
    );
  },
);

await t.test('without a key of its own a reader uses the process\u2019s', async (t) => {
  let observations = 0;
  const reader = new AttemptReader({ hostsMax: 1 }, () => observations++);
  const others = unknownWithDigest('9998', 2, { sessionId: 'call-2' });
  for (const event of [...unknownWithDigest('9999', 1), ...others]) reader.read(event);
  t.equal(observations, 2);
});
