import t from 'tap';
import { BanLedger } from '../../src/replay/ban-ledger.js';
import { AT, ban, unban } from './observed.js';

await t.test('the last ban of each address counts, with what is left of it', (t) => {
  const ledger = new BanLedger(10);
  ledger.take(ban('203.0.113.9/32', 600));
  ledger.take(ban('203.0.113.9/32', 3600, AT + 600_000));
  ledger.take(ban('203.0.113.0/24', 60));
  t.strictSame(
    ledger.inForceAt(AT + 1_000_500).map(({ address, seconds }) => [address, seconds]),
    [['203.0.113.9/32', 3200]],
  );
  t.equal(ledger.all().length, 2);
  t.strictSame(ledger.sums, { decided: 3, forgotten: 0, targets: 2, byReason: { enumeration: 3 } });
  t.end();
});

await t.test('a ban ends on its second, and is never longer than it was decided', (t) => {
  const ledger = new BanLedger(10);
  ledger.take(ban('203.0.113.9/32', 600));
  t.equal(ledger.inForceAt(AT + 599_999).length, 1);
  t.equal(ledger.inForceAt(AT + 600_000).length, 0);
  t.equal(ledger.inForceAt(AT - 1_000_000)[0]?.seconds, 600, 'decided in our future');
  t.end();
});

await t.test('a ban that was ended is none', (t) => {
  const ledger = new BanLedger(10);
  ledger.take(ban('203.0.113.9/32'));
  ledger.take(unban('203.0.113.9/32'));
  t.strictSame(ledger.all(), []);
  t.match(ledger.sums, { decided: 1, targets: 0 });
  t.end();
});

await t.test('sockets of an address are targets of their own', (t) => {
  const ledger = new BanLedger(10);
  for (const port of [null, 5060, 5062, 5062]) ledger.take({ ...ban('203.0.113.9/32'), port });
  t.strictSame(
    ledger.all().map(({ port }) => port),
    [null, 5060, 5062],
  );
  t.match(ledger.sums, { decided: 4, targets: 3 });
  t.end();
});

await t.test('beyond its limit it forgets the oldest, and says so', (t) => {
  const ledger = new BanLedger(2);
  for (const host of [1, 2, 3]) ledger.take(ban(`203.0.113.${host}/32`));
  t.strictSame(
    ledger.all().map(({ address }) => address),
    ['203.0.113.2/32', '203.0.113.3/32'],
  );
  t.match(ledger.sums, { forgotten: 1 });
  t.end();
});
