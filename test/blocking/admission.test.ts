import t from 'tap';
import { Admission } from '../../src/blocking/admission.js';
import { FakeFriends } from './fake-friends.js';
import { prefixOf } from './fixtures.js';

function admission() {
  const friends = new FakeFriends();
  friends.add('198.51.100.7');
  return { friends, admission: new Admission({ friends, bansMax: 10, bansPerMinute: 1 }) };
}

await t.test('a friend, and a network that has one in it, is not banned, returned or prolonged', async (t) => {
  const { admission: asked } = admission();
  for (const text of ['198.51.100.7', '198.51.100.0/24', '198.51.0.0/16']) {
    t.equal(asked.refusal(prefixOf(text), 0, 0), 'allowlisted', text);
    t.equal(asked.returnRefusal(prefixOf(text), 0), 'allowlisted', text);
    t.equal(asked.renewalRefusal(prefixOf(text)), 'allowlisted', text);
  }
  const stranger = prefixOf('198.51.100.8');
  t.strictSame(
    [asked.refusal(stranger, 0, 0), asked.returnRefusal(stranger, 0), asked.renewalRefusal(stranger)],
    [null, null, null],
  );
});

await t.test('a prefix is as wide as /16 of IPv4 and /32 of IPv6 and no wider', async (t) => {
  const { admission: asked } = admission();
  const refusal = (text: string) => asked.refusal(prefixOf(text), 0, 0);
  t.strictSame(['203.0.0.0/16', '2001:db8::/32'].map(refusal), [null, null]);
  t.strictSame(['203.0.0.0/15', '0.0.0.0/0', '2001:db8::/31', '::/0'].map(refusal), new Array(4).fill('too_wide'));
  t.equal(asked.returnRefusal(prefixOf('203.0.0.0/15'), 0), 'too_wide');
});

await t.test('as many bans as there may be', async (t) => {
  const { admission: asked } = admission();
  const prefix = prefixOf('203.0.113.9');
  t.strictSame([asked.refusal(prefix, 9, 0), asked.returnRefusal(prefix, 9)], [null, null]);
  t.strictSame([asked.refusal(prefix, 10, 0), asked.returnRefusal(prefix, 10)], ['bans_max', 'bans_max']);
  t.equal(asked.renewalRefusal(prefix), null);
});

await t.test(
  'as many new ones as a minute may have: asking takes no place, and those of before the start neither',
  async (t) => {
    const { admission: asked } = admission();
    const prefix = prefixOf('203.0.113.9');
    for (let n = 0; n < 5; n++) t.equal(asked.refusal(prefix, 0, 0), null);
    asked.count(0);
    t.equal(asked.refusal(prefix, 0, 59_999), 'bans_per_minute');
    t.equal(asked.returnRefusal(prefix, 0), null);
    t.equal(asked.refusal(prefix, 0, 60_000), null);
  },
);

await t.test('the friends are asked last, and not for what is refused already', async (t) => {
  const { admission: asked, friends } = admission();
  asked.refusal(prefixOf('0.0.0.0/0'), 0, 0);
  asked.refusal(prefixOf('198.51.100.7'), 10, 0);
  t.equal(friends.asked, 0);
  asked.refusal(prefixOf('198.51.100.7'), 0, 0);
  t.equal(friends.asked, 1);
});
