import t from 'tap';
import { LoginPairs } from '../../../src/sources/log/login-pairs.js';

await t.test('a second line belongs to the first one, once and for two seconds', async (t) => {
  const pairs = new LoginPairs();
  pairs.open('a', 1_000);
  t.notOk(pairs.close('b', 1_000));
  t.ok(pairs.close('a', 3_000));
  t.notOk(pairs.close('a', 3_000));
  pairs.open('a', 1_000);
  t.notOk(pairs.close('a', 3_001));
  pairs.open('a', 1_000);
  pairs.clear();
  t.notOk(pairs.close('a', 1_000));
});

await t.test('of more than 64 that wait the oldest is forgotten', async (t) => {
  const pairs = new LoginPairs();
  for (let index = 0; index < 64; index++) pairs.open(String(index), 0);
  pairs.open('0', 0);
  pairs.open('64', 0);
  t.notOk(pairs.close('1', 0));
  t.ok(pairs.close('0', 0));
  t.ok(pairs.close('2', 0));
  t.ok(pairs.close('64', 0));
});
