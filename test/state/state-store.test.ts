import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import t from 'tap';
import { StateError } from '../../src/state/state-error.js';
import { StateStore } from '../../src/state/state-store.js';
import { batchOf, contentOf, place, SECTION, watchedLevels } from './fixtures.js';

const FULL = new StateError('full', 'no room');

await t.test('what was saved last is there after the store was closed and opened', async (t) => {
  const { open } = place(t);
  const store = await open();
  await store.save(SECTION, [
    ['a', { seconds: 1 }],
    ['b', [2]],
    ['c', 'three'],
  ]);
  await store.save(SECTION, [
    ['a', null],
    ['never there', null],
    ['b', 2],
    ['c', 3],
    ['c', false],
  ]);
  await store.save('allowed', [['a', 0]]);
  await store.close();
  const again = await open();
  t.strictSame([...(await contentOf(again))].sort(), [
    ['b', 2],
    ['c', false],
  ]);
  t.strictSame(await contentOf(again, 'allowed'), new Map([['a', 0]]));
  t.strictSame(await contentOf(again, 'empty'), new Map());
});

await t.test('the store is as a map is, whatever the keys are', async (t) => {
  const { open } = place(t);
  const anyText = fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 3 })
    .map((units) => String.fromCharCode(...units));
  const key = fc.oneof(
    anyText,
    fc.constantFrom('\0', '\ud800', '\udfff', '\ufffd', '__proto__', '', '"', ':', ';', 'meta'),
  );
  const changes = fc.array(fc.tuple(key, fc.oneof(fc.constant(null), fc.integer(), fc.string())), { maxLength: 20 });
  let section = 'a';
  await fc.assert(
    fc.asyncProperty(fc.array(changes, { maxLength: 4 }), async (batches) => {
      section = section.endsWith('z')
        ? `${section}a`
        : section.slice(0, -1) + String.fromCharCode(section.charCodeAt(section.length - 1) + 1);
      const expected = new Map<string, unknown>();
      let store = await open();
      for (const batch of batches) {
        for (const [name, value] of batch) {
          if (value === null) expected.delete(name);
          else expected.set(name, value);
        }
        await store.save(section, batch);
      }
      await store.close();
      store = await open();
      t.strictSame([...(await contentOf(store, section))].sort(), [...expected].sort());
      await store.close();
    }),
    { numRuns: 25 },
  );
});

await t.test('a key that is too long is not kept, and counted', async (t) => {
  const { open, refused } = place(t);
  const store = await open();
  await store.save(SECTION, [
    ['x'.repeat(1025), 1],
    ['x'.repeat(1024), 2],
  ]);
  await store.save(SECTION, [['x'.repeat(1025), null]]);
  t.strictSame(await contentOf(store), new Map([['x'.repeat(1024), 2]]));
  t.strictSame(refused, ['key_too_long', 'key_too_long']);
});

await t.test('a value that is refused does not leave its older one behind', async (t) => {
  const { open, refused, notices } = place(t);
  const store = await open();
  await store.save(SECTION, [
    ['long', 1],
    ['no json', 1],
    ['other', 1],
  ]);
  await store.save(SECTION, [
    ['long', 'x'.repeat(70_000)],
    ['no json', undefined],
    ['other', 2],
  ]);
  t.strictSame(await contentOf(store), new Map([['other', 2]]));
  t.strictSame(refused, ['value_too_long', 'value_not_json']);
  t.strictSame(notices, [], 'it is deleted, and not left as something damaged');
});

await t.test('a section that nobody may have is a fault of ours', async (t) => {
  const store = await place(t).open();
  for (const section of ['meta', 'Not a word', '']) {
    await t.rejects(store.save(section, []), TypeError);
    await t.rejects(contentOf(store, section), TypeError);
  }
});

await t.test('a directory that is missing is made, for its user alone', async (t) => {
  const { directory } = place(t);
  const deep = join(directory, 'a', 'b');
  const store = await StateStore.open(deep, { onNotice: t.fail, onRefused: t.fail });
  t.teardown(() => store.close());
  for (const path of [join(directory, 'a'), deep, join(deep, 'state')])
    t.equal(statSync(path).mode & 0o777, 0o700, path);
});

await t.test('where a file is in the way the fault says so, and goes with it', async (t) => {
  const { directory } = place(t);
  writeFileSync(join(directory, 'file'), '');
  mkdirSync(join(directory, 'other'));
  writeFileSync(join(directory, 'other', 'state'), '');
  for (const path of ['file', 'file/below', 'other']) {
    const opening = StateStore.open(join(directory, path), { onNotice: t.fail, onRefused: t.fail });
    await t.rejects(opening, { name: 'StateError', fault: 'not_a_directory', message: /name a directory/ }, path);
  }
});

