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
/** A folder that takes longer than the others is one process for each folder or file in it. */
const SPLIT = ['test', END_TO_END];
const GROUPS = join(MIRROR, 'groups');
const COVERAGE = ['--no-disable-coverage', '--no-allow-empty-coverage', '--coverage-map=scripts/coverage-map.mjs'];

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
  if (!SPLIT.includes(path)) return [groupOf(path)];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => (entry.isDirectory() ? path !== END_TO_END : entry.name.endsWith('.test.ts')))
    .map((entry) => join(path, entry.name))
    .filter((name) => !NO_TESTS.includes(name))
    .flatMap(entriesOf);
}

/** A module that runs all tests below a folder, one file after another. */
function groupOf(folder) {
  const files = readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .sort();
  const steps = files.map((name) => `await import('${relative(GROUPS, placeOf(join(folder, name)))}');\n`);
  const group = join(GROUPS, `${relative('test', folder).replaceAll('/', '-')}.js`);
  writeFileSync(group, steps.join(''));
  return group;
}
