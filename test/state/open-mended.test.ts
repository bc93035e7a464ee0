import { existsSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { ClassicLevel } from 'classic-level';
import t, { type Test } from 'tap';
import { StateError } from '../../src/state/state-error.js';
import { writtenKey, writtenValue } from '../../src/state/state-record.js';
import { contentOf, fill, type Place, place, recordOf, SECTION, watchedLevels } from './fixtures.js';

const TABLE = /\.ldb$/;
const LOG = /^\d+\.log$/;
const MANIFEST = /^MANIFEST-/;

/** Some 200 bytes from the middle on are not what they were. */
function scramble(path: string): void {
  const bytes = readFileSync(path);
  const from = bytes.length >> 1;
  for (let at = from; at < Math.min(from + 200, bytes.length); at += 1)
    bytes.writeUInt8(bytes.readUInt8(at) ^ 0x55, at);
  writeFileSync(path, bytes);
}

const halve = (path: string) => truncateSync(path, readFileSync(path).length >> 1);
const empty = (path: string) => truncateSync(path, 0);

/** How many of the 2,000 records are there, each of them as it was written. */
async function intactRecords(t: Test, { open }: Place): Promise<number> {
  const store = await open();
  const content = await contentOf(store);
  t.strictSame(
    [...content].filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(recordOf(Number(key.slice(3))))),
    [],
    'every record that is there is as it was written',
  );
  await store.save(SECTION, [['new', 1]]);
  await store.close();
  const again = await open();
  t.equal((await contentOf(again)).get('new'), 1, 'the store keeps records again');
  await again.close();
  return content.size;
}

await t.test('a store that was closed is opened without a word', async (t) => {
  const there = place(t);
  await fill(there);
  t.equal(await intactRecords(t, there), 2000);
  t.strictSame(there.notices, []);
});

/** What damage does: the records that are left, and what is told of it. */
const DAMAGE: [what: string, file: RegExp, harm: (path: string) => void, records: [number, number], notice: string][] =
  [
    ['CURRENT is gone', /^CURRENT$/, rmSync, [2000, 2000], 'repaired'],
    ['CURRENT is empty', /^CURRENT$/, empty, [2000, 2000], 'repaired'],
    ['CURRENT is scrambled', /^CURRENT$/, scramble, [2000, 2000], 'repaired'],
    [
      'CURRENT names what is not there',
      /^CURRENT$/,
      (path) => writeFileSync(path, 'MANIFEST-999999\n'),
      [2000, 2000],
      'repaired',
    ],
    ['MANIFEST is gone', MANIFEST, rmSync, [2000, 2000], 'repaired'],
    ['MANIFEST is empty', MANIFEST, empty, [2000, 2000], 'repaired'],
    ['MANIFEST is scrambled', MANIFEST, scramble, [2000, 2000], 'repaired'],
    ['the table is gone', TABLE, rmSync, [500, 500], 'repaired'],
    ['the table is empty', TABLE, empty, [500, 500], 'repaired'],
    ['the table is cut off', TABLE, halve, [500, 500], 'repaired'],
    ['the table is scrambled', TABLE, scramble, [1700, 1999], 'repaired'],
    ['the log is scrambled', LOG, scramble, [1500, 1900], 'records_dropped'],
  ];

for (const [what, file, harm, [least, most], notice] of DAMAGE) {
  await t.test(`a store is opened where ${what}`, async (t) => {
    const there = place(t);
    await fill(there);
    harm(there.fileLike(file));
    const records = await intactRecords(t, there);
    t.ok(records >= least && records <= most, `${records} of 2000 records`);
    t.strictSame(there.notices, [notice]);
    t.notOk(existsSync(there.file('lost')), 'nothing that a repair left over lies in the store');
  });
}

for (const [what, harm] of [
  ['gone', rmSync],
  ['empty', empty],
  ['cut off', halve],
] as const) {
  await t.test(`a store is opened where the log is ${what}, as if its last writes had not been`, async (t) => {
    const there = place(t);
    await fill(there);
    harm(there.fileLike(LOG));
    const records = await intactRecords(t, there);
    t.ok(records >= 1500 && records < 2000, `${records} of 2000 records`);
    t.strictSame(there.notices, []);
  });
}

await t.test('of everything scrambled the repair keeps what it can', async (t) => {
  const there = place(t);
  await fill(there);
  for (const file of [/^CURRENT$/, MANIFEST, LOG, TABLE]) scramble(there.fileLike(file));
  const records = await intactRecords(t, there);
  t.ok(records > 1000 && records < 2000, `${records} of 2000 records`);
  t.strictSame(there.notices, ['records_dropped', 'repaired'], 'what came out of it was read as well');
  t.equal(readdirSync(there.directory).filter((name) => name.startsWith('state.damaged-')).length, 1);
});

