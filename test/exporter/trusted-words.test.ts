import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { TrustedWords } from '../../src/exporter/trusted-words.js';
import { encodeTrustWord, TRUST_FILE, type TrustWord } from '../../src/wire/trust-word.js';
import { recordedLog } from '../metrics/fixtures.js';

const AT = 1_795_225_500_000;

function line(account: string, isTrusted = true, at = AT): string {
  return `${encodeTrustWord({ account, address: '203.0.113.9', isTrusted, at } as TrustWord)}\n`;
}

function looking(t: Test) {
  const directory = t.testdir();
  const told: string[] = [];
  const log = recordedLog();
  const words = new TrustedWords({
    directory,
    log,
    onWord: ({ account, isTrusted }) => told.push(`${account} ${isTrusted}`),
  });
  const look = async () => {
    told.length = 0;
    await words.look();
    return [...told];
  };
  const gauges = () => Object.fromEntries(words.readings().map(({ name, value }) => [name, value]));
  const warnings = () => log.lines.map(([level, fields]) => `${level} ${'reason' in fields ? fields.reason : ''}`);
  return { path: join(directory, TRUST_FILE), look, gauges, warnings };
}

await t.test('each word is told once, and anew when another one is said', async (t) => {
  const { path, look, gauges, warnings } = looking(t);
  t.strictSame(await look(), []);
  writeFileSync(path, line('100'));
  t.strictSame(await look(), ['100 true']);
  t.strictSame(await look(), []);
  appendFileSync(path, `${line('101')}${line('100', false, AT + 1)}${line('102').slice(0, 30)}`);
  t.strictSame(await look(), ['101 true', '100 false']);
  appendFileSync(path, line('102').slice(30));
  t.strictSame(await look(), ['102 true'], 'a line is a word when it has ended');
  t.strictSame(gauges(), { 'exporter.trust.words': 3, 'exporter.trust.refused': 0 });
  renameSync(path, `${path}.old`);
  t.strictSame(await look(), []);
  t.strictSame(gauges(), { 'exporter.trust.words': 0, 'exporter.trust.refused': 0 });
  writeFileSync(path, line('103'));
  t.strictSame(await look(), ['103 true']);
  t.strictSame(warnings(), []);
});

await t.test('what is no word is counted, and told once', async (t) => {
  const { path, look, gauges, warnings } = looking(t);
  writeFileSync(path, `\0\0\n${line('100')}{"v":1}\n${'x'.repeat(5_000)}\n`);
  t.strictSame(await look(), ['100 true']);
  appendFileSync(path, line('101'));
  t.strictSame(await look(), ['101 true']);
  t.strictSame(gauges(), { 'exporter.trust.words': 2, 'exporter.trust.refused': 3 });
  t.strictSame(warnings(), ['warn 3 of its lines are not as trust writes them']);
});

await t.test('a link and a directory are no file, and are told once each', async (t) => {
  const { path, look, warnings } = looking(t);
  symlinkSync('/dev/zero', path);
  t.strictSame(await look(), []);
  t.strictSame(await look(), []);
  rmSync(path);
  t.strictSame(await look(), []);
  mkdirSync(path);
  t.strictSame(await look(), []);
  t.match(warnings(), [/^warn ELOOP/, /^warn it is no plain file/]);
  t.equal(warnings().length, 2);
  rmSync(path, { recursive: true });
  writeFileSync(path, line('100'));
  t.strictSame(await look(), ['100 true']);
});
