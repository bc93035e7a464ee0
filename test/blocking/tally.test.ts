import t from 'tap';
import { Tally } from '../../src/blocking/tally.js';

await t.test('each reading is what was added since the last', async (t) => {
  const tally = new Tally();
  t.strictSame(tally.readings(), []);
  tally.add('security.bans.added');
  tally.add('security.bans.added', 2);
  tally.add('blocker.repairs', 0);
  t.strictSame(tally.readings(), [{ kind: 'counter', name: 'security.bans.added', value: 3 }]);
  tally.add('security.bans.added');
  t.strictSame(tally.readings(), [{ kind: 'counter', name: 'security.bans.added', value: 1 }]);
});
