import t from 'tap';
import {
  BAN_SECONDS_MAX,
  BAN_TEXT_LENGTH_MAX,
  type Ban,
  banFacts,
  banText,
  isBanText,
  prolonged,
  readBanFacts,
  secondsLeft,
} from '../../src/domain/ban.js';

const BAN: Ban = {
  address: '203.0.113.9/32',
  port: null,
  since: 0,
  until: 1_000_000,
  origin: 'decision',
  reason: 'brute_force',
  pbx: 'pbx-1',
  attempts: 12,
};

await t.test('letters of every script stay, and what turns, hides or ends a line does not', async (t) => {
  t.equal(banText('Grüße, 東京 – 50 % 😀'), 'Grüße, 東京 – 50 % 😀');
  t.equal(banText('a\0b\tc\u0085d\u2028e\u2029f\u200bg\u202eh\ud800i'), 'a?b?c?d?e?f?g?h?i');
});

await t.test('a text is cut, also in the middle of a character, and stays printable', async (t) => {
  t.equal(banText('x'.repeat(129)), 'x'.repeat(BAN_TEXT_LENGTH_MAX));
  t.equal(banText(`${'x'.repeat(127)}😀`), `${'x'.repeat(127)}?`);
  t.equal(banText(banText(`${'x'.repeat(127)}😀`)), `${'x'.repeat(127)}?`);
  for (const text of ['x'.repeat(129), 'a\nb', '\u202e', 1, null]) t.equal(isBanText(text), false, String(text));
  for (const text of ['', 'x'.repeat(128), 'Grüße']) t.equal(isBanText(text), true, text);
});

await t.test('the facts of a ban are read as they were written', async (t) => {
  const { address: _, port: __, ...facts } = BAN;
  t.strictSame(banFacts(BAN), facts);
  t.strictSame(readBanFacts(JSON.parse(JSON.stringify(BAN))), facts);
  t.equal(readBanFacts({ ...BAN, until: -1 }), null);
});

await t.test('the kernel is told whole seconds, rounded up, from one to a year', async (t) => {
  const left = (until: number) => secondsLeft({ until }, 10_000);
  t.strictSame([left(10_001), left(11_000), left(11_001), left(9_000)], [1, 1, 2, 1]);
  t.equal(left(10_000 + (BAN_SECONDS_MAX + 9) * 1000), BAN_SECONDS_MAX);
});

const known = (origin: Ban['origin']): Ban => ({ ...BAN, origin, reason: 'known' });
const asked = (origin: Ban['origin'], until: number): Ban => ({ ...BAN, origin, reason: 'asked', since: 500, until });

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
