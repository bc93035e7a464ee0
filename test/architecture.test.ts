import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import t from 'tap';
import ts from 'typescript';
import { ROOT } from './root.js';

/** What everybody may use: the nouns, waiting and retrying, and text. */
const GROUND = ['domain', 'lifecycle', 'text'] as const;

/** A stage does one thing and knows no other stage. */
const STAGES = [
  'config',
  'sources',
  'metrics',
  'status',
  'simulator',
  'allowlist',
  'detection',
  'alerts',
  'blocking',
  'state',
  'wire',
] as const;

/**
 * What each folder and each file of src/ may import of ours, besides what lies in the same folder.
 * A process is a room that wires stages; a command starts a room; cli.ts is on top.
 */
const MAY_IMPORT: ReadonlyMap<string, readonly string[]> = new Map([
  ['domain', []],
  ['text', []],
  ['lifecycle', ['domain']],
  ...STAGES.map((stage): [string, readonly string[]] => [stage, GROUND]),
  // The package's export: the pure detector over bytes, with the program's settings.
  ['detector.ts', [...GROUND, 'alerts', 'allowlist', 'config', 'detection', 'sources']],
  // Reads attackers' text, so it must never touch the firewall.
  [
    'exporter',
    [
      ...GROUND,
      'alerts',
      'allowlist',
      'config',
      'detection',
      'detector.ts',
      'metrics',
      'sources',
      'state',
      'status',
      'wire',
    ],
  ],
  // Touches the firewall, so it must never read attackers' text.
  ['blocker', [...GROUND, 'allowlist', 'blocking', 'config', 'metrics', 'state', 'status', 'wire']],
  // An operator's words go to the blocker over its socket only.
  ['operator', [...GROUND, 'wire']],
  ['replay', [...GROUND, 'alerts', 'allowlist', 'config', 'detection', 'detector.ts', 'sources', 'wire']],
  ['demo', [...GROUND, 'config', 'exporter', 'simulator', 'status']],
  // Looks at everything, and changes nothing.
  ['doctor', [...GROUND, 'allowlist', 'config', 'metrics', 'operator', 'sources', 'wire']],
  // A command reads its words and its settings and starts its room; test/commands/loaded.test.ts says what is loaded for it.
  ['commands', ['config', 'blocker', 'demo', 'doctor', 'exporter', 'operator', 'replay']],
  ['cli.ts', ['commands']],
]);

/** Everybody else is handed the settings that they need. */
const MAY_READ_ENVIRONMENT = ['config', 'cli.ts', 'demo'];

/**
 * @param file path below src/, with `/`.
 * @param text the file's TypeScript.
 * @param packages the names under `dependencies` in package.json.
 * @returns what is wrong with the file, one sentence for each fault.
 */
function faultsOf(file: string, text: string, packages: readonly string[]): string[] {
  const { imports, environment } = read(text);
  const place = placeOf(file);
  const allowed = MAY_IMPORT.get(place);
  if (allowed === undefined) {
    return [`src/${file}: src/${place} is new; say in the table of test/architecture.test.ts what it may import`];
  }
  const faults = imports.flatMap((specifier) => {
    const fault = importFault(file, specifier, [place, ...allowed], packages);
    return fault === null ? [] : [`src/${file}: ${fault}`];
  });
  if (environment && !MAY_READ_ENVIRONMENT.includes(place)) {
    faults.push(
      `src/${file} reads the environment; only ${MAY_READ_ENVIRONMENT.join(', ')} may: add a setting to src/config and pass it in`,
    );
  }
  return faults;
}

function importFault(
  file: string,
  specifier: string | null,
  allowed: readonly string[],
  packages: readonly string[],
): string | null {
  if (specifier === null) return 'an import() must name its module as a plain string, so that it can be checked';
  if (specifier.startsWith('node:')) return null;
  if (!specifier.startsWith('.')) {
    const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
    if (packages.includes(name)) return null;
    return `imports ${name}, which is not under "dependencies" in package.json (modules of Node are written node:${name})`;
  }
  const target = posix.join(posix.dirname(file), specifier);
  if (target.startsWith('..')) return `imports ${specifier}, which is outside src/ and will not be in the package`;
  const place = placeOf(target.replace(/\.js$/, '.ts'));
  if (allowed.includes(place)) return null;
  return `may not import src/${place}; it may import ${allowed.map((name) => `src/${name}`).join(', ')} (the table is in test/architecture.test.ts)`;
}

/**
 * @param texts the text of each file, by its path below src/.
 * @returns a way back for each file that is found to lead to itself.
 */
