import t from 'tap';
import { addedText, flushedText, removedText, statusText, testedText } from '../../src/operator/answer-text.js';
import { LISTED, NOW } from '../wire/operator-fixtures.js';

const ADDRESS = '203.0.113.9/32';

await t.test('what became of a ban is told with why', async (t) => {
  const text = (result: 'banned' | 'already_banned' | 'refused', reason: string | null) =>
    addedText({ address: ADDRESS, result, reason });
  t.equal(text('banned', null), '203.0.113.9 is banned');
  t.equal(text('banned', 'unsaved'), '203.0.113.9 is banned: but it could not be saved, and ends with a restart');
  t.equal(text('already_banned', null), '203.0.113.9 is banned already, for as long or longer');
  t.equal(
    text('refused', 'allowlisted'),
    '203.0.113.9 is not banned: it is on the allowlist, or has an address that is',
  );
  t.equal(text('refused', 'something_new'), '203.0.113.9 is not banned: something_new');
  t.equal(text('refused', 'constructor'), '203.0.113.9 is not banned: constructor');
});

await t.test('the end of one ban or of all is told', async (t) => {
  t.equal(removedText('2001:db8::/64', true), '2001:db8::/64 is banned no more');
  t.equal(removedText(ADDRESS, false), '203.0.113.9 was not banned');
  t.equal(flushedText(0), 'nobody was banned');
  t.equal(flushedText(1), '1 ban ended');
  t.equal(flushedText(1_234), '1,234 bans ended');
});

await t.test('a test tells what is and what would be', async (t) => {
  t.equal(testedText(ADDRESS, { refusal: null, ban: null }, NOW), '203.0.113.9 is not banned, and can be');
  t.equal(
    testedText('10.0.0.0/8', { refusal: 'too_wide', ban: null }, NOW),
    '10.0.0.0/8 is not banned, and cannot be: the widest ban is a /16 of IPv4 or a /32 of IPv6',
  );
  t.equal(
    testedText(ADDRESS, { refusal: null, ban: LISTED }, NOW),
    '203.0.113.9 is banned (decision: brute_force) for another 55 min',
  );
  const wide = {
    ...LISTED,
    address: '203.0.113.0/24',
    origin: 'manual',
    reason: 'a\x1b[2J',
    isEnforced: false,
  } as const;
  t.equal(
    testedText(ADDRESS, { refusal: 'bans_max', ban: wide }, NOW),
    '203.0.113.9 is banned with 203.0.113.0/24 (manual: a\\x1b[2J) for another 55 min, but not in the firewall yet; a new ban would be refused: there are as many bans as there may be',
  );
});

await t.test('the status is told, and what is wrong with the firewall', async (t) => {
  const status = { firewall: 'nftables', fault: null, desired: 1, enforced: 1, verifiedAt: NOW - 3_000 };
  const limits = { bansMax: 100_000, bansPerMinute: 1_000 };
  t.equal(
    statusText({ ...status, ...limits }, NOW),
    [
      'firewall   nftables',
      'desired    1 ban',
      'enforced   1 ban',
      'verified   3 s ago',
      'limits     100,000 bans, 1,000 new a minute',
    ].join('\n'),
  );
  const broken = statusText(
    { ...status, ...limits, fault: 'nft: \x1b not permitted', verifiedAt: null, enforced: 0 },
    NOW,
  );
  t.match(broken, 'firewall   nftables: nft: \\x1b not permitted\n');
  t.match(broken, 'enforced   0 bans\nverified   not yet\n');
});
