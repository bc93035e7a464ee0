import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const SCRIPT = fileURLToPath(new URL('../../scripts/release-notes.mjs', import.meta.url));
const CHANGELOG = `# Changelog

## [Unreleased]

- Not yet.

## [1.2.3] - 2026-12-01

### Added

- This.

## [1.2.2]

- That.

[1.2.3]: https://example.com/
`;

const folder = mkdtempSync(join(tmpdir(), 'release-'));
t.teardown(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'scripts'));
copyFileSync(SCRIPT, join(folder, 'scripts/release-notes.mjs'));
writeFileSync(join(folder, 'CHANGELOG.md'), CHANGELOG);

function notes(packaged: string, ...args: readonly string[]) {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ version: packaged, type: 'module' }));
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'scripts/release-notes.mjs'), ...args], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

await t.test('the notes of a tag are the part of the changelog on its version', async (t) => {
  t.strictSame(notes('1.2.3', 'v1.2.3'), { status: 0, stdout: '### Added\n\n- This.\n', stderr: '' });
  t.equal(notes('1.2.2', 'v1.2.2').stdout, '- That.\n');
});

await t.test('a tag on the wrong commit, or without notes, publishes nothing', async (t) => {
  t.match(notes('1.2.2', 'v1.2.3'), {
    status: 1,
    stdout: '',
    stderr: /the tag is v1\.2\.3, and package\.json says 1\.2\.2/,
  });
  t.match(notes('1.2.3', '1.2.3'), { status: 1, stdout: '', stderr: /the tag is 1\.2\.3/ });
  t.match(notes('1.2.3'), { status: 1, stdout: '', stderr: /the tag is missing/ });
  t.match(notes('1.2', 'v1.2'), { status: 1, stdout: '', stderr: /nothing under "## \[1\.2\]"/ });
});
