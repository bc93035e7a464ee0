import t from 'tap';
import { Counts } from '../../src/domain/counts.js';

await t.test('each reading is what was added since the last', async (t) => {
  const counts = new Counts();
  t.strictSame(counts.readings(), []);
  counts.add('security.bans.added');
  counts.add('security.bans.added', 2);
  counts.add('blocker.repairs', 0);
  t.strictSame(counts.readings(), [{ kind: 'counter', name: 'security.bans.added', value: 3 }]);
  counts.add('security.bans.added');
  t.strictSame(counts.readings(), [{ kind: 'counter', name: 'security.bans.added', value: 1 }]);
});
