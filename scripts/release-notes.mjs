// node scripts/release-notes.mjs v1.2.3: prints what CHANGELOG.md says about this version. Ends with 1 where package.json has another
// version or CHANGELOG.md has nothing to say, so that a tag on the wrong commit publishes nothing.
import { readFileSync } from 'node:fs';

const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

/** The text below the heading `## [version]`, up to the next version or the links at the end; empty where there is none. */
function notesOf(changelog, version) {
  const lines = changelog.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`## [${version}]`));
  if (start === -1) return '';
  const length = lines.slice(start + 1).findIndex((line) => /^(## |\[[^\]]+\]: )/.test(line));
  return lines
    .slice(start + 1, length === -1 ? undefined : start + 1 + length)
    .join('\n')
    .trim();
}

function fail(message) {
  console.error(`release-notes: ${message}`);
  process.exit(1);
}

const tag = process.argv[2] ?? '';
const version = tag.replace(/^v/, '');
const { version: packaged } = JSON.parse(read('package.json'));
if (tag !== `v${packaged}`) fail(`the tag is ${tag || 'missing'}, and package.json says ${packaged}`);
const notes = notesOf(read('CHANGELOG.md'), version);
if (notes === '') fail(`CHANGELOG.md has nothing under "## [${version}]"`);
console.log(notes);
