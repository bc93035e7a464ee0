import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { FirewallError, type FirewallFault } from '../../../src/blocking/firewall.js';
import { systemProgram } from '../../../src/blocking/firewalls/program.js';
import type { ProgramOptions } from '../../../src/blocking/firewalls/program-process.js';

/** A program of one shell script. */
function script(t: Test, text: string, options: Partial<ProgramOptions> = {}): ProgramOptions {
  const name = join(t.testdir(), 'program');
  writeFileSync(name, `#!/bin/sh\n${text}\n`);
  chmodSync(name, 0o755);
  return { name, packageName: 'nftables', ...options };
}

async function rejects(t: Test, options: ProgramOptions, fault: FirewallFault, message: RegExp): Promise<void> {
  await t.rejects(systemProgram(options).run([]), { constructor: FirewallError, fault, message });
}

await t.test('a program reads its input and what it writes is the answer', async (t) => {
  const program = systemProgram(script(t, 'printf "%s|" "$@"; cat'));
  t.equal(await program.run(['-f', 'a b', '$(id)'], 'text\n'), '-f|a b|$(id)|text\n');
  t.equal(await program.run([]), '|');
});

await t.test('nothing of our environment reaches it, and it stands in no directory of ours', async (t) => {
  process.env['A_SECRET'] = 'hunter2';
  t.teardown(() => delete process.env['A_SECRET']);
  const told = await systemProgram({ name: 'env', packageName: 'coreutils' }).run(['-0']);
  // tap gives these to every process.
  const lines = told.split('\0').filter((line) => !/^(_TAPJS_|NODE_OPTIONS=|$)/.test(line));
  t.strictSame(lines.sort(), ['HOME=/nonexistent', 'LC_ALL=C', 'PATH=/usr/sbin:/sbin:/usr/bin:/bin']);
  t.equal(await systemProgram({ name: 'pwd', packageName: 'coreutils' }).run([]), '/\n');
});

await t.test('a program that is not there: the package to install is named', async (t) => {
  const options = { name: 'no-such-program', packageName: 'nftables' };
  await rejects(t, options, 'no_program', /no-such-program is not in .*: install the package nftables$/);
});

await t.test('where it is not permitted the remedy is named', async (t) => {
  const said = 'echo "Operation not permitted (you must be root)" >&2; exit 1';
  await rejects(t, script(t, said), 'not_permitted', /ended with code 1: Operation .*CAP_NET_ADMIN.*container/);
});

await t.test('any other failure tells the first lines of what it said, bounded and harmless', async (t) => {
  const said = `printf '\\n one\\033[31m \\n${'x'.repeat(5000)}' >&2; exit 3`;
  await rejects(t, script(t, said), 'rejected', /program ended with code 3: one \[31m; x{200}$/);
  await rejects(t, script(t, 'exit 1'), 'rejected', /program ended with code 1$/);
  await rejects(t, script(t, 'kill -TERM $$'), 'rejected', /program was ended by SIGTERM$/);
});

await t.test('a program that cannot be started otherwise is told of, too', async (t) => {
  const notExecutable = script(t, '');
  chmodSync(notExecutable.name, 0o644);
  await rejects(t, notExecutable, 'rejected', /cannot be started: .*EACCES/);
  await rejects(t, { name: 'a\0b', packageName: 'nftables' }, 'rejected', /cannot be started/);
  await rejects(t, { name: '/etc/passwd/nft', packageName: 'nftables' }, 'rejected', /cannot be started: .*ENOTDIR/);
});

await t.test('a program that does not end in time is killed, and nobody waits for what it started', async (t) => {
  // The pipe of its output stays open in another process.
  const options = script(t, 'sleep 20 & wait', { deadlineMs: 100 });
  const started = performance.now();
  await rejects(t, options, 'timeout', /did not end within 0\.1 s/);
  t.ok(performance.now() - started < 5_000);
});

await t.test('a program that writes without end is ended', async (t) => {
  await rejects(t, script(t, 'yes', { outputMax: 100_000 }), 'rejected', /wrote more than 100000 bytes/);
  const exactly = script(t, 'printf 1234', { outputMax: 4 });
  t.equal(await systemProgram(exactly).run([]), '1234');
});

await t.test('a program that does not read its input ends as it says', async (t) => {
  t.equal(await systemProgram(script(t, 'exec <&-; echo done')).run([], 'x'.repeat(1_000_000)), 'done\n');
});
