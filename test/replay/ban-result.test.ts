import t from 'tap';
import { banLines } from '../../src/replay/ban-result.js';

await t.test('every answer has its words', (t) => {
  const of = { address: '203.0.113.9/32', seconds: 5, reason: null };
  t.strictSame(
    banLines([
      { ...of, result: 'banned' },
      { ...of, result: 'already_banned' },
      { ...of, result: 'refused', reason: 'allowlisted' },
      { ...of, result: 'unanswered' },
    ]),
    [
      '203.0.113.9/32 banned',
      '203.0.113.9/32 already banned',
      '203.0.113.9/32 refused: allowlisted',
      '203.0.113.9/32 not answered',
    ],
  );
  t.end();
});
