import t from 'tap';
import type { Finding } from '../../src/domain/finding.js';
import type { Address } from '../../src/domain/remote-address.js';
import { RefusedLogins } from '../../src/replay/refused-logins.js';
import { AT, finding, success } from './observed.js';

const NONE = { logins: 0, addresses: { top: [], total: 0, dropped: 0 } };

function breakIn(address: string, of: Partial<Finding> = {}): Finding {
  return finding({ rule: 'breach', severity: 'critical', address: address as Address, account: '100', ...of });
}

await t.test('logins that a ban refused are counted by address, the most refused first', (t) => {
  const refused = new RefusedLogins(10);
  for (const host of [8, 9, 9, 7]) refused.add(success(`203.0.113.${host}`, '100'));
  const { good, guessed, unproven } = refused.view(2);
  t.strictSame(good, {
    logins: 4,
    addresses: {
      top: [
        { address: '203.0.113.9', logins: 2 },
        { address: '203.0.113.8', logins: 1 },
      ],
      total: 3,
      dropped: 0,
    },
  });
  t.strictSame([guessed, unproven], [NONE, NONE]);
  t.end();
});

await t.test('a break-in is no good login, nor are those of the same account from there that follow', (t) => {
  const refused = new RefusedLogins(10);
  refused.add(success('203.0.113.9', '100'));
  refused.found(breakIn('203.0.113.9'));
  refused.add(success('203.0.113.9', '100'));
  refused.add(success('203.0.113.9', '101'));
  refused.add(success('203.0.113.8', '100'));
  const { good, guessed } = refused.view(9);
  t.equal(guessed.logins, 2);
  t.strictSame(
    good.addresses.top.map(({ address }) => address),
    ['203.0.113.9', '203.0.113.8'],
  );
  t.end();
});

await t.test('so it is at a honeypot, and not where a finding only informs, or is of another rule', (t) => {
  for (const [of, guessed] of [
    [{ rule: 'honeypot', severity: 'warning' }, 1],
    [{ severity: 'info' }, 0],
    [{ rule: 'storm' }, 0],
    [{ address: null }, 0],
    [{ account: null }, 0],
  ] as const) {
    const refused = new RefusedLogins(10);
    refused.add(success('203.0.113.9', '100'));
    refused.found(breakIn('203.0.113.9', of));
    t.match(refused.view(9), { good: { logins: 1 - guessed }, guessed: { logins: guessed } });
  }
  t.end();
});

await t.test('a login that proves no password is counted apart', (t) => {
  const refused = new RefusedLogins(10);
  refused.add(success('203.0.113.9', '100', AT, false));
  t.match(refused.view(9), { good: NONE, unproven: { logins: 1, addresses: { top: [{ address: '203.0.113.9' }] } } });
  t.end();
});

await t.test('beyond its limit it forgets addresses, which it counts, and the oldest break-in', (t) => {
  const refused = new RefusedLogins(2);
  for (const host of [1, 1, 2, 3]) refused.add(success(`203.0.113.${host}`, '100'));
  t.match(refused.view(9).good, { logins: 4, addresses: { total: 2, dropped: 1 } });
  for (const host of [1, 2, 3]) refused.found(breakIn(`203.0.113.${host}`));
  for (const host of [1, 2, 3]) refused.add(success(`203.0.113.${host}`, '100'));
  t.match(refused.view(9), { good: { logins: 5 }, guessed: { logins: 2 } });
  t.end();
});
