import t from 'tap';
import type { SipSession } from '../../src/detection/sip-session.js';
import { SipSessions } from '../../src/detection/sip-sessions.js';
import type { SecurityEvent } from '../../src/domain/security-event.js';
import { raised } from './raised-events.js';

function setUp(hostsMax = 100) {
  const forgotten: SipSession[] = [];
  const sessions = new SipSessions({ hostsMax, key: { k0: 7, k1: 8 } }, (session) => forgotten.push(session));
  const of = (n: number, at = 0, host = 9) => sessions.of(where(n, host), at);
  return { sessions, forgotten, of };
}

function where(n: number, host = 9): SecurityEvent {
  return raised('ChallengeSent', { sessionId: `call-${n}`, endpoint: `IPV4/UDP/203.0.113.${host}` });
}

await t.test('a session is found again, also after others of its host and of other hosts', async (t) => {
  const { of } = setUp();
  const first = of(1);
  const second = of(2);
  t.not(first, second);
  t.not(of(1, 0, 10), first);
  t.equal(of(1), first);
  t.equal(of(2), second);
  t.equal(first.host, second.host);
});

await t.test('the two SIP stacks of one PBX have sessions of their own', async (t) => {
  const { sessions } = setUp();
  const event = where(1);
  t.not(sessions.of({ ...event, service: 'SIP' }, 0), sessions.of(event, 0));
  t.equal(sessions.known({ ...event, service: 'SIP' }), sessions.of({ ...event, service: 'SIP' }, 0));
});

await t.test('a session is known once it was asked for', async (t) => {
  const { sessions, of } = setUp();
  t.equal(sessions.known(where(1)), null);
  const session = of(1);
  t.equal(sessions.known(where(1)), session);
  t.equal(sessions.known(where(2)), null);
});

await t.test(
  'a host has 16 sessions; of the 17th on, the one that is idle for the longest time is forgotten',
  async (t) => {
    const { sessions, forgotten, of } = setUp();
    const all = Array.from({ length: 16 }, (_, n) => of(n, n));
    of(0, 20);
    t.equal(of(16, 30), all[1]);
    t.strictSame([forgotten, sessions.reached.sessions], [[all[1]], 1]);
    t.equal(of(0, 40), all[0]);
    t.equal(of(17, 50), all[2]);
    t.equal(sessions.reached.sessions, 2);
    t.equal(all[0]?.host.sessions.length, 16);
  },
);

await t.test('a session whose time is over makes room before there are 16, and no limit is reached', async (t) => {
  const { sessions, of } = setUp();
  const [first, second] = [of(1, 0), of(2, 31_999)];
  t.equal(of(3, 32_000), first);
  t.not(of(4, 32_000), second);
  t.equal(sessions.reached.sessions, 0);
});

await t.test('a session that was closed knows nothing and is the first to make room', async (t) => {
  const { sessions, of } = setUp();
  const [first, second] = [of(1, 0), of(2, 0)];
  t.ok(second.isNew(5, 0));
  sessions.close(second);
  t.equal(of(2, 0), second);
  t.ok(second.isNew(5, 0));
  sessions.close(second);
  t.equal(of(3, 0), second);
  t.equal(of(1, 0), first);
});

await t.test('beyond the limit the host that came first is forgotten with all of its sessions', async (t) => {
  const { sessions, forgotten, of } = setUp(2);
  const old = [of(1, 0, 1), of(2, 0, 1)];
  const kept = of(1, 0, 2);
  of(1, 10, 3);
  t.strictSame([forgotten, sessions.reached.hosts], [old, 1]);
  t.equal(of(1, 10, 2), kept);
  t.notOk(old.includes(of(1, 10, 1)), 'it comes back with nothing');
  t.equal(sessions.reached.hosts, 2);
  t.equal([...sessions.hosts()].length, 2);
});

await t.test('a host that was silent for 32 s is forgotten without reaching a limit', async (t) => {
  const { sessions, of } = setUp(1);
  of(1, 0, 1);
  of(1, 32_000, 2);
  t.equal(sessions.reached.hosts, 0);
});

await t.test('a limit below one host is one', async (t) => {
  const { sessions, of } = setUp(0);
  t.equal(of(1), of(1));
  of(1, 0, 10);
  t.equal([...sessions.hosts()].length, 1);
});

await t.test('the session of a host that was forgotten is not handed out again', async (t) => {
  const { sessions, of } = setUp(1);
  const last = of(1, 0, 1);
  of(1, 0, 2);
  t.equal(sessions.known(where(1, 1)), null);
  t.not(of(1, 0, 1), last);
});