await t.test('while another store has it open, in this process or another, the fault says so', async (t) => {
  const there = place(t);
  const store = await there.open();
  await t.rejects(there.open(), { name: 'StateError', fault: 'locked', message: /STATE_DIR of its own/ });
  await store.close();

  const program = `
    const { ClassicLevel } = require('classic-level');
    new ClassicLevel(process.argv[1]).open().then(() => process.stdout.write('open'));
    setTimeout(() => process.exit(1), 30_000);
  `;
  const child = spawn(process.execPath, ['--eval', program, there.file()], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  await t.rejects(there.open(), { name: 'StateError', fault: 'locked' });
  t.strictSame(there.notices, [], 'nothing is mended');
  child.kill('SIGKILL');
  await ended;
  t.strictSame(await contentOf(await there.open()), new Map(), 'the lock goes with the process');
});

await t.test('a write that fails is told, and the next one begins a log of its own', async (t) => {
  const { open, notices } = place(t);
  let isFull = false;
  const { levels, counts } = watchedLevels({ write: () => (isFull ? Promise.reject(FULL) : null) });
  const store = await open({ levels });
  await store.save(SECTION, [['before', 1]]);
  isFull = true;
  await t.rejects(store.save(SECTION, [['lost', 1]]), FULL);
  await t.rejects(store.save(SECTION, [['lost', 1]]), FULL);
  isFull = false;
  await store.save(SECTION, [['after', 1]]);
  t.strictSame([...(await contentOf(store)).keys()].sort(), ['after', 'before']);
  t.strictSame(counts, { opened: 3, closed: 2, repaired: 0 }, 'each failure is followed by opening anew');
  t.strictSame(notices, []);
});

await t.test('a store whose files cannot be opened anew fails, and tries again with the next write', async (t) => {
  const { open } = place(t);
  let isFull = false;
  const { levels } = watchedLevels({ write: () => (isFull ? Promise.reject(FULL) : null) });
  const store = await open({
    levels: { ...levels, open: (path) => (isFull ? Promise.reject(FULL) : levels.open(path)) },
  });
  isFull = true;
  for (let tries = 0; tries < 3; tries += 1) await t.rejects(store.save(SECTION, [['a', tries]]), FULL);
  await t.rejects(contentOf(store), FULL);
  isFull = false;
  await store.save(SECTION, [['a', 3]]);
  t.strictSame(await contentOf(store), new Map([['a', 3]]));
  isFull = true;
  await t.rejects(store.save(SECTION, [['a', 4]]), FULL);
  const load = contentOf(store);
  await store.close();
  await t.rejects(load, FULL, 'a store can be closed while its files do not open');
});

await t.test('writes that are begun together are done in their order', async (t) => {
  const { open } = place(t);
  const { levels } = watchedLevels();
  let writing = 0;
  const store = await open({
    levels: {
      ...levels,
      open: async (path) => {
        const level = await levels.open(path);
        return {
          ...level,
          write: async (changes) => {
            writing += 1;
            t.equal(writing, 1, 'one at a time');
            await level.write(changes);
            writing -= 1;
          },
        };
      },
    },
  });
  await Promise.all(Array.from({ length: 20 }, (_, number) => store.save(SECTION, [['key', number]])));
  t.strictSame(await contentOf(store), new Map([['key', 19]]));
});

await t.test('the changes are read before save returns', async (t) => {
  const store = await place(t).open();
  const value = { seconds: 1 };
  const saving = store.save(SECTION, [['a', value]]);
  value.seconds = 2;
  await saving;
  t.strictSame(await contentOf(store), new Map([['a', { seconds: 1 }]]));
});

await t.test(
  'a close waits for the writes that were begun, can be called again, and nothing goes on after it',
  async (t) => {
    const { open } = place(t);
    const store = await open();
    const saving = store.save(SECTION, [['a', 1]]);
    const closing = [store.close(), store.close()];
    await t.rejects(store.save(SECTION, [['b', 1]]), /the state store is closed/);
    await t.rejects(contentOf(store), /the state store is closed/);
    await Promise.all([saving, ...closing]);
    await store.close();
    t.strictSame(await contentOf(await open()), new Map([['a', 1]]));
  },
);

await t.test('a load that is not read to its end does not keep the store from closing', async (t) => {
  const { open } = place(t);
  const store = await open();
  await store.save(SECTION, batchOf(0, 3000));
  for await (const [key] of store.load(SECTION)) {
    t.match(key, /^key/);
    break;
  }
  await store.close();
  const again = await open();
  t.equal((await contentOf(again)).size, 3000);
});

await t.test('a load reads what was there when it began', async (t) => {
  const store = await place(t).open();
  await store.save(SECTION, batchOf(0, 3000));
  let records = 0;
  for await (const [key] of store.load(SECTION)) {
    if (records === 0) await store.save(SECTION, [...batchOf(3000, 3100), ['key999', null]]);
    t.match(key, /^key/);
    records += 1;
  }
  t.equal(records, 3000);
});

await t.test('a record that the disk damages later is dropped, and told', async (t) => {
  const { open, notices } = place(t);
  const { levels } = watchedLevels();
  let isDamaged = false;
  const store = await open({
    levels: {
      ...levels,
      open: async (path) => {
        const level = await levels.open(path);
        return {
          ...level,
          entries: async function* (range) {
            for await (const entries of level.entries(range)) {
              yield entries.map(([key, value]) => [key, isDamaged ? value.replace('12', '13') : value] as const);
            }
          },
        };
      },
    },
  });
  await store.save(SECTION, [
    ['a', 'x12'],
    ['b', 'y'],
  ]);
  isDamaged = true;
  t.strictSame(await contentOf(store), new Map([['b', 'y']]));
  t.strictSame(notices, ['records_dropped']);
});