function circlesOf(texts: ReadonlyMap<string, string>): string[] {
  const circles: string[] = [];
  const isDone = new Set<string>();
  const visit = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) circles.push([...way.slice(way.indexOf(file)), file].join(' > '));
    if (way.includes(file) || isDone.has(file)) return;
    for (const next of ownImports(file, texts.get(file) ?? '')) visit(next, [...way, file]);
    isDone.add(file);
  };
  for (const file of texts.keys()) visit(file, []);
  return circles;
}

/** The files of src/ that a file imports. */
function ownImports(file: string, text: string): string[] {
  return read(text)
    .imports.filter((specifier) => specifier?.startsWith('.') === true)
    .map((specifier) => posix.join(posix.dirname(file), specifier ?? '').replace(/\.js$/, '.ts'));
}

/** The folder of src/ that a file lies in, or the file itself where it lies in none. */
function placeOf(file: string): string {
  return file.split('/', 1)[0] ?? file;
}

interface Read {
  readonly imports: readonly (string | null)[];
  readonly environment: boolean;
}

/** By the text of the file: parsing takes all the time. */
const READS = new Map<string, Read>();

/** The modules that a file names (null: one that is computed), types included, and whether it reads the environment. */
function read(text: string): Read {
  const known = READS.get(text);
  if (known !== undefined) return known;
  const imports: (string | null)[] = [];
  let environment = false;
  const take = (node: ts.Node | undefined) => {
    imports.push(node !== undefined && ts.isStringLiteralLike(node) ? node.text : null);
    // The global `process` is all that anybody needs of this module, and can be watched.
    if (imports.at(-1) === 'node:process') environment = true;
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) take(node.moduleSpecifier);
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) take(node.moduleSpecifier);
    else if (ts.isImportTypeNode(node)) take(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) take(node.arguments[0]);
    else if (ts.isIdentifier(node) && node.text === 'process') environment ||= isEnvironment(node);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('file.ts', text, ts.ScriptTarget.ES2023, true));
  const result = { imports, environment };
  READS.set(text, result);
  return result;
}

/** Whether `process` stands for more than one member of it that is not `env`. */
function isEnvironment(identifier: ts.Identifier): boolean {
  const { parent } = identifier;
  if (!ts.isPropertyAccessExpression(parent)) return true;
  // `globalThis.process`: what counts is what is asked of the whole.
  const member = parent.name === identifier ? parent.parent : parent;
  return !ts.isPropertyAccessExpression(member) || member.name.text === 'env';
}

await t.test('src/ keeps the rules', async (t) => {
  const manifest: { dependencies: Record<string, string> } = JSON.parse(
    readFileSync(join(ROOT, 'package.json'), 'utf8'),
  );
  const packages = Object.keys(manifest.dependencies);
  const src = join(ROOT, 'src');
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  t.ok(files.length > 0);
  const faults = files.flatMap((name) =>
    faultsOf(name.split(sep).join('/'), readFileSync(join(src, name), 'utf8'), packages),
  );
  t.strictSame(faults, []);
});

await t.test('no file imports itself, by whatever way, and be it for a type', (t) => {
  const src = join(ROOT, 'src');
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const texts = files.map((name): [string, string] => [
    name.split(sep).join('/'),
    readFileSync(join(src, name), 'utf8'),
  ]);
  t.strictSame(circlesOf(new Map(texts)), []);
  const b = ['b.ts', "import './d/c.js'; import './e.js';"] as const;
  const c = ['d/c.ts', "import type { A } from '../a.js';"] as const;
  t.strictSame(circlesOf(new Map([['a.ts', "import './b.js';"], b, c, ['e.ts', '']])), ['a.ts > b.ts > d/c.ts > a.ts']);
  t.end();
});

await t.test('every way to import is seen, and nothing that only looks like one', async (t) => {
  t.strictSame(
    read(`
      import a from './a.js';
      import type { B } from './b.js';
      import './c.js';
      export * from './d.js';
      export type { E } from './e.js';
      const f = await import('./f.js');
      type G = import('./g.js').G;
      const h = () => { if (f) return import(f.name); };
      // import './comment.js';
      const text = "import './text.js'";
      export { a };
    `).imports,
    ['./a.js', './b.js', './c.js', './d.js', './e.js', './f.js', './g.js', null],
  );
});

await t.test('every way to the environment is seen, and nothing else of the process is', async (t) => {
  for (const text of [
    'process.env.HOME',
    "process['env']",
    'const { env } = process',
    'const p = process',
    'globalThis.process.env',
    "globalThis.process['env']",
    'const { env } = globalThis.process',
    'run(process)',
    "import { env } from 'node:process'",
  ]) {
    t.equal(read(text).environment, true, text);
  }
  for (const text of [
    'process.memoryUsage.rss()',
    'process.version',
    "process.once('SIGTERM', stop)",
    'globalThis.process.version',
    '// process.env',
    "'process.env'",
    'config.env',
  ]) {
    t.equal(read(text).environment, false, text);
  }
});

