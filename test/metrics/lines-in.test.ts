import t from 'tap';
import { linesIn } from '../../src/metrics/lines-in.js';

await t.test('a line is what ends with a newline', async (t) => {
  t.equal(linesIn(Buffer.from('a:1|c\nb:1|c\n')), 2);
  t.equal(linesIn(Buffer.from('')), 0);
});
