import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { parseDocument } from 'yaml';
import { loadConfig } from '../../src/config/load-config.js';
import { renderEffective, renderEnvironmentFile, renderHelp, renderMarkdown } from '../../src/config/render.js';
import { settings } from '../../src/config/schema.js';

const document = (name: string) => new URL(`../../${name}`, import.meta.url);
/** What stands above it is written by hand. */
const REST = '# Every other setting, with its default (docs/configuration.md has them as tables).\n';
const TABLE = /(?<=<!-- configuration -->\n).*?(?=<!-- \/configuration -->)/s;

await t.test('the documentation has the table of the schema; UPDATE_DOCS=1 npm test writes it', async (t) => {
  const file = document('docs/configuration.md');
  const table = `\n${renderMarkdown()}\n\n`;
  const text = readFileSync(file, 'utf8');
  if (process.env['UPDATE_DOCS'] === '1') {
    const updated = text.replace(TABLE, () => table);
    writeFileSync(file, updated);
  }
  t.equal(TABLE.exec(readFileSync(file, 'utf8'))?.[0], table);
});

await t.test(
  '.env.example has every setting once; UPDATE_DOCS=1 npm test writes those that it does not explain',
  async (t) => {
    const file = document('.env.example');
    const byHand = readFileSync(file, 'utf8').split(REST)[0] ?? '';
    const explained = new Set([...byHand.matchAll(/^#?([A-Z][A-Z0-9_]*)=/gm)].map(([, name = '']) => name));
    const text = `${byHand}${REST}\n${renderEnvironmentFile(explained)}\n`;
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, text);
    t.equal(readFileSync(file, 'utf8'), text);
    const names = [...text.matchAll(/^#?([A-Z][A-Z0-9_]*)=/gm)].map(([, name = '']) => name);
    t.equal(new Set(names).size, names.length);
    t.same(
      [...settings.values()].filter(({ env }) => !names.includes(env)),
      [],
    );
  },
);

await t.test('README names variables that there are', async (t) => {
  const names = new Set([...settings.values()].map(({ env }) => env));
  const section = readFileSync(document('README.md'), 'utf8').split('## Configuration')[1]?.split('## More')[0] ?? '';
  const named = [...section.matchAll(/`([A-Z][A-Z_]+)`/g)].map(([, name = '']) => name);
  t.ok(named.length > 10);
  t.same(
    named.filter((name) => !names.has(name)),
    [],
  );
});

await t.test('the example of a file in the documentation is a configuration', async (t) => {
  const example = /```yaml\n(.*?)```/s.exec(readFileSync(document('docs/configuration.md'), 'utf8'))?.[1] ?? '';
  const withoutAuthority = example.replace(/^ *tlsCaFile.*\n/m, '');
  t.same(parseDocument(example).errors, []);
  const result = loadConfig({ CONFIG_FILE: '/c' }, (path) => Buffer.from(path === '/c' ? withoutAuthority : 'hunter2'));
  t.match(result, { kind: 'config', config: { ami: { host: 'pbx.example.com', port: 5039 }, flushMs: 5000 } });
});

await t.test('every variable has a row of its own in each table', async (t) => {
  const names = [...settings.values()].map(({ env }) => env);
  t.same(
    renderHelp()
      .split('\n')
      .map((row) => row.split(' ')[0]),
    names,
  );
  t.same(
    renderMarkdown()
      .split('\n')
      .filter((row) => row.startsWith('| `'))
      .map((row) => row.split('`')[1]),
    names,
  );
});

await t.test('the Markdown tables have five cells in every row', async (t) => {
  const rows = renderMarkdown()
    .split('\n')
    .filter((row) => row.startsWith('|'));
  t.ok(rows.length > settings.size);
  for (const row of rows) t.equal(row.split('|').length, 7, row);
});

await t.test('help stands in columns and shows defaults', async (t) => {
  const rows = renderHelp().split('\n');
  t.match(
    rows.find((row) => row.startsWith('AMI_HOST')),
    /^AMI_HOST {19}none {13}Asterisk's host, which is never banned; required with SOURCE=ami$/,
  );
  t.match(
    rows.find((row) => row.startsWith('AMI_PORT')),
    /^AMI_PORT {19}5038 {13}Port of the AMI; 5039 when AMI_TLS=true$/,
  );
});

await t.test('effective settings tell the origin of each value and mask the secret', async (t) => {
  const result = loadConfig({ AMI_HOST: 'pbx', AMI_USERNAME: 'stats', AMI_SECRET: 'hunter2', AMI_TLS: 'YES' }, () =>
    Buffer.alloc(0),
  );
  const text = result.kind === 'config' ? renderEffective(result.settings) : '';
  t.equal(
    text.split('\n').slice(4, 10).join('\n'),
    [
      'AMI_HOST                   pbx              (environment)',
      'AMI_PORT                   5039             (default)',
      'AMI_USERNAME               stats            (environment)',
      'AMI_SECRET                 ********         (environment)',
      'AMI_SECRET_FILE            none             (default)',
      'AMI_TLS                    true             (environment)',
    ].join('\n'),
  );
  t.equal(text.split('\n').length, [...settings.values()].filter(({ readBy }) => readBy.includes('exporter')).length);
});

await t.test('a long value moves no other row', async (t) => {
  const text = renderEffective([
    { name: 'ALLOWLIST', value: '203.0.113.9/32,'.repeat(100), origin: 'environment' },
    { name: 'AMI_TLS', value: 'true', origin: 'default' },
  ]);
  t.equal(text.split('\n')[1], `AMI_TLS    true${' '.repeat(11)}  (default)`);
});