await t.test('each rule refuses what it is there for, and nothing else', async (t) => {
  const faults = (file: string, specifier: string) => faultsOf(file, `import '${specifier}';`, ['pino', '@scope/dep']);
  const cases: [file: string, specifier: string, fault: RegExp | null][] = [
    ['domain/log.ts', './reading.js', null],
    [
      'domain/log.ts',
      '../metrics/meters.js',
      /^src\/domain\/log\.ts: may not import src\/metrics; it may import src\/domain /,
    ],
    ['domain/log.ts', '../cli.js', /may not import src\/cli\.ts/],
    ['domain/log.ts', '../text/words.js', /may not import src\/text/],
    ['text/words.ts', '../domain/log.js', /may not import src\/domain/],
    ['metrics/meters.ts', '../domain/log.js', null],
    ['metrics/meters.ts', '../lifecycle/pause.js', null],
    ['metrics/meters.ts', './address-cap.js', null],
    ['metrics/meters.ts', '../sources/source.js', /may not import src\/sources/],
    ['metrics/meters.ts', '../exporter/exporter.js', /may not import src\/exporter/],
    ['metrics/deep/meters.ts', '../../sources/source.js', /may not import src\/sources/],
    ['sources/ami/client.ts', '../log/follow-file.js', null],
    ['sources/ami/client.ts', '../../domain/log.js', null],
    ['demo/live-page.ts', '../simulator/pbx.js', null],
    ['exporter/exporter.ts', '../metrics/meters.js', null],
    ['exporter/exporter.ts', '../blocking/enforcer.js', /may not import src\/blocking/],
    ['exporter/exporter.ts', '../simulator/pbx.js', /may not import src\/simulator/],
    ['exporter/exporter.ts', '../cli.js', /may not import src\/cli\.ts/],
    ['exporter/exporter.ts', '../blocker/sockets.js', /may not import src\/blocker/],
    ['blocker/blocker.ts', '../blocking/enforcer.js', null],
    ['operator/bans.ts', './client.js', null],
    ['operator/bans.ts', '../blocking/enforcer.js', /may not import src\/blocking/],
    ['blocker/blocker.ts', '../sources/ami/client.js', /may not import src\/sources/],
    ['blocker/blocker.ts', '../detection/detector.js', /may not import src\/detection/],
    ['blocker/blocker.ts', '../exporter/exporter.js', /may not import src\/exporter/],
    ['demo/demo.ts', '../exporter/exporter.js', null],
    ['demo/demo.ts', '../cli.js', /may not import src\/cli\.ts/],
    ['demo/demo.ts', '../commands/main.js', /may not import src\/commands/],
    ['commands/demo.ts', '../demo/demo.js', null],
    ['commands/help.ts', '../config/schema.js', null],
    ['commands/run.ts', '../sources/pattern.js', /may not import src\/sources/],
    ['cli.ts', './commands/main.js', null],
    ['cli.ts', './demo/demo.js', /may not import src\/demo/],
    ['helpers/text.ts', './other.js', /src\/helpers is new; say in the table/],
    ['stray.ts', 'pino', /src\/stray\.ts is new/],
    ['cli.ts', '../package.json', /outside src\//],
    ['metrics/meters.ts', 'pino', null],
    ['metrics/meters.ts', 'pino/file.js', null],
    ['metrics/meters.ts', '@scope/dep/part.js', null],
    ['metrics/meters.ts', '@scope/other', /imports @scope\/other, which is not under "dependencies"/],
    ['metrics/meters.ts', 'tap', /imports tap, which is not under "dependencies"/],
    ['metrics/meters.ts', 'pinot', /imports pinot/],
    ['metrics/meters.ts', 'node:fs', null],
    ['metrics/meters.ts', 'fs', /are written node:fs/],
  ];
  for (const [file, specifier, fault] of cases) {
    const found = faults(file, specifier);
    if (fault === null) t.strictSame(found, [], `${file} may import ${specifier}`);
    else t.match(found, [fault], `${file} may not import ${specifier}`);
    t.equal(found.length, fault === null ? 0 : 1);
  }
  t.match(faultsOf('metrics/meters.ts', 'await import(name)', []), [/must name its module as a plain string/]);
});

await t.test('the environment is read at the edge only', async (t) => {
  for (const file of ['config/load-config.ts', 'cli.ts', 'demo/demo.ts'])
    t.strictSame(faultsOf(file, 'process.env', []), []);
  for (const file of ['exporter/exporter.ts', 'status/health.ts', 'domain/log.ts']) {
    t.match(faultsOf(file, 'process.env', []), [/reads the environment; only config, cli\.ts, demo may/], file);
  }
});
