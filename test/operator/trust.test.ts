import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { runTrust } from '../../src/operator/trust.js';
import { type TrustArguments, trustArguments } from '../../src/operator/trust-arguments.js';
import { readTrustWords, TRUST_BYTES_MAX, TRUST_FILE } from '../../src/wire/trust-word.js';

const AT = Date.UTC(2026, 10, 21, 1, 45);

function operator(t: Test, directory = t.testdir()) {
  const path = join(directory, TRUST_FILE);
  const said = (...args: string[]) => {
    const lines: string[] = [];
    const tell = (line: string) => void lines.push(line);
    const code = runTrust({
      arguments: trustArguments(args) as Exclude<TrustArguments, Error | { command: 'help' }>,
      directory,
      console: { log: tell, error: tell },
      now: () => AT,
    });
    return { code, lines };
  };
  return { path, said, words: () => readTrustWords(readFileSync(path, 'utf8')) };
}

await t.test('a word is left for the exporter, and taken back with another one', async (t) => {
  const { path, said, words } = operator(t);
  t.strictSame(said('--list'), { code: 0, lines: ['nobody is trusted by word'] });
  t.strictSame(said('--list', '--json'), { code: 0, lines: [] });
  t.match(said('100@203.0.113.9', 'sales@acme@2001:db8::1'), {
    code: 0,
    lines: [/^100@203\.0\.113\.9 is at home there from now on/, /^sales@acme@2001:db8::1 is at home/],
  });
  t.equal(statSync(path).mode & 0o777, 0o600);
  t.equal(statSync(path).uid, statSync(join(path, '..')).uid);
  t.strictSame(words(), {
    faults: 0,
    words: [
      { account: '100', address: '203.0.113.9', isTrusted: true, at: AT },
      { account: 'sales@acme', address: '2001:db8::1', isTrusted: true, at: AT },
    ],
  });
  t.match(said('--remove', '100@203.0.113.9'), { code: 0, lines: [/is at home there no more$/] });
  t.strictSame(said('--list').lines, ['sales@acme@2001:db8::1 since 2026-11-21T01:45:00.000Z']);
  t.strictSame(said('--list', '--json').lines, [`{"account":"sales@acme","address":"2001:db8::1","at":${AT}}`]);
});

await t.test('a line that somebody did not end costs no other one', async (t) => {
  const { path, said, words } = operator(t);
  said('100@203.0.113.9');
  appendFileSync(path, '{"v":1,"acc');
  said('101@203.0.113.9');
  t.match(words(), { faults: 1, words: [{ account: '100' }, { account: '101' }] });
});

await t.test('a file that is full is not added to', async (t) => {
  const { path, said } = operator(t);
  writeFileSync(path, `${'x'.repeat(TRUST_BYTES_MAX - 50)}\n`);
  t.match(said('100@203.0.113.9'), { code: 73, lines: [/trusted\.jsonl is full\. Move it away/] });
  t.equal(statSync(path).size, TRUST_BYTES_MAX - 49);
});

await t.test('what is no plain file of its own is left alone', async (t) => {
  const directory = t.testdir({ other: 'precious' });
  const { path, said } = operator(t, directory);
  symlinkSync(join(directory, 'other'), path);
  t.match(said('100@203.0.113.9'), { code: 73, lines: [/is a link, and is left alone/] });
  t.match(said('--list'), { code: 73 });
  rmSync(path);
  linkSync(join(directory, 'other'), path);
  t.match(said('100@203.0.113.9'), { code: 73, lines: [/is no plain file, and is left alone/] });
  t.equal(readFileSync(join(directory, 'other'), 'utf8'), 'precious');
  rmSync(path);
  mkdirSync(path);
  t.match(said('100@203.0.113.9'), { code: 73, lines: [/EISDIR/] });
});

await t.test('without the directory, or the right to it, that is said', async (t) => {
  const directory = t.testdir({ state: {} });
  t.match(operator(t, join(directory, 'nowhere')).said('100@203.0.113.9'), {
    code: 78,
    lines: [/there is no such directory/],
  });
  t.match(operator(t, join(directory, 'nowhere')).said('--list'), { code: 78 });
  writeFileSync(join(directory, 'file'), 'precious');
  t.match(operator(t, join(directory, 'file')).said('100@203.0.113.9'), {
    code: 78,
    lines: [/there is no such directory/],
  });
  t.equal(readFileSync(join(directory, 'file'), 'utf8'), 'precious');
  if (process.getuid?.() === 0) return;
  chmodSync(join(directory, 'state'), 0o500);
  t.match(operator(t, join(directory, 'state')).said('100@203.0.113.9'), {
    code: 77,
    lines: [/run this as the exporter's user/],
  });
});
