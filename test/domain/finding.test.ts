import t from 'tap';
import { severityRank } from '../../src/domain/finding.js';

await t.test('what is more severe has a higher rank', async (t) => {
  t.same((['info', 'warning', 'critical'] as const).map(severityRank), [0, 1, 2]);
});
