import t from 'tap';
import { targetText } from '../../src/domain/ban-target.js';
import type { Targets } from '../../src/operator/arguments.js';
import { eachTarget } from '../../src/operator/target-lines.js';
import { target } from '../wire/operator-fixtures.js';

async function* chunks(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text);
}

async function told(targets: Targets, input: AsyncIterable<Uint8Array>, targetsMax?: number): Promise<string[]> {
  const all: string[] = [];
  for await (const each of eachTarget(targets, input, targetsMax)) {
    all.push('fault' in each ? each.fault : targetText(each));
  }
  return all;
}

await t.test('what is given is handed out in its order, and - is the lines of the input', async (t) => {
  const input = chunks('203.0.113.1\n\n  # friends\r\n203.0.113.', '2 # noisy\r\n', '203.0.113.2:5062\n2001:db8::/32');
  t.strictSame(await told([target('::1'), '-', target('::2')], input), [
    '::1/128',
    '203.0.113.1/32',
    '203.0.113.2/32',
    '203.0.113.2:5062',
    '2001:db8::/32',
    '::2/128',
  ]);
});

await t.test('the input is not touched where nobody asked for it', async (t) => {
  async function* never() {
    yield t.fail('it was read') as never;
  }
  t.strictSame(await told([target('::1')], never()), ['::1/128']);
});

await t.test('a bad line is told with its number, and the rest goes on', async (t) => {
  const input = chunks('pbx\n203.0.113.9/24\n', `${'x'.repeat(1_025)}\n`, '203.0.113.1\n');
  t.match(await told(['-'], input), [
    /^standard input, line 1: "pbx" is no IP address/,
    /^standard input, line 2: .* write 203\.0\.113\.9 for/,
    'standard input, line 3: longer than 1024 bytes',
    '203.0.113.1/32',
  ]);
});

await t.test('after the most that there may be the input is left', async (t) => {
  let isLeft = false;
  async function* endless(chunkLines = 1) {
    try {
      for (;;) yield Buffer.from('203.0.113.1\n# no address\n'.repeat(chunkLines));
    } finally {
      isLeft = true;
    }
  }
  const all = await told(['-', target('::1')], endless(), 3);
  t.strictSame(all, [
    ...Array(3).fill('203.0.113.1/32'),
    'standard input, line 7: more than 3 addresses; the rest is not read',
    '::1/128',
  ]);
  t.ok(isLeft);
  const many = await told(['-'], endless(1_000));
  t.equal(many.length, 100_001);
});

await t.test('an input that cannot be read is told, and the rest goes on', async (t) => {
  async function* folder() {
    yield Buffer.from('203.0.113.1\n');
    throw new Error('EISDIR: illegal operation on a directory, read');
  }
  t.strictSame(await told(['-', target('::1')], folder()), [
    '203.0.113.1/32',
    'standard input cannot be read: EISDIR: illegal operation on a directory, read',
    '::1/128',
  ]);
});
