import t from 'tap';
import { readLinePatterns } from '../../src/config/line-patterns.js';

await t.test('the patterns of the file are read, and every fault in it is told', async (t) => {
  const faults: string[] = [];
  const read = (text: string) => readLinePatterns('/patterns', () => Buffer.from(text), faults).map(({ text }) => text);
  t.strictSame(
    readLinePatterns(null, () => Buffer.from('x'), faults),
    [],
  );
  t.strictSame(read('please block <HOST>\n'), ['please block <HOST>']);
  t.strictSame(faults, []);
  t.strictSame(read('nothing\n'), []);
  t.strictSame(faults, ['LOG_PATTERNS_FILE, line 1: <HOST> has to be in it, once: nothing']);
  t.strictSame(
    readLinePatterns(
      '/gone',
      () => {
        throw Object.assign(new Error('gone'), { code: 'ENOENT' });
      },
      faults,
    ),
    [],
  );
  t.match(faults[1], /^LOG_PATTERNS_FILE .*\/gone/);
});
