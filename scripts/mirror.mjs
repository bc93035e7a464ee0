// Mirrors the project in .cache/test, where the tests run: each .ts file as .js, everything else as a link, so that modules load
// without a loader and what a test calls ../../docs is there. Only what has changed is done again. Types are left to `npm run check`.
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

export const MIRROR = '.cache/test';
const MANIFEST = `${MIRROR}/manifest.json`;
/** The folders that hold TypeScript; everything else at the root is one link each. */
const MIRRORED = ['src', 'test', 'grafana'];
const LEFT_OUT = [...MIRRORED, '.git', '.cache', '.tap', 'node_modules'];
/** When one of these changes, each file has to be made again. */
const MAKERS = ['scripts/mirror.mjs', 'node_modules/typescript/package.json'];
const LINK = 'link';

/** Brings the mirror up to date with the project, which is the working directory. */
export async function updateMirror() {
  const makers = MAKERS.map(stampOf).join();
  const made = readManifest(makers);
  const wanted = stamps();
  for (const path of Object.keys(made)) if (wanted[path] !== made[path]) rmSync(placeOf(path), { force: true });
  const changed = Object.keys(wanted).filter((path) => wanted[path] !== made[path]);
  if (changed.length === 0) return;
  const transpile = changed.some(isTypeScript) ? await transpiler() : undefined;
  for (const path of changed) {
    mkdirSync(dirname(placeOf(path)), { recursive: true });
    if (isTypeScript(path)) transpile(path);
    else symlinkSync(relative(dirname(placeOf(path)), path), placeOf(path));
  }
  writeFileSync(MANIFEST, JSON.stringify({ makers, files: wanted }));
}

/** What was made of each path, by a run that came to its end. */
function readManifest(makers) {
  try {
    const manifest = JSON.parse(readFileSync(MANIFEST, 'utf8'));
    if (manifest.makers === makers) return manifest.files;
  } catch {
    // The first run, or one that was killed as it wrote.
  }
  rmSync(MIRROR, { recursive: true, force: true });
  return {};
}

/** For each path of the project what tells whether the mirror still has it as it is. */
function stamps() {
  const paths = [...MIRRORED.flatMap(filesBelow), ...readdirSync('.').filter((name) => !LEFT_OUT.includes(name))];
  return Object.fromEntries(paths.map((path) => [path, isTypeScript(path) ? stampOf(path) : LINK]));
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

function stampOf(path) {
  const { mtimeMs, size } = statSync(path);
  return `${mtimeMs} ${size}`;
}

function isTypeScript(path) {
  return path.endsWith('.ts') && !path.endsWith('.d.ts');
}

/** Where the mirror has a path of the project. */
export function placeOf(path) {
  return join(MIRROR, isTypeScript(path) ? path.replace(/\.ts$/, '.js') : path);
}

async function transpiler() {
  const { default: ts } = await import('typescript');
  const compilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    verbatimModuleSyntax: true,
    sourceMap: true,
  };
  return (path) => {
    const place = placeOf(path);
    const text = readFileSync(path, 'utf8');
    const { outputText, sourceMapText } = ts.transpileModule(text, { compilerOptions, fileName: basename(path) });
    const map = { ...JSON.parse(sourceMapText), sources: [relative(dirname(place), path)] };
    writeFileSync(`${place}.map`, JSON.stringify(map));
    writeFileSync(place, outputText);
  };
}
