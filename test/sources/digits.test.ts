import t from 'tap';
import { digits } from '../../src/sources/digits.js';

await t.test('digits are a number, and anything else among them is none', async (t) => {
  t.equal(digits('a0420z', 1, 4), 420);
  t.equal(digits('7', 0, 0), 0, 'no digits');
  for (const text of ['-1', '1.', '1:', '1/', '1e', ' 1', '\u06611', '1'])
    t.equal(digits(text, 0, 2), -1, JSON.stringify(text));
});
