import t from 'tap';
import { type BanSaverOptions, banSaver } from '../../src/blocking/ban-saver.js';
import { Tally } from '../../src/blocking/tally.js';
import type { WantedBan } from '../../src/blocking/wanted-ban.js';
import { banFacts } from '../../src/domain/ban.js';
import { FakeRecords } from './fake-records.js';
import { FakeTime } from './fake-time.js';
import { keptLog, wantedOf } from './fixtures.js';

function newSaver(options: Partial<BanSaverOptions> = {}) {
  const [time, records, log, tally] = [new FakeTime(), new FakeRecords(), keptLog(), new Tally()];
  const { wait } = time;
  const wanted = new Map<string, WantedBan>();
  const parts = { records, tally, log: log.log, wait, random: () => 1 };
  const saver = banSaver({ ...parts, wantedOf: (key) => wanted.get(key), keysMax: 4, graceMs: 2_500, ...options });
  const want = (key: string, until: number | null) => {
    if (until === null) wanted.delete(key);
    else wanted.set(key, wantedOf(key, { until }));
  };
  return {
    time,
    records,
    log,
    tally,
    saver,
    save: (key: string, until: number | null) => {
      want(key, until);
      return saver.save(key);
    },
    messages: () => log.lines.map(({ level }) => level),
  };
}

const A = '203.0.113.1/32';
const B = '203.0.113.1:5062';
const C = '203.0.113.2/32';
const D = '203.0.113.3/32';
const E = '[2001:db8::1]:5062';
const F = '2001:db8::/64';

/** What the disk should hold. */
const kept = (bans: Readonly<Record<string, number>>) =>
  Object.entries(bans).map(([key, until]) => [key, banFacts(wantedOf(key, { until }).ban)]);

await t.test('what is asked for in one tick is one save, with the latest ban of each address', async (t) => {
  const { save, records, time } = newSaver();
  t.strictSame(await Promise.all([save(A, 1), save(B, 1), save(A, 2)]), [true, true, true]);
  t.strictSame(records.saves, [[A, B]]);
  t.strictSame([...records.content], kept({ [A]: 2, [B]: 1 }));
  t.equal(await save(A, null), true);
  t.strictSame([...records.content.keys()], [B]);
  t.strictSame(time.waits, [], 'nothing is left to wait for');
});

await t.test('what comes while a save is under way goes together in the next one', async (t) => {
  const { save, records, time } = newSaver();
  records.hold();
  const first = save(A, 1);
  await time.settle();
  const rest = [save(B, 1), save(A, 2)];
  await time.settle();
  t.strictSame(records.saves, [[A]]);
  records.release();
  t.strictSame(await Promise.all([first, ...rest]), [true, true, true]);
  t.strictSame(records.saves, [[A], [B, A]]);
  t.strictSame([...records.content], kept({ [A]: 2, [B]: 1 }));
});

await t.test('a disk that fails is tried for ever, with pauses, and nobody waits for it', async (t) => {
  const { saver, save, records, time, messages, tally, log } = newSaver();
  records.fault = new Error('no room');
  t.equal(await save(A, 1), false);
  t.equal(saver.isFailing, true);
  t.strictSame(await Promise.all([save(B, 1), save(A, 2), save(C, 1)]), [false, false, false]);
  t.strictSame(time.waits, [1_000]);
  await time.advance(15_000);
  t.equal(records.saves.length, 5, 'after 1, 2, 4 and 8 seconds');
  t.strictSame(messages(), ['warn']);
  t.match(log.lines, [{ fields: { reason: 'no room' } }]);
  t.equal(tally.total('blocker.store.failures'), 5);
  records.fault = null;
  await time.advance(16_000);
  t.strictSame([...records.content], kept({ [A]: 2, [B]: 1, [C]: 1 }), 'the latest bans');
  t.strictSame(messages(), ['warn', 'info']);
  t.equal(saver.isFailing, false);
  t.equal(await save(D, 1), true);
  records.fault = 'a text';
  t.equal(await save(D, 2), false);
  await time.settle();
  t.strictSame(time.waits, [1_000], 'the pauses begin anew');
});

await t.test('a save that failed does not bring back a ban that has ended', async (t) => {
  const { save, records, time } = newSaver();
  records.hold();
  records.fault = new Error('no room');
  const old = save(A, 1);
  await time.settle();
  const young = save(A, null);
  records.release();
  t.strictSame(await Promise.all([old, young]), [false, false], 'who waits for the next save is told too');
  records.fault = null;
  records.content.set(A, 'older');
  await time.advance(1_000);
  t.strictSame([...records.content], []);
});

await t.test('a disk that hangs is waited for, but not by those who asked', async (t) => {
  const { save, records, time, messages, tally } = newSaver();
  records.hold();
  const first = save(A, 1);
  await time.settle();
  const next = save(B, 1);
  await time.advance(5_000);
  t.strictSame(await Promise.all([first, next]), [false, false]);
  t.equal(await save(C, 1), false);
  t.equal(tally.total('blocker.store.failures'), 1);
  records.release();
  await time.settle();
  t.strictSame([...records.content.keys()], [A, B, C]);
  t.strictSame(messages(), ['warn', 'info']);
});

await t.test('deletions beyond the limit are left and counted; bans and known addresses are not', async (t) => {
  const { save, records, time, tally } = newSaver();
  records.fault = new Error('no room');
  await save(A, 1);
  for (const address of [B, C, D]) await save(address, null);
  t.equal(await save(E, null), false);
  t.equal(tally.total('blocker.store.overflowed'), 1);
  await save(A, null);
  await save(B, 1);
  t.equal(tally.total('blocker.store.overflowed'), 1);
  await save(F, 1);
  t.equal(tally.total('blocker.store.overflowed'), 4, 'the deletions that waited give way to a ban');
  records.fault = null;
  for (const address of [A, B, C, E]) records.content.set(address, 'old');
  await time.advance(1_000);
  t.strictSame([...records.content], [[A, 'old'], ...kept({ [B]: 1 }), [C, 'old'], [E, 'old'], ...kept({ [F]: 1 })]);
});

await t.test('a stop saves what waits', async (t) => {
  const { saver, save, records } = newSaver();
  const saved = save(A, 1);
  t.equal(await saver.stop(), true);
  t.equal(await saved, true);
  t.strictSame([...records.content], kept({ [A]: 1 }));
  t.equal(await saver.stop(), true, 'also when there is nothing to save');
});

await t.test('a stop tries again what failed, at once and within the grace time, and then gives it up', async (t) => {
  const { saver, save, records, time } = newSaver();
  records.fault = new Error('no room');
  await save(A, 1);
  await time.settle();
  const stopped = saver.stop();
  await time.settle();
  t.equal(records.saves.length, 2);
  await time.advance(2_500);
  t.equal(await stopped, false);
  t.equal(records.saves.length, 3);
  t.strictSame(time.waits, []);
  t.equal(await save(B, 1), false, 'nobody waits for what comes later');
});

await t.test('a stop while a save fails tries again', async (t) => {
  const { saver, save, records, time } = newSaver();
  records.hold();
  records.fault = new Error('no room');
  void save(A, 1);
  await time.settle();
  const stopped = saver.stop();
  records.release();
  await time.advance(2_500);
  t.equal(await stopped, false);
  t.equal(records.saves.length, 2);
});
