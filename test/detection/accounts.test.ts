import t from 'tap';
import { homeAt, isRoaming } from '../../src/detection/accounts.js';
import { DAY_MS, memoryOf, NOW, success } from './observed.js';

await t.test('an account is at home where it logged in', async (t) => {
  const { account } = memoryOf().login(success());
  t.match(homeAt(account, '203.0.113.9'), { place: '203.0.113.9' });
  t.equal(homeAt(account, '203.0.113.10'), null);
});

await t.test('an account with homes in three networks within a week is carried about', async (t) => {
  const { login } = memoryOf();
  const at = (address: string, days: number) => login(success({ address }), NOW + days * DAY_MS).account;
  at('198.51.100.1', 0);
  at('203.0.113.9', 1);
  t.notOk(isRoaming(at('203.0.113.10', 2), NOW + 2 * DAY_MS), 'neighbours are one network');
  const account = at('192.0.2.1', 3);
  t.ok(isRoaming(account, NOW + 3 * DAY_MS));
  t.notOk(isRoaming(account, NOW + 7 * DAY_MS), 'it has left one of them');
});
