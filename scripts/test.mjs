// Runs tests with tap, in .cache/test: all but the end-to-end ones, or the files and folders that are named. Other arguments are tap's;
// --coverage is ours: measure src/, and fail below 100 %. A named file is one process and so is each folder, since a process takes half
// a second to load tap; end-to-end tests are one each.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ensureBuilt, ensureInstalled } from './ensure.mjs';
import { MIRROR, placeOf, updateMirror } from './mirror.mjs';

const END_TO_END = 'test/e2e';
const NO_TESTS = [END_TO_END, 'test/fixtures'];
const GROUPS = join(MIRROR, 'groups');
const COVERAGE = ['--no-disable-coverage', '--no-allow-empty-coverage', '--coverage-map=scripts/coverage-map.mjs'];

/** With a t.teardown outside of all tests tap ends when it is idle for the first time, and takes what comes later for nothing. */
const CHECK_OF_END = `import t from 'tap';
if (t.results !== undefined) throw new Error('tap ended before the last test: is there a t.teardown outside of all tests?');
`;

ensureInstalled();
const args = process.argv.slice(2);
const named = args.filter((arg) => !arg.startsWith('-')).map((path) => relative('.', path));
const isEndToEnd = named.some((path) => path.startsWith(END_TO_END));
if (isEndToEnd) ensureBuilt();
await updateMirror();
mkdirSync(GROUPS, { recursive: true });
const options = args.flatMap((arg) => (arg === '--coverage' ? COVERAGE : arg.startsWith('-') ? [arg] : []));
const entries = (named.length === 0 ? ['test'] : named).flatMap(entriesOf);
const { status } = spawnSync(process.execPath, ['node_modules/tap/dist/esm/run.mjs', 'run', ...options, ...entries], {
  stdio: 'inherit',
  env: isEndToEnd ? { ...process.env, TAP_RCFILE: `${END_TO_END}/.taprc` } : process.env,
});
process.exitCode = status ?? 1;

/** The modules that tap is to run for a file or folder of the project. */
function entriesOf(path) {
  if (!statSync(path).isDirectory()) return [placeOf(path)];
  if (path === END_TO_END) return testsBelow(path).map(placeOf);
  if (path !== 'test') return [groupOf(path)];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || isTest(entry.name))
    .map((entry) => join(path, entry.name))
    .filter((name) => !NO_TESTS.includes(name))
    .map(groupOf);
}

/** A module that runs one file after another: a file, or all tests below a folder. */
function groupOf(path) {
  const files = statSync(path).isDirectory() ? testsBelow(path) : [path];
  const group = join(
    GROUPS,
    `${relative('test', path)
      .replaceAll('/', '-')
      .replace(/\.test\.ts$/, '')}.js`,
  );
  const imports = files.map((name) => `await import('${relative(GROUPS, placeOf(name))}');\n`);
  writeFileSync(group, [...imports, CHECK_OF_END].join(''));
  return group;
}

function testsBelow(folder) {
  const names = readdirSync(folder, { recursive: true });
  return names
    .filter(isTest)
    .sort()
    .map((name) => join(folder, name));
}

function isTest(name) {
  return name.endsWith('.test.ts');
}
