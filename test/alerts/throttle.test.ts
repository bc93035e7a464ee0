import t from 'tap';
import { Throttle, type ThrottleOptions } from '../../src/alerts/throttle.js';
import { FINDING, findingOf } from './fixtures.js';

function throttleOf(options: ThrottleOptions = {}) {
  const clock = { now: 0 };
  return { clock, throttle: new Throttle({ ...options, now: () => clock.now }) };
}

await t.test(
  'the same rule about the same subject is told once in ten minutes, then with how many were held back',
  async (t) => {
    const { clock, throttle } = throttleOf();
    t.equal(throttle.admit(FINDING), 0);
    clock.now = 599_999;
    t.equal(throttle.admit(FINDING), null);
    t.equal(throttle.admit(FINDING), null);
    clock.now = 600_000;
    t.equal(throttle.admit(FINDING), 2);
    clock.now = 1_200_000;
    t.equal(throttle.admit(FINDING), 0, 'and once only');
  },
);

await t.test('another rule, another subject and another PBX are told', async (t) => {
  const { throttle } = throttleOf();
  throttle.admit(FINDING);
  t.equal(throttle.admit({ ...FINDING, rule: 'breach' }), 0);
  t.equal(throttle.admit({ ...FINDING, pbx: 'branch' }), 0);
  t.equal(throttle.admit({ ...FINDING, subject: { kind: 'account', text: '203.0.113.9' } }), 0);
  t.equal(throttle.admit(findingOf(10)), 0);
});

await t.test('what has become more severe is told at once, and what has become less severe is not', async (t) => {
  const { throttle } = throttleOf();
  throttle.admit(FINDING);
  throttle.admit(FINDING);
  t.equal(throttle.admit({ ...FINDING, severity: 'critical' }), 1);
  t.equal(throttle.admit({ ...FINDING, severity: 'critical' }), null);
  t.equal(throttle.admit(FINDING), null);
});

await t.test(
  'beyond sixty in ten minutes only what is critical is told, and the next one tells how many were not',
  async (t) => {
    const { clock, throttle } = throttleOf();
    for (let host = 0; host < 60; host += 1) t.equal(throttle.admit(findingOf(host)), 0);
    t.equal(throttle.admit(findingOf(60)), null);
    t.equal(throttle.admit(findingOf(61)), null);
    t.equal(throttle.admit(findingOf(62, { severity: 'critical' })), 2);
    t.equal(throttle.admit(findingOf(63)), null);
    clock.now = 600_000;
    t.equal(throttle.admit(findingOf(64)), 1);
    t.equal(throttle.admit(findingOf(60)), 0, 'what was held back for its number only is no repetition');
  },
);

await t.test('so many subjects are remembered, those that were told of last', async (t) => {
  const { clock, throttle } = throttleOf({ subjectsMax: 2, everyMs: 10 });
  throttle.admit(findingOf(1));
  throttle.admit(findingOf(2));
  clock.now = 10;
  throttle.admit(findingOf(1));
  throttle.admit(findingOf(3));
  t.equal(throttle.admit(findingOf(1)), null);
  t.equal(throttle.admit(findingOf(3)), null);
  clock.now = 19;
  t.equal(throttle.admit(findingOf(2)), 0);
  t.equal(throttle.admit(findingOf(1)), 0, 'forgotten, so it is told again');
});

await t.test('the clock is one that never goes back, unless another one is given', async (t) => {
  const throttle = new Throttle();
  t.equal(throttle.admit(FINDING), 0);
  t.equal(throttle.admit(FINDING), null);
});
