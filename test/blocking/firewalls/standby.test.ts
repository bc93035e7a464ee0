import { appendFileSync, chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { Standby } from '../../../src/blocking/firewalls/standby.js';

/** A program that writes down its process, waits for its input and repeats it. */
function echo(t: Test, end = 'cat') {
  const directory = mkdtempSync(join(tmpdir(), 'standby-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const name = join(directory, 'program');
  const log = join(directory, 'started');
  writeFileSync(name, `#!/bin/sh\necho $$ >> ${log}\n${end}\n`);
  chmodSync(name, 0o755);
  appendFileSync(log, '');
  const pids = () => readFileSync(log, 'utf8').split('\n').filter(Boolean).map(Number);
  const standby = new Standby({ name, packageName: 'none', deadlineMs: 10_000 }, ['-f', '-']);
  t.teardown(() => standby.close());
  return { standby, pids, name, run: (input: string) => standby.run(['-f', '-'], input) };
}

/** Polls, with a deadline, for what another process does. */
async function soon(isSo: () => boolean): Promise<boolean> {
  for (let tries = 0; tries < 1_000; tries++) {
    if (isSo()) return true;
    await pause(5);
  }
  return false;
}

/** Never 0 where there is none: that would be a signal to everybody of our group. */
function second([, pid]: readonly number[]): number {
  if (pid === undefined || !(pid > 1)) throw new Error('there is no second process');
  return pid;
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

await t.test('the next process waits before it is asked', async (t) => {
  const { pids, run } = echo(t);
  await pause(20);
  t.equal(pids().length, 0, 'none before the first run');
  t.equal(await run('one'), 'one');
  t.ok(await soon(() => pids().length === 2));
  t.equal(await run('two'), 'two');
  t.ok(await soon(() => pids().length === 3), 'the second run used the one that waited');
});

await t.test('a run that follows another at once does not wait for a process', async (t) => {
  const { run } = echo(t);
  const texts = ['one', 'two', 'three', 'four'];
  t.strictSame(await Promise.all(texts.map(run)), texts);
  for (const text of texts) t.equal(await run(text), text);
});

await t.test('one that died waiting is replaced by the next run, and by nobody before', async (t) => {
  const { pids, run } = echo(t);
  await run('one');
  t.ok(await soon(() => pids().length === 2));
  const waiting = second(pids());
  process.kill(waiting, 'SIGKILL');
  t.ok(await soon(() => !isAlive(waiting)));
  await pause(50);
  t.equal(pids().length, 2, 'no new one by itself');
  t.equal(await run('two'), 'two');
});

await t.test('a program that ends at once makes no loop', async (t) => {
  const { pids, run } = echo(t, 'exit 1');
  await t.rejects(run('one'), { message: /ended with code 1/ });
  t.ok(await soon(() => pids().length === 2));
  await pause(50);
  t.equal(pids().length, 2);
});

await t.test('a program that is gone fails the run, and not the process that waits for it', async (t) => {
  const { run, name } = echo(t);
  rmSync(name);
  await t.rejects(run('one'), { message: /install the package none/ });
  await nextTurn();
  await pause(20);
  await t.rejects(run('two'), { message: /install the package none/ });
});

await t.test('where the system starts no process ahead, the run tells it', async (t) => {
  const standby = new Standby({ name: 'a\0b', packageName: 'none' }, []);
  await t.rejects(standby.run([], ''), { message: /cannot be started/ });
  await nextTurn();
  await t.rejects(standby.run([]), { message: /cannot be started/ });
  await standby.close();
});

await t.test('after the close nobody waits, and a run still works', async (t) => {
  const { standby, pids, run } = echo(t);
  await run('one');
  t.ok(await soon(() => pids().length === 2));
  await standby.close();
  t.notOk(isAlive(second(pids())));
  t.equal(await run('two'), 'two');
  await nextTurn();
  await pause(50);
  t.equal(pids().length, 3);
  await standby.close();
});

await t.test('other arguments than its own are a mistake of ours', async (t) => {
  const { standby } = echo(t);
  await t.rejects(standby.run(['-f'], ''), RangeError);
});
