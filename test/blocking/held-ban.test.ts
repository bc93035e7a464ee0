import t from 'tap';
import { BAN_SECONDS_MAX, heldBan, prolonged, secondsLeft } from '../../src/blocking/held-ban.js';
import { heldOf, prefixOf, requestOf } from './fixtures.js';

await t.test('a ban lasts from now on for its seconds', async (t) => {
  t.strictSame(heldBan(requestOf('203.0.113.9', { seconds: 60 }), 1_000), {
    prefix: prefixOf('203.0.113.9/32'),
    ban: {
      address: '203.0.113.9/32',
      since: 1_000,
      until: 61_000,
      origin: 'decision',
      reason: 'brute_force',
      pbx: 'pbx-1',
      attempts: 12,
    },
    isEnforced: false,
    packets: null,
  });
});

await t.test('what cannot be seen or is too long is not kept', async (t) => {
  const { ban } = heldBan(requestOf('203.0.113.9', { reason: 'a\u001b[2Jb\n', pbx: `\u202e${'x'.repeat(500)}` }), 0);
  t.equal(ban.reason, 'a?[2Jb?');
  t.equal(ban.pbx, `?${'x'.repeat(127)}`);
  t.equal(heldBan(requestOf('203.0.113.9', { pbx: null }), 0).ban.pbx, null);
});

await t.test('a request that no codec lets through is a fault of ours', async (t) => {
  for (const seconds of [0, -1, 1.5, Number.NaN, BAN_SECONDS_MAX + 1]) {
    t.throws(() => heldBan(requestOf('203.0.113.9', { seconds }), 0), RangeError, String(seconds));
  }
  const prefix = { ...prefixOf('203.0.113.9'), length: 24 };
  t.throws(() => heldBan({ ...requestOf('203.0.113.9'), prefix }, 0), RangeError, 'bits behind the length');
  t.doesNotThrow(() => heldBan(requestOf('203.0.113.9', { seconds: BAN_SECONDS_MAX }), 0));
});

await t.test('the kernel is told whole seconds, rounded up, from one to a year', async (t) => {
  const left = (until: number) => secondsLeft({ until }, 10_000);
  t.strictSame([left(10_001), left(11_000), left(11_001), left(9_000)], [1, 1, 2, 1]);
  t.equal(left(10_000 + (BAN_SECONDS_MAX + 9) * 1000), BAN_SECONDS_MAX);
});

const known = (origin: 'decision' | 'manual' | 'kernel') => heldOf('203.0.113.9', { origin, reason: 'known' }).ban;
const asked = (origin: 'decision' | 'manual', until: number) =>
  heldOf('203.0.113.9', { origin, reason: 'asked', since: 500, until }).ban;

await t.test('the same ban again changes nothing, nor does a shorter one', async (t) => {
  for (const origin of ['decision', 'manual'] as const) {
    const ban = known(origin);
    for (const until of [1, 1_000_000, 1_000_999]) t.equal(prolonged(ban, asked('decision', until)), ban, `${until}`);
  }
});

await t.test('a longer ban lasts longer and is explained by what is newer', async (t) => {
  const ban = prolonged(known('decision'), asked('decision', 1_001_000));
  t.match(ban, { since: 0, until: 1_001_000, origin: 'decision', reason: 'asked' });
});

await t.test("an operator's ban is never replaced by a decision, but can last longer by one", async (t) => {
  t.match(prolonged(known('manual'), asked('decision', 2_000_000)), {
    until: 2_000_000,
    origin: 'manual',
    reason: 'known',
  });
});

await t.test("an operator's word replaces a decision's, and never makes the ban shorter", async (t) => {
  t.match(prolonged(known('decision'), asked('manual', 5)), { until: 1_000_000, origin: 'manual', reason: 'asked' });
  t.match(prolonged(known('decision'), asked('manual', 2_000_000)), { until: 2_000_000, origin: 'manual' });
  t.match(prolonged(known('manual'), asked('manual', 2_000_000)), { until: 2_000_000, reason: 'asked' });
});

await t.test('what was found in the kernel gets its reason as soon as there is one', async (t) => {
  t.match(prolonged(known('kernel'), asked('decision', 5)), { until: 1_000_000, origin: 'decision', reason: 'asked' });
});
