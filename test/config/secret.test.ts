import { format, inspect } from 'node:util';
import t from 'tap';
import { Secret } from '../../src/config/secret.js';

await t.test('a secret shows itself to nobody but who asks for it', async (t) => {
  const secret = new Secret('hunter2');
  t.equal(secret.reveal(), 'hunter2');
  for (const text of [
    `${secret}`,
    JSON.stringify({ secret }),
    inspect({ secret }),
    format('%o %O %s', secret, secret, secret),
  ]) {
    t.notMatch(text, 'hunter2');
  }
  t.equal(JSON.stringify({ secret }), '{"secret":"[secret]"}');
  t.equal(inspect(secret), '[secret]');
  t.equal(inspect(secret, { customInspect: false, showHidden: true }).includes('hunter2'), false);
});
