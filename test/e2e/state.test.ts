// What was saved is there: after a kill -9 at any moment, and after a disk was full.
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { StateStore } from '../../src/state/state-store.js';
import { CACHE } from './lab/place.js';

const PROGRAM = fileURLToPath(new URL('./driver/state-process.mjs', import.meta.url));
const KILLS = 100;
/** From the first save on. */
const LIFE_MS_MAX = 100;
/** Of state-process.mjs. */
const WINDOW = 300;

interface Life {
  /** The last save that was acknowledged. */
  readonly saved: number;
  readonly notices: readonly string[];
}

/** Runs a process that saves from `first` on, and kills it some time after its first save. */
async function liveAndDie(directory: string, first: number): Promise<Life> {
  const child = fork(PROGRAM, [directory, String(first)], { env: { PATH: process.env['PATH'] }, execArgv: [] });
  let saved = first - 1;
  const notices: string[] = [];
  child.on('message', (message: { saved?: number; notice?: string }) => {
    if (message.saved !== undefined) saved = message.saved;
    if (message.notice !== undefined) notices.push(message.notice);
  });
  // What it has sent is read to the end, also what it sent right before it was killed.
  const ended = Promise.all([once(child, 'exit'), once(child, 'disconnect')]);
  await Promise.race([once(child, 'message'), ended]);
  await delay(Math.random() * LIFE_MS_MAX);
  child.kill('SIGKILL');
  await ended;
  return { saved, notices };
}

function opened(directory: string, notices: string[]): Promise<StateStore> {
  return StateStore.open(directory, {
    onNotice: ({ kind, text }) => notices.push(`${kind}: ${text}`),
    onRefused: (reason) => notices.push(reason),
  });
}

async function contentOf(store: StateStore, section: string): Promise<Map<string, unknown>> {
  const content = new Map<string, unknown>();
  for await (const [key, value] of store.load(section)) content.set(key, value);
  return content;
}

/** What must be there after the save of `last`. */
function expectedAfter(last: number): Map<string, unknown> {
  const expected = new Map<string, unknown>([['last', last]]);
  for (let number = Math.max(0, last - WINDOW + 1); number <= last; number += 1) {
    const record = { number, text: 'x'.repeat(number % 500) };
    expected.set(`n${number}`, record).set(`twin${number}`, record);
  }
  return expected;
}

/** @returns how many saves there were. */
async function surviveKills(t: Test, directory: string, kills: number): Promise<number> {
  const notices: string[] = [];
  let next = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const life = await liveAndDie(directory, next);
    const store = await opened(directory, notices);
    const content = await contentOf(store, 'numbers');
    await store.close();
    const last = Number(content.get('last') ?? -1);
    t.ok(last >= life.saved, `kill ${kill}: ${life.saved} was acknowledged, ${last} is there`);
    t.ok(last <= life.saved + 1, `kill ${kill}: no more than one save was under way`);
    t.strictSame(content, last < 0 ? new Map() : expectedAfter(last), 'each save is there wholly, and nothing else');
    notices.push(...life.notices);
    next = last + 1;
  }
  t.strictSame(notices, [], 'nothing had to be mended');
  return next;
}

await t.test(`after each of ${KILLS} kill -9 the store opens, and all that was acknowledged is there`, async (t) => {
  const directory = t.testdir();
  // Stores side by side, since most of the time goes by in starting processes.
  const lanes = ['one', 'two', 'three', 'four'].map((name) => surviveKills(t, join(directory, name), KILLS / 4));
  const saves = (await Promise.all(lanes)).reduce((sum, each) => sum + each);
  t.ok(saves > KILLS, `${saves} saves`);
});

await t.test(
  'what a full disk refuses is told, and once there is room the store goes on and has lost nothing',
  async (t) => {
    const mount = `${CACHE}state-disk`;
    mkdirSync(mount, { recursive: true });
    const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', mount], {
      encoding: 'utf8',
    });
    t.equal(status, 0, stderr);
    t.teardown(() => spawnSync('umount', ['--lazy', mount]));
    const notices: string[] = [];
    const directory = join(mount, 'state-dir');
    let store = await opened(directory, notices);
    const ballast = join(mount, 'ballast');
    const expected = new Map<string, unknown>();
    let number = 0;
    const saveNext = async () => {
      // Of random text, which LevelDB cannot compress.
      const batch = Array.from(
        { length: 20 },
        (_, index) => [`k${number + index}`, Math.random().toString(36).repeat(8)] as const,
      );
      await store.save('bans', batch);
      for (const [key, value] of batch) expected.set(key, value);
      number += batch.length;
    };
    for (let round = 0; round < 5; round += 1) {
      await saveNext();
      const { bavail, bsize } = statfsSync(mount);
      // Room for some pages of the log and no more.
      writeFileSync(ballast, Buffer.alloc(Math.max(0, (bavail - 3) * bsize)));
      let refused = 0;
      for (let tries = 0; tries < 20; tries += 1) {
        await saveNext().catch((error: unknown) => {
          refused += 1;
          t.match(error, { name: 'StateError', fault: 'full', message: /make room/ });
        });
      }
      t.ok(refused > 0, `round ${round}: ${refused} saves were refused`);
      rmSync(ballast);
      await saveNext();
      if (round % 2 === 0) {
        await store.close();
        store = await opened(directory, notices);
      }
      const content = await contentOf(store, 'bans');
      // What was refused may be there, wholly, until it is saved again, since a disk can fail after it has written.
      for (const [key, value] of expected) t.equal(content.get(key), value, key);
    }
    await store.close();
    t.comment(notices);
  },
);
