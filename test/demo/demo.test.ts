import { EventEmitter, once } from 'node:events';
import t from 'tap';
import { runDemo } from '../../src/demo/demo.js';
import type { LiveOutput } from '../../src/demo/live-page.js';
import { eventually } from '../metrics/fixtures.js';

/** A terminal or a pipe that keeps all that is written to it. */
function output(isTTY: boolean) {
  const writes = new EventEmitter();
  const written: string[] = [];
  const write = (text: string) => {
    written.push(text);
    writes.emit('write');
  };
  const out: LiveOutput = { isTTY, columns: 120, rows: 50, write };
  /** The last text to be written, once it is one of those that are waited for. */
  const until = async (isIt: (text: string) => boolean) => {
    while (!isIt(written.at(-1) ?? '')) await once(writes, 'write');
    return written.at(-1) ?? '';
  };
  return { out, written, until };
}

/** The number in the row of a page that begins with this name; 0 without such a row. */
function countOf(page: string, name: string): number {
  const row = page.split('\n').find((line) => line.includes(` ${name} `)) ?? '';
  return Number(/ (\d+) +[\d.]+\/s/.exec(row)?.[1] ?? 0);
}

/** What attacks from the first second on: services and addresses. */
const BUSY = ['PJSIP', 'AMI', '203.0.113.9', '198.51.100.23'];

/** Resolves once no socket and no server is open. */
const nothingOpen = () =>
  eventually(() => (process.getActiveResourcesInfo().some((name) => /^(TCP|UDP)/.test(name)) ? null : true));

await t.test('a terminal shows a PBX under attack whose counters rise, until it is stopped', async (t) => {
  const stop = new AbortController();
  const { out, until } = output(true);
  const ended = runDemo({ version: '1.2.3', out, color: false }, stop.signal);
  const empty = await until((page) => page.includes('connecting'));
  t.match(empty, 'asterisk-auth-stats 1.2.3');
  t.match(empty, 'AMI_HOST=... AMI_USERNAME=... AMI_SECRET=... npm start');
  t.same(
    BUSY.map((name) => countOf(empty, name)),
    [0, 0, 0, 0],
  );
  const first = await until((page) => BUSY.every((name) => countOf(page, name) > 0));
  t.match(first, 'connected, security events arrive');
  const later = await until((page) => BUSY.every((name) => countOf(page, name) > countOf(first, name)));
  const began = performance.now();
  stop.abort();
  const line = await until((text) => text.startsWith('up '));
  await ended;
  const took = performance.now() - began;
  t.ok(took < 1000, `it ended in ${took} ms`);
  const failed = Number(/^up 00:00:\d\d {2}hearing {2}failed (\d+) /.exec(line)?.[1]);
  t.ok(failed >= countOf(later, 'all'), `what is left on the screen: ${line}`);
  await nothingOpen();
});

await t.test(
  'a pipe gets lines without control characters, also from a demo that is stopped before it begins',
  async (t) => {
    const { out, written } = output(false);
    await runDemo({ version: '1.2.3', out, color: true }, AbortSignal.abort());
    t.equal(written.length, 2);
    for (const line of written) t.match(line, /^up 00:00:00 {2}connecting {2}failed 0 \(0\.0\/s\) {2}addresses 0\n$/);
    await nothingOpen();
  },
);
