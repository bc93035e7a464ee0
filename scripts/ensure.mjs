// Brings a checkout to the state that a command needs: dependencies installed, and with the argument `build` dist/ compiled.
// Does nothing that is done already, so that `npm start` and `npm test` are the only commands a newcomer has to know.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  ensureInstalled();
  if (process.argv[2] === 'build') ensureBuilt();
}

export function ensureInstalled() {
  // npm writes this file at the end of each complete install.
  if (modified('node_modules/.package-lock.json') >= modified('package-lock.json')) return;
  console.error('Installing dependencies ...');
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
}

export function ensureBuilt() {
  if (modified('dist/.built') >= newestSource()) return;
  console.error('Building ...');
  // What is left of a source file that is gone would still be found, and packed.
  rmSync('dist', { recursive: true, force: true });
  run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json']);
  chmodSync('dist/cli.js', 0o755);
  writeFileSync('dist/.built', '');
}

/** Modification time in ms; 0 for a file that is not there. */
function modified(path) {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (error) console.error(`ensure: cannot run ${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

function newestSource() {
  const files = readdirSync('src', { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Math.max(
    ...['tsconfig.json', 'tsconfig.build.json', 'package.json'].map(modified),
    ...files.map((entry) => modified(join(entry.parentPath ?? entry.path, entry.name))),
  );
}
