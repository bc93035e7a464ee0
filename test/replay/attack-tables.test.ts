import t from 'tap';
import { AttackTables } from '../../src/replay/attack-tables.js';
import { AT, attempt, ban, probe, success } from './observed.js';

await t.test('an address is told with its attempts, accounts, services and times', (t) => {
  const tables = new AttackTables(10);
  tables.observed(attempt('203.0.113.9', '100', AT + 5));
  tables.observed(attempt('203.0.113.9', '100', AT + 3, 'SIP'));
  tables.observed(attempt('203.0.113.9', '101', AT + 9));
  tables.observed(attempt('203.0.113.9', null, AT + 7));
  tables.observed(probe('203.0.113.9', AT + 8));
  tables.observed(attempt('203.0.113.8', '100'));
  const { top, total, dropped } = tables.attackers(1);
  t.match({ total, dropped }, { total: 2, dropped: 0 });
  t.strictSame(top, [
    {
      address: '203.0.113.9',
      attempts: 4,
      probes: 1,
      accounts: { count: 2, isEstimate: false },
      services: ['PJSIP', 'SIP'],
      firstAt: AT + 5,
      lastAt: AT + 9,
      firstBan: null,
      spared: null,
      bans: 0,
      keptOut: 0,
    },
  ]);
  t.end();
});

await t.test('accounts are told by service, with the addresses that guessed at them', (t) => {
  const tables = new AttackTables(10);
  for (const host of [1, 2, 2]) tables.observed(attempt(`203.0.113.${host}`, '100', AT + host));
  tables.observed(attempt('203.0.113.1', '100', AT, 'SIP'));
  const of = { account: '100', firstAt: AT + 1, lastAt: AT + 2, attempts: 3 };
  t.match(tables.accounts(1).top, [{ ...of, service: 'PJSIP', addresses: { count: 2 } }]);
  t.equal(tables.accounts(1).total, 2);
  t.end();
});

await t.test('the first ban is told with the attempts up to it', (t) => {
  const tables = new AttackTables(10);
  tables.observed(attempt('203.0.113.9', '100'));
  tables.observed(attempt('203.0.113.9', '101'));
  tables.spared('lived_in');
  tables.banned(ban('203.0.113.9/32'));
  tables.observed(attempt('203.0.113.9', '102'));
  tables.keptOut();
  tables.banned(ban('203.0.113.0/24'));
  const firstBan = { at: AT, attempts: 2, reason: 'enumeration', seconds: 600, target: '203.0.113.9/32' };
  t.match(tables.attackers(1).top, [{ firstBan, bans: 2, keptOut: 1, spared: 'lived_in' }]);
  t.end();
});

await t.test("a login is no attack, and what follows from it is nobody else's", (t) => {
  const tables = new AttackTables(10);
  tables.observed(attempt('203.0.113.9', '100'));
  tables.observed(success('203.0.113.8', '100'));
  tables.banned(ban('203.0.113.8/32'));
  tables.keptOut();
  tables.spared('lived_in');
  t.match(tables.attackers(9), { total: 1, top: [{ bans: 0, keptOut: 0, spared: null }] });
  t.end();
});

await t.test("a ban of a socket is told with its port, and one for falling silent is the address's own", (t) => {
  const tables = new AttackTables(10);
  for (const host of [9, 8]) tables.observed(attempt(`203.0.113.${host}`, '100'));
  tables.banned({ ...ban('203.0.113.8/32'), port: 5062 });
  tables.judged();
  tables.spared('lived_in');
  tables.keptOut();
  tables.banned(ban('203.0.113.9/32'));
  tables.banned(ban('203.0.113.7/32'));
  const { top } = tables.attackers(9);
  t.match(top, [
    { address: '203.0.113.9', firstBan: { target: '203.0.113.9/32' }, bans: 1 },
    { address: '203.0.113.8', firstBan: { target: '203.0.113.8:5062' }, bans: 1, spared: null, keptOut: 0 },
  ]);
  t.end();
});

await t.test('beyond its limits the least go: rows by attempts, services by their order', (t) => {
  const tables = new AttackTables(2);
  for (const host of [1, 1, 2, 3]) tables.observed(attempt(`203.0.113.${host}`, `10${host}`));
  t.match(tables.attackers(9), { total: 2, dropped: 1 });
  t.match(tables.accounts(9), { total: 2, dropped: 1 });
  for (let n = 0; n < 20; n++) tables.observed(attempt('203.0.113.1', null, AT, `S${n}`));
  t.equal(tables.attackers(1).top[0]?.services.length, 8);
  t.end();
});

await t.test('of a long account 128 characters are kept', (t) => {
  const tables = new AttackTables(2);
  tables.observed(attempt('203.0.113.1', 'x'.repeat(5000)));
  t.equal(tables.accounts(1).top[0]?.account.length, 128);
  t.end();
});
