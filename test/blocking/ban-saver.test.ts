import t from 'tap';
import { BanSaver, type BanSaverOptions } from '../../src/blocking/ban-saver.js';
import { Tally } from '../../src/blocking/tally.js';
import { FakeRecords } from './fake-records.js';
import { FakeTime } from './fake-time.js';
import { keptLog } from './fixtures.js';

function newSaver(options: Partial<BanSaverOptions> = {}) {
  const [time, records, log, tally] = [new FakeTime(), new FakeRecords(), keptLog(), new Tally()];
  const { wait } = time;
  const saver = new BanSaver({ records, tally, log: log.log, keysMax: 4, wait, random: () => 1, ...options });
  return { time, records, log, tally, saver, messages: () => log.lines.map(({ level }) => level) };
}

await t.test('what is asked for in one tick is one save, with the latest value of each key', async (t) => {
  const { saver, records, time } = newSaver();
  const kept = [saver.save('a', 1), saver.save('b', 1), saver.save('a', 2)];
  t.strictSame(await Promise.all(kept), [true, true, true]);
  t.strictSame(records.saves, [['a', 'b']]);
  t.strictSame(
    [...records.content],
    [
      ['a', 2],
      ['b', 1],
    ],
  );
  t.equal(await saver.save('a', null), true);
  t.strictSame([...records.content.keys()], ['b']);
  t.strictSame(time.waits, [], 'nothing is left to wait for');
});

await t.test('what comes while a save is under way goes together in the next one', async (t) => {
  const { saver, records, time } = newSaver();
  records.hold();
  const first = saver.save('a', 1);
  await time.settle();
  const rest = [saver.save('b', 1), saver.save('a', 2)];
  await time.settle();
  t.strictSame(records.saves, [['a']]);
  records.release();
  t.strictSame(await Promise.all([first, ...rest]), [true, true, true]);
  t.strictSame(records.saves, [['a'], ['b', 'a']]);
  t.equal(records.content.get('a'), 2);
});

await t.test('a save is no larger than the event loop can bear', async (t) => {
  const { saver, records } = newSaver({ recordsMax: 2 });
  await Promise.all(['a', 'b', 'c', 'd', 'e'].map((key) => saver.save(key, 1)));
  t.strictSame(records.saves, [['a', 'b'], ['c', 'd'], ['e']]);
});

await t.test('a disk that fails is tried for ever, with pauses, and nobody waits for it', async (t) => {
  const { saver, records, time, messages, tally, log } = newSaver();
  records.fault = new Error('no room');
  t.equal(await saver.save('a', 1), false);
  t.equal(saver.isFailing, true);
  t.strictSame(await Promise.all([saver.save('b', 1), saver.save('a', 2), saver.save('c', 1)]), [false, false, false]);
  t.strictSame(time.waits, [1_000]);
  await time.advance(15_000);
  t.equal(records.saves.length, 5, 'after 1, 2, 4 and 8 seconds');
  t.strictSame(messages(), ['warn']);
  t.match(log.lines, [{ fields: { reason: 'no room' } }]);
  t.equal(tally.total('blocker.store.failures'), 5);
  records.fault = null;
  await time.advance(16_000);
  t.strictSame(
    [...records.content],
    [
      ['a', 2],
      ['b', 1],
      ['c', 1],
    ],
    'the latest values',
  );
  t.strictSame(messages(), ['warn', 'info']);
  t.equal(saver.isFailing, false);
  t.equal(await saver.save('d', 1), true);
  records.fault = 'a text';
  t.equal(await saver.save('d', 2), false);
  await time.settle();
  t.strictSame(time.waits, [1_000], 'the pauses begin anew');
});

await t.test('a save that failed does not bring back an older value', async (t) => {
  const { saver, records, time } = newSaver();
  records.hold();
  records.fault = new Error('no room');
  const old = saver.save('a', 'old');
  await time.settle();
  const young = saver.save('a', null);
  records.release();
  t.strictSame(await Promise.all([old, young]), [false, false], 'who waits for the next save is told too');
  records.fault = null;
  records.content.set('a', 'older');
  await time.advance(1_000);
  t.strictSame([...records.content], []);
});

await t.test('a disk that hangs is waited for, but not by those who asked', async (t) => {
  const { saver, records, time, messages, tally } = newSaver();
  records.hold();
  const kept = saver.save('a', 1);
  await time.settle();
  const next = saver.save('b', 1);
  await time.advance(5_000);
  t.strictSame(await Promise.all([kept, next]), [false, false]);
  t.equal(await saver.save('c', 1), false);
  t.equal(tally.total('blocker.store.failures'), 1);
  records.release();
  await time.settle();
  t.strictSame([...records.content.keys()], ['a', 'b', 'c']);
  t.strictSame(messages(), ['warn', 'info']);
});

await t.test('deletions beyond the limit are left and counted; bans and known keys are not', async (t) => {
  const { saver, records, time, tally } = newSaver();
  records.fault = new Error('no room');
  await saver.save('a', 1);
  for (const key of ['b', 'c', 'd']) await saver.save(key, null);
  t.equal(await saver.save('e', null), false);
  await saver.save('f', 1);
  await saver.save('a', null);
  t.equal(tally.total('blocker.store.overflowed'), 1);
  records.fault = null;
  for (const key of ['a', 'b', 'e']) records.content.set(key, 'old');
  await time.advance(1_000);
  t.strictSame(
    [...records.content],
    [
      ['e', 'old'],
      ['f', 1],
    ],
  );
});

await t.test('a stop saves what waits', async (t) => {
  const { saver, records } = newSaver();
  const kept = saver.save('a', 1);
  t.equal(await saver.stop(), true);
  t.equal(await kept, true);
  t.strictSame([...records.content], [['a', 1]]);
  t.equal(await saver.stop(), true, 'also when there is nothing to save');
});

await t.test('a stop tries once more what failed, at once, and then gives it up', async (t) => {
  const { saver, records, time } = newSaver();
  records.fault = new Error('no room');
  await saver.save('a', 1);
  t.equal(await saver.stop(), false);
  t.equal(records.saves.length, 2);
  t.strictSame(time.waits, []);
  t.equal(await saver.save('b', 1), false, 'nobody waits for what comes later');
});

await t.test('a stop while a save fails tries once more', async (t) => {
  const { saver, records, time } = newSaver();
  records.hold();
  records.fault = new Error('no room');
  void saver.save('a', 1);
  await time.settle();
  const stopped = saver.stop();
  records.release();
  await time.settle();
  t.equal(await stopped, false);
  t.equal(records.saves.length, 2);
});
