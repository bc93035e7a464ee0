import fc from 'fast-check';
import t from 'tap';
import { BanPolicy, type BanPolicyOptions } from '../../src/detection/ban-policy.js';
import { addPair, befriend } from '../../src/detection/chain.js';
import { addressRecord, DAY_MS, MINUTE_MS, NOW } from './records.js';

const NO_FRIENDS = { has: () => false, overlaps: () => false };

function policyOf(own: Partial<BanPolicyOptions> = {}): BanPolicy {
  return new BanPolicy({
    banSeconds: 3600,
    banGrowth: 4,
    banSecondsMax: 100_000,
    unproven: 'short',
    unprovenSeconds: 600,
    unprovenPerMinute: 2,
    trustMs: 14 * DAY_MS,
    friends: NO_FRIENDS,
    random: () => 0.5,
    ...own,
  });
}

const proven = () => addressRecord({ score: 10, proven: 10 });
const unproven = () => addressRecord({ score: 10, proven: 5 });

await t.test('each ban of the same address is longer, up to the longest', async (t) => {
  const policy = policyOf();
  const address = proven();
  let now = NOW;
  const lengths: (number | null)[] = [];
  for (let n = 0; n < 4; n++) {
    lengths.push(policy.decide(address, now).seconds);
    now = address.bannedUntil;
  }
  t.same(lengths, [3600, 14_400, 57_600, 100_000]);
});

await t.test('after a month of good behaviour it begins anew', async (t) => {
  const policy = policyOf();
  const address = proven();
  policy.decide(address, NOW);
  t.equal(policy.decide(address, NOW + 30 * DAY_MS).seconds, 14_400);
  t.equal(policy.decide(address, NOW + 61 * DAY_MS).seconds, 3600);
});

await t.test('bans of the same moment end within a fifth of their length', async (t) => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (random) => {
      const { seconds } = policyOf({ random: () => random }).decide(proven(), NOW);
      return seconds !== null && seconds >= 3240 && seconds <= 3960;
    }),
  );
  t.not(
    policyOf({ random: () => 0 }).decide(proven(), NOW).seconds,
    policyOf({ random: () => 1 }).decide(proven(), NOW).seconds,
  );
});

await t.test('who is banned is not banned again before the end', async (t) => {
  const policy = policyOf();
  const address = proven();
  t.match(policy.decide(address, NOW), { action: 'ban', isProven: true });
  const { bannedUntil } = address;
  t.match(policy.decide(address, bannedUntil - 1), { action: 'already_banned', seconds: null });
  t.equal(address.bannedUntil, bannedUntil);
});

await t.test('a friend is never banned, nor a prefix with a friend in it', async (t) => {
  const policy = policyOf({ friends: { has: () => true, overlaps: () => true }, unproven: 'always' });
  const address = proven();
  t.match(policy.decide(address, NOW), { action: 'allowlisted', seconds: null });
  t.match(policy.decide(address.prefix, NOW), { action: 'allowlisted', seconds: null });
  t.equal(address.bannedUntil, 0);
});

await t.test('a prefix in which somebody logged in lately is not banned as a whole', async (t) => {
  const { prefix } = proven();
  prefix.friendAt = NOW - 13 * DAY_MS;
  t.match(policyOf().decide(prefix, NOW), { action: 'trusted', seconds: null });
  t.match(policyOf().decide(prefix, NOW + 2 * DAY_MS), { action: 'ban' });
});

await t.test('what may be forged is banned shortly, as all others, or not at all', async (t) => {
  t.match(policyOf().decide(unproven(), NOW), { action: 'ban', seconds: 600, isProven: false });
  t.match(policyOf({ unproven: 'always' }).decide(unproven(), NOW), { action: 'ban', seconds: 3600 });
  t.match(policyOf({ unproven: 'never' }).decide(unproven(), NOW), { action: 'unproven', seconds: null });
  t.match(policyOf({ unproven: 'never' }).decide(proven(), NOW), { action: 'ban' });
});

await t.test('short bans grow no longer than a first ban', async (t) => {
  const policy = policyOf();
  const address = unproven();
  let now = NOW;
  const lengths = [1, 2, 3, 4].map(() => {
    const { seconds } = policy.decide(address, now);
    now = address.bannedUntil;
    return seconds;
  });
  t.same(lengths.slice(0, 2), [600, 2400]);
  t.same(lengths.slice(2), [3600, 3600]);
});

await t.test('who has logged in here for a day is not banned for what others may send in his name', async (t) => {
  const address = unproven();
  befriend(address, addPair(address, '101', NOW), NOW);
  t.match(policyOf().decide(address, NOW + DAY_MS), { action: 'ban' }, 'who got in today may be who guessed');
  const friend = unproven();
  befriend(friend, addPair(friend, '101', NOW), NOW);
  t.match(policyOf().decide(friend, NOW + DAY_MS + 1), { action: 'trusted', seconds: null });
  t.match(policyOf().decide(friend, NOW + 15 * DAY_MS), { action: 'ban' }, 'trust ends');
  const proof = proven();
  befriend(proof, addPair(proof, '101', NOW), NOW);
  t.match(policyOf().decide(proof, NOW + DAY_MS + 1), { action: 'ban' }, 'but for what he did himself');
});

await t.test('bans of what may be forged are so many a minute, and others are not limited by them', async (t) => {
  const policy = policyOf();
  const actions = [1, 2, 3].map(() => policy.decide(unproven(), NOW).action);
  t.same(actions, ['ban', 'ban', 'unproven_cap']);
  t.equal(policy.decide(proven(), NOW).action, 'ban');
  t.equal(policy.decide(unproven(), NOW + MINUTE_MS).action, 'ban');
});
