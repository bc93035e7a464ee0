import t from 'tap';
import { addedText, flushedText, removedText, statusText, testedText } from '../../src/operator/answer-text.js';
import { LISTED, NOW } from '../wire/operator-fixtures.js';

const ADDRESS = { address: '203.0.113.9/32', port: null };
const SOCKET = { ...ADDRESS, port: 5062 };
const NETWORK = { address: '2001:db8::/64', port: null };

await t.test('what became of a ban is told with why', async (t) => {
  const text = (result: 'banned' | 'already_banned' | 'refused', reason: string | null) =>
    addedText({ ...ADDRESS, result, reason });
  t.equal(text('banned', null), '203.0.113.9 is banned');
  t.equal(text('banned', 'unsaved'), '203.0.113.9 is banned: but it could not be saved, and ends with a restart');
  t.equal(text('already_banned', null), '203.0.113.9 is banned already, for as long or longer');
  t.equal(
    text('refused', 'allowlisted'),
    '203.0.113.9 is not banned: it is on the allowlist, or has an address that is',
  );
  t.equal(text('refused', 'something_new'), '203.0.113.9 is not banned: something_new');
  t.equal(text('refused', 'constructor'), '203.0.113.9 is not banned: constructor');
  t.equal(addedText({ ...SOCKET, result: 'banned', reason: null }), '203.0.113.9:5062 is banned');
});

await t.test('the end of one ban or of all is told', async (t) => {
  const removed = { isRemoved: true, sockets: 0, ports: [], isSaved: true };
  t.equal(removedText(NETWORK, removed), '2001:db8::/64 is banned no more');
  t.equal(removedText(ADDRESS, { ...removed, isRemoved: false }), '203.0.113.9 was not banned');
  t.equal(removedText(SOCKET, removed), '203.0.113.9:5062 is banned no more');
  t.equal(flushedText({ count: 0, isSaved: true }), 'nobody was banned');
  t.equal(flushedText({ count: 1, isSaved: true }), '1 ban ended');
  t.equal(flushedText({ count: 1_234, isSaved: true }), '1,234 bans ended');
});

await t.test('sockets that end with their address are named', async (t) => {
  const text = (isRemoved: boolean, sockets: number, ports: readonly number[]) =>
    removedText(ADDRESS, { isRemoved, sockets, ports, isSaved: true });
  t.equal(text(true, 1, [5062]), '203.0.113.9 is banned no more, nor is its socket :5062');
  t.equal(text(true, 2, [5062, 5071]), '203.0.113.9 is banned no more, nor are its sockets :5062, :5071');
  t.equal(text(false, 1, [5062]), '203.0.113.9 itself was not banned; its socket :5062 is banned no more');
  t.equal(
    text(false, 1_002, [1, 2]),
    '203.0.113.9 itself was not banned; its sockets :1, :2 and 1,000 more are banned no more',
  );
});

await t.test('an end that is not on the disk is told as that', async (t) => {
  const unsaved = 'but the disk did not take that, and a restart of the blocker may bring it back: see bans status';
  const removal = { isRemoved: true, sockets: 0, ports: [], isSaved: false };
  t.equal(removedText(ADDRESS, removal), `203.0.113.9 is banned no more; ${unsaved}`);
  t.equal(
    removedText(ADDRESS, { ...removal, sockets: 1, ports: [1] }),
    `203.0.113.9 is banned no more, nor is its socket :1; ${unsaved}`,
  );
  t.equal(flushedText({ count: 2, isSaved: false }), `2 bans ended; ${unsaved}`);
});

await t.test('a test tells what is and what would be', async (t) => {
  t.equal(testedText(ADDRESS, { refusal: null, ban: null, sockets: 0 }, NOW), '203.0.113.9 is not banned, and can be');
  t.equal(
    testedText({ address: '10.0.0.0/8', port: null }, { refusal: 'too_wide', ban: null, sockets: 0 }, NOW),
    '10.0.0.0/8 is not banned, and cannot be: the widest ban is a /16 of IPv4 or a /32 of IPv6',
  );
  t.equal(
    testedText(ADDRESS, { refusal: null, ban: LISTED, sockets: 0 }, NOW),
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
    testedText(ADDRESS, { refusal: 'bans_max', ban: wide, sockets: 0 }, NOW),
    '203.0.113.9 is banned with 203.0.113.0/24 (manual: a\\x1b[2J) for another 55 min, but not in the firewall yet; a new ban would be refused: there are as many bans as there may be',
  );
});

await t.test('a test of an address tells of its sockets, and one of a socket of its address', async (t) => {
  t.equal(
    testedText(ADDRESS, { refusal: null, ban: null, sockets: 2 }, NOW),
    '203.0.113.9 is not banned, and can be; 2 of its sockets are: see bans list',
  );
  t.match(testedText(ADDRESS, { refusal: null, ban: LISTED, sockets: 1 }, NOW), /55 min; 1 of its sockets is: see/);
  t.match(
    testedText(SOCKET, { refusal: null, ban: LISTED, sockets: 0 }, NOW),
    /^203\.0\.113\.9:5062 is banned with 203\.0\.113\.9 \(/,
  );
  const ofSocket = { ...LISTED, port: 5062 };
  t.match(testedText(SOCKET, { refusal: null, ban: ofSocket, sockets: 0 }, NOW), /^203\.0\.113\.9:5062 is banned \(/);
});

await t.test('the status is told, and what is wrong with the firewall', async (t) => {
  const status = { firewall: 'nftables', fault: null, desired: 1, sockets: 0, enforced: 1, verifiedAt: NOW - 3_000 };
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
  t.match(
    statusText({ ...status, ...limits, desired: 12, sockets: 3 }, NOW),
    /desired {4}12 bans, 3 of single sockets\n/,
  );
});