await t.test('what no repair can mend is set aside, and an empty store begun', async (t) => {
  const there = place(t);
  await fill(there);
  scramble(there.fileLike(MANIFEST));
  const { levels, counts } = watchedLevels({
    repair: () => Promise.reject(new StateError('damaged', 'beyond repair')),
  });
  const store = await there.open({ levels });
  t.strictSame(await contentOf(store), new Map());
  t.strictSame(there.notices, ['set_aside']);
  const aside = 'state.damaged-2026-11-21T00-00-00-000Z';
  t.match(there.texts[0], new RegExp(`in .*${aside}: beyond repair$`));
  t.strictSame(readdirSync(there.directory).sort(), ['state', aside]);
  t.match(readdirSync(`${there.directory}/${aside}`).sort(), [TABLE, LOG, 'CURRENT', 'LOCK', 'LOG']);
  t.strictSame(counts, { opened: 2, closed: 0, repaired: 1 });
});

await t.test('what is no damage is never mended', async (t) => {
  for (const error of [new StateError('full', 'no room'), new StateError('permission', 'not yours')]) {
    const there = place(t);
    await fill(there);
    scramble(there.fileLike(MANIFEST));
    const { levels } = watchedLevels({ repair: () => Promise.reject(error) });
    await t.rejects(there.open({ levels }), error);
    t.strictSame(readdirSync(there.directory), ['state']);
    t.strictSame(there.notices, []);
  }
});

/** Writes what no store would write. */
async function writeRaw(there: Place, key: string | Buffer, value: string): Promise<void> {
  const database = new ClassicLevel<string | Buffer, string>(there.file());
  await database.put(key, value, { keyEncoding: typeof key === 'string' ? 'utf8' : 'buffer' });
  await database.close();
}

await t.test('a record that is not as it was written is dropped for good', async (t) => {
  const there = place(t);
  await fill(there);
  await writeRaw(there, writtenKey(SECTION, 'key7'), '00000000{"seconds":1}');
  await writeRaw(there, Buffer.from('bans:"\xff\xfe"', 'latin1'), '00000000{}');
  await writeRaw(there, 'stranger', '');
  t.equal(await intactRecords(t, there), 1999);
  t.match(there.texts, ['3 records were damaged and are dropped']);
  t.strictSame(there.notices, ['records_dropped'], 'told once: the second time they were gone');
});

const VERSION = writtenKey('meta', 'version');

await t.test('a store of a newer format is refused and left as it is', async (t) => {
  const there = place(t);
  await fill(there);
  await writeRaw(there, VERSION, String(writtenValue(VERSION, 2)));
  await writeRaw(there, 'what only the newer format knows', 'value');
  for (let tries = 0; tries < 2; tries += 1) {
    await t.rejects(there.open(), {
      name: 'StateError',
      fault: 'newer_version',
      message: /newer version of this program/,
    });
  }
  const database = new ClassicLevel(there.file());
  t.equal(await database.get('what only the newer format knows'), 'value');
  await database.close();
  t.strictSame(there.notices, []);
});

await t.test('a store of an older format is emptied', async (t) => {
  const there = place(t);
  await fill(there);
  await writeRaw(there, VERSION, String(writtenValue(VERSION, 0)));
  t.equal(await intactRecords(t, there), 0);
  t.strictSame(there.notices, ['older_version'], 'told once: then it is of ours');
});

await t.test('a store whose format is not known is of ours, and says so afterwards', async (t) => {
  for (const value of ['00000000', String(writtenValue(VERSION, 'two'))]) {
    const there = place(t);
    await fill(there);
    await writeRaw(there, VERSION, value);
    t.equal(await intactRecords(t, there), 2000);
    const database = new ClassicLevel(there.file());
    t.equal(await database.get(VERSION), writtenValue(VERSION, 1));
    await database.close();
  }
});

await t.test('without a LOG of LevelDB a store is opened as well', async (t) => {
  const there = place(t);
  const { levels } = watchedLevels();
  const store = await there.open({
    levels: {
      ...levels,
      open: async (path) => {
        const level = await levels.open(path);
        renameSync(`${path}/LOG`, `${path}/LOG.gone`);
        return level;
      },
    },
  });
  t.strictSame(await contentOf(store), new Map());
  t.strictSame(there.notices, []);
});
