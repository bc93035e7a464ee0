import t from 'tap';
import { Admission } from '../../src/blocking/admission.js';
import { FakeFriends } from './fake-friends.js';
import { targetOf } from './fixtures.js';

function admission() {
  const friends = new FakeFriends();
  friends.add('198.51.100.7');
  return { friends, admission: new Admission({ friends, bansMax: 10, bansPerMinute: 1 }) };
}

await t.test('a friend, and a network that has one in it, is not banned, returned or prolonged', async (t) => {
  const { admission: asked } = admission();
  for (const text of ['198.51.100.7', '198.51.100.0/24', '198.51.0.0/16']) {
    t.equal(asked.refusal(targetOf(text), 0, 0), 'allowlisted', text);
    t.equal(asked.returnRefusal(targetOf(text), 0), 'allowlisted', text);
    t.equal(asked.renewalRefusal(targetOf(text)), 'allowlisted', text);
  }
  const stranger = targetOf('198.51.100.8');
  t.strictSame(
    [asked.refusal(stranger, 0, 0), asked.returnRefusal(stranger, 0), asked.renewalRefusal(stranger)],
    [null, null, null],
  );
});

await t.test('a prefix is as wide as /16 of IPv4 and /32 of IPv6 and no wider', async (t) => {
  const { admission: asked } = admission();
  const refusal = (text: string) => asked.refusal(targetOf(text), 0, 0);
  t.strictSame(['203.0.0.0/16', '2001:db8::/32'].map(refusal), [null, null]);
  t.strictSame(['203.0.0.0/15', '0.0.0.0/0', '2001:db8::/31', '::/0'].map(refusal), new Array(4).fill('too_wide'));
  t.equal(asked.returnRefusal(targetOf('203.0.0.0/15'), 0), 'too_wide');
});

await t.test('as many bans as there may be', async (t) => {
  const { admission: asked } = admission();
  const prefix = targetOf('203.0.113.9');
  t.strictSame([asked.refusal(prefix, 9, 0), asked.returnRefusal(prefix, 9)], [null, null]);
  t.strictSame([asked.refusal(prefix, 10, 0), asked.returnRefusal(prefix, 10)], ['bans_max', 'bans_max']);
  t.equal(asked.renewalRefusal(prefix), null);
});

await t.test(
  'as many new ones as a minute may have: asking takes no place, and those of before the start neither',
  async (t) => {
    const { admission: asked } = admission();
    const prefix = targetOf('203.0.113.9');
    for (let n = 0; n < 5; n++) t.equal(asked.refusal(prefix, 0, 0), null);
    asked.count(0);
    t.equal(asked.refusal(prefix, 0, 59_999), 'bans_per_minute');
    t.equal(asked.returnRefusal(prefix, 0), null);
    t.equal(asked.refusal(prefix, 0, 60_000), null);
  },
);

await t.test('the friends are asked last, and not for what is refused already', async (t) => {
  const { admission: asked, friends } = admission();
  asked.refusal(targetOf('0.0.0.0/0'), 0, 0);
  asked.refusal(targetOf('198.51.100.7'), 10, 0);
  t.equal(friends.asked, 0);
  asked.refusal(targetOf('198.51.100.7'), 0, 0);
  t.equal(friends.asked, 1);
});

const stranger = targetOf('203.0.113.9');

await t.test('as many as the number within any 60 seconds, and then no more', async (t) => {
  const cap = new Admission({ friends: new FakeFriends(), bansMax: 10, bansPerMinute: 2 });
  const isReached = (now: number) => cap.refusal(stranger, 0, now) === 'bans_per_minute';
  t.equal(isReached(0), false, 'also at the beginning of time');
  cap.count(0);
  t.equal(isReached(30_000), false);
  cap.count(30_000);
  t.equal(isReached(30_000), true);
  t.equal(isReached(59_999), true);
  t.equal(isReached(60_000), false, 'the first is a minute old');
  cap.count(60_000);
  t.equal(isReached(89_999), true);
  t.equal(isReached(90_000), false);
});

await t.test('a clock that was set back does not stop bans for hours', async (t) => {
  const cap = new Admission({ friends: new FakeFriends(), bansMax: 10, bansPerMinute: 1 });
  cap.count(10_000_000);
  t.equal(cap.refusal(stranger, 0, 10_000_000), 'bans_per_minute');
  t.equal(cap.refusal(stranger, 0, 9_999_999), null);
});

await t.test('none at all is a number too', async (t) => {
  const cap = new Admission({ friends: new FakeFriends(), bansMax: 10, bansPerMinute: 0 });
  t.equal(cap.refusal(stranger, 0, 0), 'bans_per_minute');
});
