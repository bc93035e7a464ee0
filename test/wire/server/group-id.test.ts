import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { groupId } from '../../../src/wire/server/group-id.js';

function groups(t: Test, text: string): string {
  const file = join(t.testdir(), 'group');
  writeFileSync(file, text);
  return file;
}

const GROUPS = 'root:x:0:\nbad:x::\nworse:x:12a:\nasterisk:x:998:pbx,asterisk\nlate:x:77:';

await t.test('a group is found by its name, wherever it stands', async (t) => {
  const file = groups(t, GROUPS);
  for (const [name, gid] of [
    ['root', 0],
    ['asterisk', 998],
    ['late', 77],
  ] as const) {
    t.equal(groupId(name, file), gid);
  }
});

await t.test('what is no group of the file is unknown', async (t) => {
  const file = groups(t, GROUPS);
  for (const name of ['aster', 'pbx', 'x', '', 'bad', 'worse', 'ASTERISK', '-1', '4294967295', '99999999999'])
    t.equal(groupId(name, file), null, name);
});

await t.test('a number needs no file', async (t) => {
  t.equal(groupId('998', '/nowhere'), 998);
  t.equal(groupId('4294967294', '/nowhere'), 4_294_967_294);
  t.throws(() => groupId('asterisk', '/nowhere'), { code: 'ENOENT' });
});

await t.test('only the first megabyte is read', async (t) => {
  t.equal(groupId('late', groups(t, `${'x'.repeat(1_048_576 - 12)}\nlate:x:77:\n`)), 77);
  t.equal(groupId('late', groups(t, `${'x'.repeat(1_048_576)}\nlate:x:77:\n`)), null);
});

await t.test("without a file it is the system's", async (t) => {
  t.equal(groupId('root'), 0);
});
