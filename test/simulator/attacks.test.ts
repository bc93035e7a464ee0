import { BlockList } from 'node:net';
import t from 'tap';
import * as attacks from '../../src/simulator/attacks.js';
import type { RaisedEvent } from '../../src/simulator/frames.js';
import { seededRandom } from '../../src/simulator/random.js';

const FAILED = new Set(['InvalidAccountID', 'InvalidPassword', 'ChallengeResponseFailed']);
const failed = ({ event }: { readonly event: RaisedEvent }) => FAILED.has(event.event);

/** The steps of a sequence without end that come within some time. */
function within(ms: number, steps: Iterable<attacks.Step>): attacks.Step[] {
  const taken: attacks.Step[] = [];
  let now = 0;
  for (const step of steps) {
    now += step.waitMs;
    if (now > ms) break;
    taken.push(step);
  }
  return taken;
}

/** One line for each of the first steps: service, event, account. */
function first(count: number, steps: Iterable<attacks.Step>): string[] {
  const lines: string[] = [];
  for (const { event } of steps) {
    if (lines.push(`${event.service} ${event.event} ${event.account}`) === count) break;
  }
  return lines;
}

const minute = within(120_000, attacks.scenario(seededRandom(1)));

await t.test('the demo has some thirty failures a second, and the same seed gives the same demo', async (t) => {
  const perSecond = minute.filter(failed).length / 120;
  t.ok(perSecond > 20 && perSecond < 60, `${perSecond}`);
  t.same(within(1000, attacks.scenario(seededRandom(1))), minute.slice(0, within(1000, minute).length));
});

await t.test('only addresses that are reserved for documentation are in the demo', async (t) => {
  const documentation = new BlockList();
  for (const net of ['192.0.2.0', '198.51.100.0', '203.0.113.0']) documentation.addSubnet(net, 24);
  documentation.addSubnet('2001:db8::', 32, 'ipv6');
  const check = ({ event: { remote } }: attacks.Step) =>
    documentation.check(remote.address, remote.family === 'IPV4' ? 'ipv4' : 'ipv6');
  t.ok(minute.every(check));
});

await t.test('a good phone never raises a failure', async (t) => {
  const phones = [201, 202, 203, 204, 205].map((extension) => `192.0.2.${extension}`);
  const heard = minute.filter(({ event }) => phones.includes(event.remote.address));
  t.equal(new Set(heard.map(({ event }) => event.remote.address)).size, 5);
  t.equal(heard.filter(failed).length, 0);
  t.same(first(2, attacks.goodPhone(seededRandom(1), 201)), ['PJSIP ChallengeSent 201', 'PJSIP SuccessfulAuth 201']);
});

await t.test('once a minute a guess succeeds, after twenty that failed', async (t) => {
  const outcome = (step: attacks.Step) => (failed(step) ? '.' : step.event.event === 'SuccessfulAuth' ? '!' : '');
  const twoMinutes = within(121_000, attacks.breakIn(seededRandom(1)));
  t.equal(twoMinutes.map(outcome).join(''), `${'.'.repeat(20)}!`.repeat(2));
});

await t.test('each attack raises the bursts that Asterisk was seen to raise', async (t) => {
  t.same(first(4, attacks.enumeration(seededRandom(1))), [
    'PJSIP InvalidAccountID 100',
    'PJSIP ChallengeSent <unknown>',
    'PJSIP InvalidAccountID 101',
    'PJSIP ChallengeSent <unknown>',
  ]);
  t.same(first(2, attacks.guessing(seededRandom(1))), ['PJSIP ChallengeSent 201', 'PJSIP ChallengeResponseFailed 201']);
  t.match(first(2, attacks.chanSipGuessing(seededRandom(1))), [/^SIP ChallengeSent 10\d\d$/, /^SIP InvalidPassword/]);
  t.match(first(4, attacks.ipv6Guessing(seededRandom(1))), [
    /^PJSIP InvalidAccountID user\d+$/,
    'PJSIP ChallengeSent <unknown>',
    /^PJSIP InvalidAccountID user\d+$/,
    'PJSIP ChallengeResponseFailed <unknown>',
  ]);
  const logins = first(200, attacks.amiBruteForce(seededRandom(1)));
  t.ok(logins.every((line) => /^AMI (InvalidPassword admin|InvalidAccountID root\d+)$/.test(line)));
  t.equal(new Set(logins.map((line) => line.split(' ')[1])).size, 2);
});

await t.test('the events of one request share its session and port, and two requests do not', async (t) => {
  const [a, b, c] = within(5000, attacks.ipv6Guessing(seededRandom(1))).filter((_, index) => index % 4 !== 2);
  t.equal(a?.event.sessionId, b?.event.sessionId);
  t.equal(a?.event.remote.port, b?.event.remote.port);
  const next = within(5000, attacks.ipv6Guessing(seededRandom(1)))[4];
  t.not(next?.event.sessionId, c?.event.sessionId);
});

await t.test('forty addresses share the guesses at one account', async (t) => {
  const guesses = within(600_000, attacks.distributedGuessing(seededRandom(1)));
  t.equal(new Set(guesses.map(({ event }) => event.remote.address)).size, 40);
  t.same([...new Set(guesses.map(({ event }) => event.account))], ['2000']);
});

await t.test('an enumeration that has tried all extensions starts again', async (t) => {
  const accounts = first(2 * 9_901, attacks.enumeration(seededRandom(1))).filter((line) => line.includes('Invalid'));
  t.match(accounts.slice(-2), [/ 9999$/, / 100$/]);
});

await t.test('several sequences come in the order of time and end when all have ended', async (t) => {
  const [step] = within(1000, attacks.guessing(seededRandom(1)));
  if (step === undefined) throw new Error('no step');
  const named = (waitMs: number, account: string): attacks.Step => ({ waitMs, event: { ...step.event, account } });
  const steps = attacks.together([[named(10, 'a'), named(20, 'd')], [named(10, 'b'), named(5, 'c')], []]);
  t.same(
    [...steps].map(({ waitMs, event }) => [waitMs, event.account]),
    [
      [10, 'a'],
      [0, 'b'],
      [5, 'c'],
      [15, 'd'],
    ],
  );
});

await t.test('playing waits for each step, and raises nothing more after the signal', async (t) => {
  const stop = new AbortController();
  const raised: string[] = [];
  const [step] = within(1000, attacks.guessing(seededRandom(1)));
  if (step === undefined) throw new Error('no step');
  const steps = [0, 5, 60_000].map((waitMs) => ({ ...step, waitMs }));
  const startedAt = performance.now();
  const raise = ({ event }: RaisedEvent) => {
    if (raised.push(event) === 2) setImmediate(() => stop.abort());
  };
  await attacks.play(steps, raise, stop.signal);
  t.equal(raised.length, 2);
  t.ok(performance.now() - startedAt >= 4, 'it waited');
  await attacks.play([{ ...step, waitMs: 0 }], raise, new AbortController().signal);
  t.equal(raised.length, 3, 'the end of the steps is an end too');
});
