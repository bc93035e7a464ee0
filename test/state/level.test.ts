import t from 'tap';
import { classicLevels, type Entry, type KeyRange, type Level } from '../../src/state/level.js';

async function keysOf(level: Level, range: KeyRange | null): Promise<string[]> {
  const all: Entry[] = [];
  for await (const entries of level.entries(range)) all.push(...entries);
  return all.map(([key]) => key.toString('latin1'));
}

await t.test('writes, reads and deletes by text and by bytes', async (t) => {
  const level = await classicLevels.open(t.testdir());
  t.teardown(() => level.close());
  await level.write([
    { key: 'b:1', value: 'one' },
    { key: 'b:2', value: 'two' },
    { key: 'b;', value: 'behind the range' },
    { key: 'a:1', value: 'before it' },
  ]);
  t.strictSame(await keysOf(level, { gte: 'b:', lt: 'b;' }), ['b:1', 'b:2']);
  t.strictSame(await keysOf(level, null), ['a:1', 'b:1', 'b:2', 'b;']);
  await level.write([
    { key: 'b:1', value: null },
    { key: Buffer.from('b:2'), value: null },
  ]);
  t.strictSame(await keysOf(level, null), ['a:1', 'b;']);
  await level.clear();
  t.strictSame(await keysOf(level, null), []);
});

await t.test('many records are read in parts, in their order, and each once', async (t) => {
  const level = await classicLevels.open(t.testdir());
  t.teardown(() => level.close());
  const keys = Array.from({ length: 5000 }, (_, number) => String(number).padStart(5, '0'));
  await level.write(keys.map((key) => ({ key, value: 'x'.repeat(100) })));
  let parts = 0;
  for await (const entries of level.entries(null)) {
    t.ok(entries.length > 0 && entries.length <= 1000, `${entries.length} at a time`);
    parts += 1;
  }
  t.ok(parts >= 5);
  t.strictSame(await keysOf(level, null), keys);
});

await t.test('all of it fails with a StateError', async (t) => {
  const path = t.testdir();
  const level = await classicLevels.open(path);
  await t.rejects(classicLevels.open(path), { name: 'StateError', fault: 'locked' });
  await level.close();
  const fault = { name: 'StateError', fault: 'io' };
  await t.rejects(level.write([{ key: 'a', value: 'b' }]), fault);
  await t.rejects(level.clear(), fault);
  await t.rejects(keysOf(level, null), fault);
  await t.rejects(classicLevels.repair(`${path}/not/there`), { name: 'StateError', fault: 'damaged' });
});
