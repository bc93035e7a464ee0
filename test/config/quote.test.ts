import t from 'tap';
import { quote } from '../../src/config/quote.js';

await t.test('control characters cannot reach a terminal through a quoted text', async (t) => {
  t.equal(quote('a\x1b[2J\n\x00\x9b'), "'a\\x1B[2J\\n\\x00\\x9B'");
});

await t.test('a long text is cut at 200 characters', async (t) => {
  t.equal(quote('a'.repeat(200)), `'${'a'.repeat(200)}'`);
  t.equal(quote('a'.repeat(201)), `'${'a'.repeat(200)}'...`);
});
